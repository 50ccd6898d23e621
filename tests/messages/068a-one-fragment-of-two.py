"""The first fragment of a message in two."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: message/partial; id="1@example.org"; number=1; total=2

Subject: inner
MIME-Version: 1.0
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
