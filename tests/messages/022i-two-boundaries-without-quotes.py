"""Two boundary parameters without quotes and blanks, the last one splits the body."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed;boundary=b1;boundary=b2

--b2
Content-Type: text/plain

hello
--b2
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b2--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
