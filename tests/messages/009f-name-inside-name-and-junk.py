"""A field's name that holds another one, and a value that does.

Junk in the base64 keeps readers from recognising it by itself.
"""

from __future__ import annotations

from base64 import b64encode

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/octet-stream; name="report.bin"
Content-Content-Transfer-Encoding: Transfer-Encoding: base64

{junk}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, junk=b"!".join(b64encode(eicar())[at : at + 5] for at in range(0, 92, 5)))
