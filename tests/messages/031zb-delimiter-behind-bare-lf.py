"""The delimiter behind a bare LF, in a message with CRLF."""

from __future__ import annotations

from qsfilter.testing.messages import written

NEWLINES = (b"\r\n",)
TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
text{lf}--b1{lf}Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, lf=b"\n")
