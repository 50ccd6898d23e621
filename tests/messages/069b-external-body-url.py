"""A part that only says where its content is: a URL."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: message/external-body; access-type=URL;
 URL="http://www.example.com/report.bin"

Content-Type: application/octet-stream
Content-ID: <2@example.org>

--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
