"""Base64 in the URL-safe alphabet."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

twoU7h4V16qUvYEOwG9Mt3o0bo8zrva_6uPXxEQtepPsMWgv3lYZF5Uv94p6it7_0P68Ny3SaHGRbEbG-__--_A=
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
