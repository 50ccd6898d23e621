"""Base64 with letters of the usual and of the URL-safe alphabet."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode

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
    return written(TEXT, newline, text=b64encode(b"\xfb\xef\xbe\xff")[:4] + urlsafe_b64encode(b"\xfb\xf0" + eicar()))
