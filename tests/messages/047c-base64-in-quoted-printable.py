"""Base64 in quoted-printable."""

from __future__ import annotations

from base64 import encodebytes

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: quoted-printable

{text}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, text=b"".join(b"=%02X" % octet for octet in encodebytes(eicar())))
