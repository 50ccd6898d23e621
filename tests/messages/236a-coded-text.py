"""A uuencoded file in a text."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/plain

hello

begin 644 hello.txt
%:&5L;&\\
`
end
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
