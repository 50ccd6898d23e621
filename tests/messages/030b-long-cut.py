"""A boundary of 200 characters; the delimiters have the first 70."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="{long}"

--{b}
Content-Type: text/plain

hello
--{b}
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--{b}--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, long=b"b" * 200, b=b"b" * 70)
