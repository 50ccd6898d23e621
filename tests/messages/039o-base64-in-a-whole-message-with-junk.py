"""A whole message in base64 with junk between the letters."""

from __future__ import annotations

from base64 import b64encode

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{text}
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, text=b"!".join(b64encode(eicar())[at : at + 4] for at in range(0, 92, 4)))
