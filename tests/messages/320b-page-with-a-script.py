"""A page whose script makes a file out of base64."""

from __future__ import annotations

import base64

from qsfilter.testing.archives import mailed, packed_eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        b'<html><script>var d = atob("' + base64.b64encode(packed_eicar()) + b'"); save(new Blob([d]))</script></html>',
        "report.html",
        newline,
    )
