"""Base64 in the URL-safe alphabet (RFC 4648) without padding."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{text}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, text=urlsafe_b64encode(b"\xfb\xf0" + eicar()).rstrip(b"="))
