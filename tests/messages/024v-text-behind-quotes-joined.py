"""Text behind the quoted boundary; the delimiters have it too."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"2

--b12
Content-Type: text/plain

hello
--b12
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b12--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
