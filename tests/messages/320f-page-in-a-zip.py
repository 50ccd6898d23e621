"""A page in a zip that offers the EICAR test file as a link with its content."""

from __future__ import annotations

import base64

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.messages import zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_of(
            {
                "report.html": b'<html><a href="data:application/octet-stream;base64,'
                + base64.b64encode(packed_eicar())
                + b'">here</a></html>'
            }
        ),
        "report.zip",
        newline,
    )
