"""A multipart two levels down with the boundary of the outermost one."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: multipart/mixed; boundary="i1"

--i1
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b1--
--i1--
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
