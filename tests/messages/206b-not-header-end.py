"""A text that begins with what could be a field."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/plain

Note: the meeting is on Monday.
Subject: plans

hello
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
