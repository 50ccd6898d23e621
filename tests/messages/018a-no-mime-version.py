"""A multipart without MIME-Version, which every reader opens all the same."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
From: Alice <alice@example.org>
To: bob@example.com
Subject: a test
Date: Sun, 22 Nov 2026 12:00:00 +0000
Message-ID: <1@example.org>
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
    return written(TEXT, newline)
