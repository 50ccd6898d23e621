"""A boundary of one dash."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="-"

---
Content-Type: text/plain

hello
---
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
-----
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
