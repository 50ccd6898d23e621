"""Quoted-printable with soft line breaks of CR CR LF."""

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
    return written(TEXT, newline, qp=b"=\r\r\n".join(eicar()[at : at + 5] for at in range(0, 68, 5)))
