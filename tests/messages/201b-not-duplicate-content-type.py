"""The same Content-Type twice, as web programs write it."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/html; charset=utf-8
Content-type: text/html; charset=utf-8

<p>hello</p>
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
