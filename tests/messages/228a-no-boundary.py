"""A multipart without a boundary."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed

hello
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
