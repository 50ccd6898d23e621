"""The boundary looks like an encoded word (RFC 2047) without quotes; the delimiters have it as it stands."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary==?us-ascii?q?b1?=

--=?us-ascii?q?b1?=
Content-Type: text/plain

hello
--=?us-ascii?q?b1?=
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--=?us-ascii?q?b1?=--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
