"""Two uuencoded files in a text, of which the second matters."""

from __future__ import annotations

from binascii import b2a_uu

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

begin 644 readme.txt
%:&5L;&\\
`
end

begin 644 report.bin
{uu}`
end
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, uu=b"".join(b2a_uu(eicar()[at : at + 45]) for at in (0, 45)).replace(b"\n", newline))
