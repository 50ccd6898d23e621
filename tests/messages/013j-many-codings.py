"""The coding stands behind more words than anybody looks at."""

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
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: 7bit
Content-Transfer-Encoding: x0
Content-Transfer-Encoding: x1
Content-Transfer-Encoding: x2
Content-Transfer-Encoding: x3
Content-Transfer-Encoding: x4
Content-Transfer-Encoding: x5
Content-Transfer-Encoding: x6
Content-Transfer-Encoding: x7
Content-Transfer-Encoding: x8
Content-Transfer-Encoding: x9
Content-Transfer-Encoding: x10
Content-Transfer-Encoding: x11
Content-Transfer-Encoding: x12
Content-Transfer-Encoding: base64

{junk}
--b0--
"""

LINES = [b64encode(eicar())[at : at + 20] for at in range(0, 92, 20)]
"""The file in lines too short for one who looks for base64 that nobody declares."""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, junk=newline.join(line + b"*" for line in LINES))
