"""A boundary in UTF-8."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b\xc3\xa41"

--b\xc3\xa41
Content-Type: text/plain

hello
--b\xc3\xa41
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b\xc3\xa41--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
