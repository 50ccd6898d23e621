"""Writes a new configuration: to standard output, or to a file that nobody else can change.

Guarantees: the file is there whole or not at all, with mode 0640; one that is there already is left alone unless the
caller says otherwise, and then who could read it can read the new one; what the configuration's reader refuses is not
written.
"""

from __future__ import annotations

import errno
import os
import stat
import sys

from qsfilter.config import from_source
from qsfilter.edge import parsed

STANDARD_OUTPUT = "-"
MODE = 0o640


def refuse_existing(path: str, *, force: bool) -> None:
    """Raise FileExistsError where PATH is there and FORCE does not say that it may go."""
    if path != STANDARD_OUTPUT and os.path.lexists(path) and not force:
        raise FileExistsError(errno.EEXIST, "is there already; --force writes over it", path)


def write(text: str, path: str, *, force: bool) -> None:
    """Write the configuration TEXT to PATH, or to standard output where that is `-`.

    Raises ConfigError where TEXT is none that our reader takes, and OSError where it can't be written.
    """
    from_source(parsed(text.encode(), path))
    if path == STANDARD_OUTPUT:
        sys.stdout.write(text)
        return
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, f"there is no folder {folder}; make it with install -d {folder}", path)
    begun = os.path.join(folder, f".{os.path.basename(path)}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fchmod(descriptor, MODE)
            if force:
                _let_the_same_read(descriptor, path)
            os.fsync(descriptor)
        if force:
            os.replace(begun, path)
        else:
            os.link(begun, path)  # which fails where something has come there since we looked
    finally:
        if os.path.lexists(begun):
            os.unlink(begun)


def _let_the_same_read(descriptor: int, path: str) -> None:
    """Give DESCRIPTOR owner, group and rights to read of PATH, if that is a file; else all mail would wait for it."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if stat.S_ISREG(found.st_mode):
        os.fchown(descriptor, found.st_uid, found.st_gid)
        os.fchmod(descriptor, found.st_mode & (MODE | stat.S_IROTH))
