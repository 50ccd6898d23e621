"""A program in a mail that is attached to a mail."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import message, part


def build(newline: bytes) -> bytes:
    """Return the message."""
    inner = mailed(b"hello", "virus.exe", newline)
    text = part(b"see below", newline=newline)
    return message(text, part(inner, "message/rfc822", newline=newline), boundary="outer", newline=newline)
