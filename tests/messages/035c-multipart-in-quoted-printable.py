"""A multipart in quoted-printable, which is forbidden and which some readers decode."""

from __future__ import annotations

from binascii import b2a_qp

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: multipart/mixed; boundary="i1"
Content-Transfer-Encoding: quoted-printable

{inner}
--b1--
"""


INNER = """\
--i1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--i1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, inner=b2a_qp(written(INNER)).replace(b"--i1", b"=2D-i1").replace(b"\n", newline))
