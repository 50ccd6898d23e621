"""Blanks and empty lines in base64."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/plain
Content-Transfer-Encoding: base64

  aGVsbG8gQm9iLCBhbmQgYWxsIHRoZS \x20

  BvdGhlcnMsIHdobyBoYXZlIGNvbWUg \x20

  ZnJvbSBzbyBmYXIgYXdheSB0byBoZW \x20

  FyIHRoaXM=
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
