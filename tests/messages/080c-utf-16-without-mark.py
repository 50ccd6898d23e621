"""A whole message in UTF-16 without a byte order mark, little end first."""

from __future__ import annotations

from qsfilter.testing.messages import written

NEWLINES = (b"\n",)
TEXT = """\
{message}"""


INNER = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, message=written(INNER, newline).decode().encode("utf-16-le"))
