"""Two directories and two end records over the same data; each lists one of the two members."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, member, zip_end
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    shown, hidden = member(b"b.txt", b"hello"), member(b"a.txt", eicar())
    data = shown.written() + hidden.written()
    first, second = hidden.listed(len(shown.written())), shown.listed(0)
    data += first + zip_end(1, len(first), len(data))
    return mailed(data + second + zip_end(1, len(second), len(data)), "report.zip", newline)
