"""Members with data descriptors and no directory behind them."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        member(b"a.txt", b"hello", streamed=True).written() + member(b"x.exe", eicar(), streamed=True).written(),
        "report.zip",
        newline,
    )
