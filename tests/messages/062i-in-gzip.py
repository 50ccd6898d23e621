"""A forbidden name inside gzip."""

from __future__ import annotations

from base64 import encodebytes
from gzip import GzipFile
from io import BytesIO

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/gzip; name="report.gz"
Content-Transfer-Encoding: base64

{gzip}
--b1--
"""


def gzip(name: bytes, content: bytes) -> bytes:
    """Return CONTENT in gzip, with NAME as what it was called."""
    file = BytesIO()
    with GzipFile(name.decode(), "wb", fileobj=file, mtime=0) as zipped:
        zipped.write(content)
    return file.getvalue()


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, gzip=encodebytes(gzip(b"x.exe", b"hello")).strip().replace(b"\n", newline))
