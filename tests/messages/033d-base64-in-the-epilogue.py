"""Base64 behind the close delimiter."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1--
{eicar}
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
