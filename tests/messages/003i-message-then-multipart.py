"""A message for readers that take the first of two types, a multipart for those that take the last."""

from __future__ import annotations

from base64 import b64encode

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: message/rfc822
Content-Type: multipart/mixed; boundary="b1"

hello

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{short}
--b1--
"""

LINES = [b64encode(eicar())[at : at + 20] for at in range(0, 92, 20)]
"""The file in lines too short for one who looks for base64 that nobody declares."""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, short=newline.join(LINES))
