"""A message in uuencode, which begins with a field that nobody knows."""

from __future__ import annotations

from base64 import b64encode
from binascii import b2a_uu

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b0"

--b0
Content-Type: text/plain

hello
--b0
Content-Type: message/rfc822
Content-Transfer-Encoding: x-uuencode

begin 644 letter
{file}`
end
--b0--
"""
INNER = """\
Comments: 1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{short}
"""
LINES = [b64encode(eicar())[at : at + 20] for at in range(0, 92, 20)]
"""The file in lines too short for one who looks for base64 that nobody declares."""


def uuencoded(data: bytes) -> bytes:
    """Return the lines of DATA in uuencode."""
    return b"".join(b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, file=uuencoded(written(INNER, short=b"\n".join(LINES))).replace(b"\n", newline))
