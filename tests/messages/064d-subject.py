"""The name stands in the Subject of a message that is one file: Outlook names the file by it."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
From: Alice <alice@example.org>
To: bob@example.com
Subject: x.exe
MIME-Version: 1.0
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64

aGVsbG8gd29ybGQ=
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
