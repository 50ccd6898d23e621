"""Bare CRs in a text, as programs write them that count on a terminal."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/plain

10 %\r20 %\rdone
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
