"""The second fragment of a message in two: without the first, it is nothing but base64."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: message/partial; id="1@example.org"; number=2; total=2

{eicar}
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
