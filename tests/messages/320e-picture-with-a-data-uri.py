"""An SVG with a link that holds the EICAR test file."""

from __future__ import annotations

import base64

from qsfilter.testing.archives import mailed, packed_eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        b'<svg xmlns="http://www.w3.org/2000/svg"><a href="data:application/octet-stream;base64,'
        + base64.b64encode(packed_eicar())
        + b'"/></svg>',
        "report.svg",
        newline,
    )
