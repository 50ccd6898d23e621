"""A text with a line that begins with `begin`."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/plain

begin 2026 with a plan
and end
it with one.
end
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
