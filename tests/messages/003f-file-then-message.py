"""A part with two Content-Type fields: first a file, then the message that the part is."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/octet-stream
Content-Type: message/rfc822

Subject: inner
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
