"""An object in an RTF file, in hexadecimal."""

from __future__ import annotations

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/rtf; name="report.rtf"

{\\rtf1{\\object\\objemb{\\*\\objdata 0105000002000000{hex}}}}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, hex=eicar().hex().encode())
