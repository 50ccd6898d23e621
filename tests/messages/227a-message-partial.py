"""A fragment of a message."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: message/partial; id="1@example.org"; number=1; total=2

Subject: hello

hello
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
