"""A file in yEnc in a text."""

from __future__ import annotations

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: text/plain

hello

=ybegin line=128 size=68 name=report.bin
{yenc}
=yend size=68

good bye
--b1--
"""


def yenc(data: bytes) -> bytes:
    """Return DATA in yEnc's letters."""
    critical = (0, 10, 13, 61)
    moved = ((octet + 42) % 256 for octet in data)
    return b"".join(b"=%c" % ((octet + 64) % 256) if octet in critical else b"%c" % octet for octet in moved)


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, yenc=yenc(eicar()))
