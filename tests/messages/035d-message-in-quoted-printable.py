"""A message in quoted-printable, which is forbidden and which most readers decode."""

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
Content-Type: message/rfc822
Content-Transfer-Encoding: quoted-printable

{inner}
--b1--
"""


INNER = """\
Subject: inner
MIME-Version: 1.0
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(
        TEXT, newline, inner=b2a_qp(written(INNER)).replace(b"Content", b"=43ontent").replace(b"\n", newline)
    )
