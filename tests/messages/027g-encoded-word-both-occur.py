"""The boundary is an encoded word (RFC 2047), and both its literal and its decoded form split the body."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="=?us-ascii?q?b2?="

--=?us-ascii?q?b2?=
Content-Type: text/plain

hello
--=?us-ascii?q?b2?=--

--b2
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b2--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
