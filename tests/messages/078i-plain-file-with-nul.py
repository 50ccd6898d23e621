"""The file as it is with a NUL in the middle, which some readers drop."""

from __future__ import annotations

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: 8bit

{file}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, file=eicar()[:30] + b"\0" + eicar()[30:])
