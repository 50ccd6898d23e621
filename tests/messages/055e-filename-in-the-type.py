"""The forbidden name is called `filename` and stands in the Content-Type."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/octet-stream; filename="x.exe"
Content-Transfer-Encoding: base64

aGVsbG8gd29ybGQ=
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
