"""A bare CR in a text."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/plain

hello\rBob
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
