"""Two multipart types in one Content-Type, each with its boundary; the second one holds the file."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1", multipart/mixed; boundary="b2"

--b1
Content-Type: text/plain

hello
--b1--

--b2
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b2--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
