"""Appends lines to a log.

Guarantees: what is no regular file is not written and not waited for; a line that was cut ends before the next begins.
"""

from __future__ import annotations

import errno
import os
import stat

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY


def append(path: str, lines: bytes) -> None:
    """Append LINES, each with its end, to the file at PATH, which is made where it is missing. Raises OSError."""
    descriptor = _opened(path, _FLAGS | os.O_CREAT)
    try:
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        whole = b"\n" * torn + lines
        if os.write(descriptor, whole) != len(whole):
            raise OSError(errno.ENOSPC, "a line was cut", path)
    finally:
        os.close(descriptor)


def openable(path: str) -> str:
    """Return why PATH can't be written; empty where it can. Nothing is made."""
    try:
        os.close(_opened(path, _FLAGS))
    except FileNotFoundError:
        folder = os.path.dirname(path)
        return "" if os.access(folder, os.W_OK | os.X_OK) else f"{folder} can't be written"
    except OSError as error:
        return error.strerror or "can't be opened"
    return ""


def _opened(path: str, flags: int) -> int:
    descriptor = os.open(path, flags, 0o640)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EINVAL, "this is no regular file", path)
