"""A footer with hyphens and underscores behind base64."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/plain
Content-Transfer-Encoding: base64

aGVsbG8gQm9i
--\x20
list_of_all@example.org
_____
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
