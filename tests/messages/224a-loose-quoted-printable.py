"""Escapes with NUL in them."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: quoted-printable

th=6\x009s is the report of the year
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
