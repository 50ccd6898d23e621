"""A fragment whose type stands in quotes."""

from __future__ import annotations

from base64 import b64encode

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b0"

--b0
Content-Type: text/plain

hello
--b0
Content-Type: "message/partial"; id=1; number=1; total=1

Comments: 1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{short}
--b0--
"""

LINES = [b64encode(eicar())[at : at + 20] for at in range(0, 92, 20)]
"""The file in lines too short for one who looks for base64 that nobody declares."""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, short=newline.join(LINES))
