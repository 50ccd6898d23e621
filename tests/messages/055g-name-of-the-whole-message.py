"""The forbidden name stands in the message's own header."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: application/octet-stream; name="x.exe"
Content-Transfer-Encoding: base64

aGVsbG8gd29ybGQ=
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
