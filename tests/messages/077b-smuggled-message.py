"""A line of one dot between bare LFs, and commands of SMTP with another message behind it."""

from __future__ import annotations

from qsfilter.testing.messages import written

NEWLINES = (b"\r\n",)
TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello{lf}.{lf}MAIL FROM:<carol@example.net>
RCPT TO:<bob@example.com>
DATA
Subject: smuggled

hello
.

--b1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, lf=b"\n")
