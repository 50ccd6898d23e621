"""A whole entity, header and base64, in base64, declared as a file."""

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
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{text}
--b1--
"""


INNER = """\
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, text=encodebytes(written(INNER, newline)).strip().replace(b"\n", newline))
