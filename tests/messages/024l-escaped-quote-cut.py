"""A quoted boundary with an escaped quote inside; the delimiters end before the quote."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b\\"1"

--b\\
Content-Type: text/plain

hello
--b\\
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b\\--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
