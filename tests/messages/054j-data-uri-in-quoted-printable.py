"""A data: URI in base64 in a page in quoted-printable."""

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
Content-Type: text/html
Content-Transfer-Encoding: quoted-printable

<a href=3D"data:application/octet-stream;base64,=
{data}=
">open</a>
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, data=(b"=" + newline).join(encodebytes(eicar()).replace(b"=", b"=3D").split()))
