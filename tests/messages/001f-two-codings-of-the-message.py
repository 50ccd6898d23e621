"""Two Content-Transfer-Encoding fields in the message's own header, the true one last."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: 8bit
Content-Transfer-Encoding: base64

{eicar}
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
