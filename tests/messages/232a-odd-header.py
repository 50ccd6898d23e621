"""No empty line between header and text."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/plain
this is no field
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
