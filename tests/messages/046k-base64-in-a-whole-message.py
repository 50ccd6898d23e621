"""A whole message in base64 without a label."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: application/octet-stream

{eicar}
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
