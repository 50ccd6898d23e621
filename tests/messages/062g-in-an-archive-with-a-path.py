"""A forbidden name in a folder inside an archive."""

from __future__ import annotations

from base64 import encodebytes

from qsfilter.testing.messages import written, zip_of

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/zip; name="report.zip"
Content-Transfer-Encoding: base64

{zip}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, zip=encodebytes(zip_of({"a.txt/../x.exe": b"hello"})).strip().replace(b"\n", newline))
