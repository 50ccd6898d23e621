"""Two thousand parts, the file being the last of them."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

{parts}--b1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b1--
"""


PART = """\
--b1
Content-Type: text/plain

hello
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, parts=written(PART, newline) * 2_000)
