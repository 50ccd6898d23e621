"""A fragment whose type is in odd case and folded."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type:
 MESSAGE/Partial; ID="1@example.org"; Number=2; Total=3

hello
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
