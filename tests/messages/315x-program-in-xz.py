"""A program in xz."""

from __future__ import annotations

import lzma

from qsfilter.testing.archives import mailed, program


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(lzma.compress(program()), "x.exe.xz", newline)
