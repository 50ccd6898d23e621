"""Exclamation marks in base64."""

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

VGhpcyBpcy!B0aGUgcmVw!b3J0IG9mIH!RoZSB5ZWFy!IDIwMjYsIH!doaWNoIG5v!Ym9keSBoYX!MgdG8g
ZmV!hci4gSXQga!XMgbG9uZyB!lbm91Z2ggd!G8gYmUgbG9!va2VkIGF0L!go=
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
