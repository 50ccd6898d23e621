"""A blank inside a boundary without quotes; the delimiters have its first word only."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary=b 1

--b
Content-Type: text/plain

hello
--b
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
