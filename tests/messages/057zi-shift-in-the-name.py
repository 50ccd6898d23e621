"""A raw name with a shift of ISO 2022 in it, which says nothing there."""

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
Content-Disposition: attachment; filename="x.\x1b(Bexe"

aGVsbG8gd29ybGQ=
--b0--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
