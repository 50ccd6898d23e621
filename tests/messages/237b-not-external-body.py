"""A text that says where something is."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/plain

get it by access-type=URL from http://www.example.com/a
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
