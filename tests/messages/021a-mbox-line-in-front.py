"""The separator line of a mailbox file stands in front of the header."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
From alice@example.org Sun Nov 22 12:00:00 2026
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
