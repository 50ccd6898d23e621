"""Reads files of the machine that may be anything: bounded, and waiting for nobody.

Guarantees: nothing but OSError is raised; a pipe or a device in the place of a file is not read.
"""

from __future__ import annotations

import errno
import os
import stat

from qsfilter.names import as_text

MOST_BYTES = 4 << 20


def content(path: str, most: int = MOST_BYTES) -> bytes:
    """Return the content of the regular file PATH. Raises OSError, also where it has more than MOST bytes."""
    # Not blocking, because opening a pipe would wait for its other end.
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "is no regular file", path)
        found = file.read(most + 1)
    if len(found) > most:
        raise OSError(errno.EFBIG, f"has more than {most} bytes", path)
    return found


def text(path: str) -> str:
    """Return the same as text: UTF-8, else Latin-1, with line feeds alone between lines. Raises OSError."""
    return as_text(content(path)).replace("\r\n", "\n").replace("\r", "\n")


def words(path: str) -> tuple[str, ...]:
    """Return the lines of PATH without blanks around them, empty lines and comments. Raises OSError."""
    lines = (line.strip() for line in text(path).split("\n"))
    return tuple(line for line in lines if line and not line.startswith("#"))
