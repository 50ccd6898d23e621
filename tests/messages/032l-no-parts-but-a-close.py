"""Nothing but a close delimiter, and behind it a part with a delimiter of another multipart."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1--
--b2
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b2--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
