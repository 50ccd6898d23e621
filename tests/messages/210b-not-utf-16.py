"""A text in UTF-16 in base64."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/plain; charset=utf-16le
Content-Transfer-Encoding: base64

aABlAGwAbABvACAAQgBvAGIA
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
