"""A character that shows nothing and is no format character."""

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
Content-Disposition: attachment; filename="x.e\xef\xb8\x8fxe"

aGVsbG8gd29ybGQ=
--b0--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
