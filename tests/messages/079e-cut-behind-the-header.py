"""The message is cut off right behind its header, which has a forbidden name."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: application/octet-stream; name="x.exe"
Content-Transfer-Encoding: base64

"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
