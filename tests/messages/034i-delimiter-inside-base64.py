"""An outer delimiter in the middle of the base64 of an inner part: the file is whole only where the inner one wins."""

from __future__ import annotations

from base64 import encodebytes

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="._."

--._.
Content-Type: multipart/mixed; boundary="i1"

--i1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{first}
--._.
{last}
--i1--
--._.--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, first=encodebytes(eicar())[:40], last=encodebytes(eicar())[40:].strip())
