"""The inner boundary is the end of the outer one."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="xb1"

--xb1
Content-Type: text/plain

hello
--xb1
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b1--
--xb1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
