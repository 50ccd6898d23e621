"""A message in a file, whose header is one field."""

from __future__ import annotations

from base64 import b64encode, encodebytes

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b0"

--b0
Content-Type: text/plain

hello
--b0
Content-Type: application/octet-stream; name="letter.eml"
Content-Transfer-Encoding: base64

{file}
--b0--
"""
INNER = """\
Content-Type: multipart/mixed; boundary=b1

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
    return written(
        TEXT, newline, file=encodebytes(written(INNER, newline, short=newline.join(LINES))).replace(b"\n", newline)
    )
