"""An SVG whose script makes a file out of base64."""

from __future__ import annotations

import base64

from qsfilter.testing.archives import mailed, packed_eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>save(atob("'
        + base64.b64encode(packed_eicar())
        + b'"))</script></svg>',
        "report.svg",
        newline,
    )
