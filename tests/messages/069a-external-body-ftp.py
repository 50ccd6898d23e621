"""A part that only says where its content is: a program by FTP."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: message/external-body; access-type=anon-ftp; site="ftp.example.com"; directory="pub"; name="report.bin"

Content-Type: application/octet-stream
Content-ID: <2@example.org>

--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
