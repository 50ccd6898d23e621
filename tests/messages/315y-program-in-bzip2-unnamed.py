"""A program in bzip2 that has no name."""

from __future__ import annotations

import bz2

from qsfilter.testing.archives import mailed, program


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(bz2.compress(program()), "report.bz2", newline)
