"""Two codings that decode differently."""

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
Content-Transfer-Encoding: 7bit
Content-Transfer-Encoding: base64

VGhpcyBpcyB0aGUgcmVwb3J0IG9mIHRoZSB5ZWFyIDIwMjYsIHdoaWNoIG5vYm9keSBoYXMgdG8g
ZmVhci4gSXQgaXMgbG9uZyBlbm91Z2ggdG8gYmUgbG9va2VkIGF0Lgo=
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
