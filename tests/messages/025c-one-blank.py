"""A boundary of one blank."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary=" "

--\x20
Content-Type: text/plain

hello
--\x20
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
-- --
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
