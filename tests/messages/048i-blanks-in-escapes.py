"""Quoted-printable with a blank in its escapes."""

from __future__ import annotations

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

{qp}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, qp=b"".join(b"= %02X" % octet for octet in eicar()))
