"""A part that only says where its content is, with a forbidden name."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: message/external-body; access-type=anon-ftp; site="ftp.example.com"; name="x.exe"

Content-Type: application/octet-stream

--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
