"""A uuencoded file in base64."""

from __future__ import annotations

from base64 import encodebytes
from binascii import b2a_uu

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{text}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(
        TEXT,
        newline,
        text=encodebytes(
            b"begin 644 report.bin\n" + b"".join(b2a_uu(eicar()[at : at + 45]) for at in (0, 45)) + b"`\nend\n"
        )
        .strip()
        .replace(b"\n", newline),
    )
