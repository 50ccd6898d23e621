"""A multipart without any boundary, whose parts begin with a Content-Transfer-Encoding."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed

--b1
Content-Type: text/plain

hello
--b1
Content-Transfer-Encoding: base64
Content-Type: application/octet-stream; name="report.bin"

{eicar}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
