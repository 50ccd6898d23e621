"""A message as a part in UTF-16."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: message/rfc822

{inner}
--b1--
"""


INNER = """\
From: carol@example.net
Subject: inner
MIME-Version: 1.0
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, inner=written(INNER, newline).decode().encode("utf-16"))
