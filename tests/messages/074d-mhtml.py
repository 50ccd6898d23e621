"""A page with its files as one file (MHTML), as browsers save it."""

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
Content-Type: multipart/related; name="inner.mhtml"; boundary="other"
Content-Transfer-Encoding: base64

{inner}
--b1--
"""


INNER = """\
From: <Saved by a browser>
Subject: a page
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="----MultipartBoundary--i1----"

------MultipartBoundary--i1----
Content-Type: text/html
Content-Location: http://www.example.com/

<p>hello</p>
------MultipartBoundary--i1----
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
------MultipartBoundary--i1------
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, inner=encodebytes(written(INNER, newline)).strip().replace(b"\n", newline))
