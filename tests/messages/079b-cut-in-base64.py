"""The message is cut off in the middle of a group of base64, behind all that matters."""

from __future__ import annotations

from base64 import b64encode

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{text}"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, text=b64encode(eicar() + b"hello world")[:-3])
