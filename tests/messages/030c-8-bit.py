"""A boundary with 8-bit octets."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b\xe4\xff1"

--b\xe4\xff1
Content-Type: text/plain

hello
--b\xe4\xff1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b\xe4\xff1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
