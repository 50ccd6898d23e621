"""A footer behind padding."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/plain
Content-Transfer-Encoding: base64

aGVsbG8gQm9iIQ==

_______________________________________________
list mailing list
list@example.org
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
