"""Two codings that decode to the same."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/html
Content-Transfer-Encoding: 7bit
Content-Transfer-Encoding: 8bit

<p>hello</p>
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
