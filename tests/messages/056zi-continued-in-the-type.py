"""A name in two pieces (RFC 2231) in the Content-Type."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/octet-stream; name*0="x.e"; name*1="xe"
Content-Transfer-Encoding: base64

aGVsbG8gd29ybGQ=
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
