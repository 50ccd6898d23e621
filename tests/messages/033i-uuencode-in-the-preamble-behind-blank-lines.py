"""A uuencoded file in the preamble, behind thousands of empty lines."""

from __future__ import annotations

from binascii import b2a_uu

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

{blank}begin 644 report.bin
{uu}`
end
--b1
Content-Type: text/plain

hello
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(
        TEXT,
        newline,
        blank=newline * 5000,
        uu=b"".join(b2a_uu(eicar()[at : at + 45]) for at in (0, 45)).replace(b"\n", newline),
    )
