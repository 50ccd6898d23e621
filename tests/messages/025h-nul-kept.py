"""A NUL inside the boundary; the delimiters have it too."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b\x001"

--b\x001
Content-Type: text/plain

hello
--b\x001
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b\x001--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
