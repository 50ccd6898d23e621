"""A winmail.dat, of which only the signature is there: it could not be unpacked."""

from __future__ import annotations

from base64 import encodebytes

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/ms-tnef; name="winmail.dat"
Content-Transfer-Encoding: base64

{tnef}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(
        TEXT, newline, tnef=encodebytes(b"\x78\x9f\x3e\x22\x01\x00" + bytes(60)).strip().replace(b"\n", newline)
    )
