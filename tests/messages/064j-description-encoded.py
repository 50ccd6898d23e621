"""The name stands in the Content-Description as an encoded word (RFC 2047)."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64
Content-Description: =?utf-8?Q?x=2Eexe?=

aGVsbG8gd29ybGQ=
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
