"""A page with its files as one file with the extension .mht in base64."""

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
Content-Type: application/octet-stream; name="inner.mht"
Content-Transfer-Encoding: base64

{inner}
--b1--
"""


INNER = """\
From: <Saved by a browser>
Subject: inner
MIME-Version: 1.0
Content-Type: multipart/related; boundary="i1"

--i1
Content-Type: text/html

<p>hello</p>
--i1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64
Content-Location: http://www.example.com/report.bin

{eicar}
--i1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, inner=encodebytes(written(INNER, newline)).strip().replace(b"\n", newline))
