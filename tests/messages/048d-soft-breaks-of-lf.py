"""Quoted-printable with soft line breaks of a bare LF, in a message with CRLF."""

from __future__ import annotations

from qsfilter.testing.messages import eicar, written

NEWLINES = (b"\r\n",)
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
    return written(
        TEXT,
        newline,
        qp=b"=\n".join(b"".join(b"=%02X" % octet for octet in eicar()[at : at + 20]) for at in range(0, 68, 20)),
    )
