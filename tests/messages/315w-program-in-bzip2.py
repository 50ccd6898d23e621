"""A program in bzip2."""

from __future__ import annotations

import bz2

from qsfilter.testing.archives import mailed, program


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(bz2.compress(program()), "x.exe.bz2", newline)
