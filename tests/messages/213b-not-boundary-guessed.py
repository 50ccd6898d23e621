"""No boundary, and a text with dashes in it."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed

hello

--\x20
Alice
--------
See: the plan
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
