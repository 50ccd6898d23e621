"""The type stands behind more types than anybody looks at."""

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
Content-Type: a/b0
Content-Type: a/b1
Content-Type: a/b2
Content-Type: a/b3
Content-Type: a/b4
Content-Type: a/b5
Content-Type: a/b6
Content-Type: a/b7
Content-Type: a/b8
Content-Type: a/b9
Content-Type: a/b10
Content-Type: a/b11
Content-Type: a/b12
Content-Type: a/b13
Content-Type: a/b14
Content-Type: message/rfc822

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
