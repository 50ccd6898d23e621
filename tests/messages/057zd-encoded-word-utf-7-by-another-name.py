"""An encoded word in UTF-7 by a name that only mail programs know."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b0"

--b0
Content-Type: text/plain

hello
--b0
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="=?x-unicode-2-0-utf-7?Q?x+AC4-exe?="

aGVsbG8gd29ybGQ=
--b0--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
