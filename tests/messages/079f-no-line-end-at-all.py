"""A message without a line end at its end."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
