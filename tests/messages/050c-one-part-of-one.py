"""A file in yEnc, as part one of one, in a text."""

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

=ybegin part=1 total=1 line=128 size=68 name=report.bin
=ypart begin=1 end=68
{yenc}
=yend size=68 part=1 pcrc32=6851cf3c
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
