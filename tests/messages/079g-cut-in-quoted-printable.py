"""The message is cut off in the middle of an escape of quoted-printable, behind all that matters."""

from __future__ import annotations

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: quoted-printable

{text}=4"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, text=b"".join(b"=%02X" % octet for octet in eicar()))
