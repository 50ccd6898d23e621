"""The service's log: lines on descriptor 2, which multilog or journald takes.

Guarantee: a log that can't be written never fails mail; a line is written at once, so those of two workers don't mix.
"""

from __future__ import annotations

import os

STDERR = 2


def log(line: str, prefix: str = "qsfilter: ") -> None:
    """Write PREFIX and LINE, with `?` for what does not print."""
    printable = line if line.isascii() and line.isprintable() else "".join(c if c.isprintable() else "?" for c in line)
    try:
        os.write(STDERR, f"{prefix}{printable}\n".encode("utf-8", "backslashreplace"))
    except OSError:
        return
