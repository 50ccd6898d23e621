"""No boundary, and the part begins with a field that is not one of MIME's."""

from __future__ import annotations

from base64 import b64encode

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed

--b1
Comments: 1
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
