"""A part that is a message holds the outer delimiter inside its own multipart."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: message/rfc822

Subject: inner
Content-Type: multipart/mixed; boundary="i1"

--i1
Content-Type: text/plain

hello
--b1
--i1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--i1--
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
