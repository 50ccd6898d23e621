"""A message as a file whose first fields are those of its delivery."""

from __future__ import annotations

from base64 import encodebytes

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/octet-stream; name="inner.eml"
Content-Transfer-Encoding: base64

{inner}
--b1--
"""


INNER = """\
Return-Path: <carol@example.net>
X-Original-To: bob@example.com
Delivered-To: bob@example.com
From: carol@example.net
Subject: inner
MIME-Version: 1.0
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, inner=encodebytes(written(INNER, newline)).strip().replace(b"\n", newline))
