"""A NUL in a text."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/plain

hello\0Bob
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
