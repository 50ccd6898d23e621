"""A whole message of which the multipart is in base64."""

from __future__ import annotations

from base64 import encodebytes

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"
Content-Transfer-Encoding: base64

{inner}
"""


INNER = """\
--b1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, inner=encodebytes(written(INNER, newline)).strip().replace(b"\n", newline))
