"""Two multipart types; the parts of one boundary lie inside a text of the other."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"
Content-Type: multipart/mixed; boundary="b2"

--b1
Content-Type: text/plain

--b2
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b2--
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
