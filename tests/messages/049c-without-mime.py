"""A uuencoded file in a message without MIME."""

from __future__ import annotations

from binascii import b2a_uu

from qsfilter.testing.messages import eicar, written

TEXT = """\
From: Alice <alice@example.org>
To: bob@example.com
Subject: a test

hello

begin 644 report.bin
{uu}`
end
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, uu=b"".join(b2a_uu(eicar()[at : at + 45]) for at in (0, 45)).replace(b"\n", newline))
