"""A page whose script makes a file out of a list of numbers."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        b"<html><script>var d = new Uint8Array(%b); save(new Blob([d]))</script></html>" % str(list(eicar())).encode(),
        "report.html",
        newline,
    )
