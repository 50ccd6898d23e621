"""A line end inside the quotes with nothing in front of the next line, which so ends the header for many."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="x.e
xe"

aGVsbG8gd29ybGQ=
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
