"""A form feed in a text."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/plain

hello\x0cBob
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
