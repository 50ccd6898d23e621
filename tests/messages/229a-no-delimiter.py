"""A multipart in which its delimiter does not occur."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

hello
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
