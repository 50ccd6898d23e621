"""A fragment of which nothing can be said."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: message/partial; id="1@example.org"; number=2; total=3

VGhpcyBpcyB0aGUgbWlkZGxlIG9mIGEgZmls
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
