"""Finds and reads the files of a site's rules.

Guarantees: a file is read once, through one descriptor, and bounded; one that others than its owner may write is
refused, and so is a pipe or a device; a text that may still be in the middle of being written is marked so.
"""

from __future__ import annotations

import os
import stat
import time
from typing import NamedTuple

from qsfilter.errors import ConfigError

MOST_BYTES = 1 << 20
"""Of one file; a rule that needs more has its data elsewhere."""
SETTLE_SECONDS = 2.0
"""How long a file must have been left alone before it takes the place of a version that is in force.

Many programs write a file in place, piece by piece, and half of a rules file may be a valid one.
"""
SUFFIX = ".py"

Stamp = tuple[int, ...]
"""What of a file's status changes with the file; empty for one that is not there."""


class Source(NamedTuple):
    """The text of one file as it was read."""

    text: bytes
    settled: bool
    """Whether nobody has touched it for SETTLE_SECONDS."""


class Place(NamedTuple):
    """One entry of `rules.files`: a file, a folder, or a folder with a pattern of names."""

    path: str
    folder: str = ""
    """The folder that is looked through; empty for a file."""
    pattern: str = ""
    """What the names in the folder must match; empty for all that end in `.py`."""

    def names(self) -> list[str]:
        """Return the names of rules files in the folder, in order, without hidden ones. Raises OSError."""
        return sorted(name for name in os.listdir(self.folder) if self.takes(name))

    def takes(self, name: str) -> bool:
        """Tell whether the file NAME of the folder is one of rules."""
        if name.startswith("."):  # `.#x.py` is the lock of an editor
            return False
        if not self.pattern:
            return name.endswith(SUFFIX)
        from fnmatch import fnmatchcase  # noqa: PLC0415 - few configurations have a pattern

        return fnmatchcase(name, self.pattern)

    def unused(self) -> list[str]:
        """Return the paths of what lies in the folder and is not read; hidden files and caches are left out."""
        if not self.folder:
            return []
        left = [name for name in os.listdir(self.folder) if not self.takes(name)]
        return [os.path.join(self.folder, name) for name in sorted(left) if name[0] not in "._"]


def place(path: str) -> Place:
    """Read PATH, one entry of `rules.files`. Raises ConfigError for a pattern of folders."""
    folder, name = os.path.split(path)
    if any(char in folder for char in "*?["):
        raise ConfigError(f"rules {path}: a pattern is for names of files, not for folders")
    if any(char in name for char in "*?["):
        return Place(path, folder or ".", name)
    return Place(path, path) if path.endswith("/") or os.path.isdir(path) else Place(path)


def read(path: str) -> Source:
    """Read the file at PATH. Raises ConfigError that names it and says why it can't be used."""
    try:
        # Without O_NONBLOCK, a named pipe would hold up the mail.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            return _read(descriptor, path)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise ConfigError(f"rules {path}: {error.strerror}") from error


def _read(descriptor: int, path: str) -> Source:
    before = os.fstat(descriptor)
    if stat.S_ISDIR(before.st_mode):
        raise ConfigError(f"rules {path}: Is a directory")
    if not stat.S_ISREG(before.st_mode):
        raise ConfigError(f"rules {path}: is no regular file")
    require_private(before, path)
    require_private(os.stat(os.path.dirname(path) or "."), os.path.dirname(path) or ".", sticky=True)
    text = b""
    while piece := os.read(descriptor, MOST_BYTES + 1 - len(text)):
        text += piece
    if len(text) > MOST_BYTES:
        raise ConfigError(f"rules {path}: has more than {MOST_BYTES} bytes")
    return Source(text, settled(before) and stamp_of(before) == stamp_of(os.fstat(descriptor)))


def require_private(status: os.stat_result, path: str, *, sticky: bool = False) -> None:
    """Raise ConfigError where others than the owner of PATH and root may write it.

    A group is taken for the owner's own if it has his number, as Debian gives each user one. With STICKY, a folder in
    which nobody can replace the files of others will do.
    """
    shared = status.st_mode & stat.S_IWGRP and status.st_gid not in (0, status.st_uid)
    if (shared or status.st_mode & stat.S_IWOTH) and not (sticky and status.st_mode & stat.S_ISVTX):
        mode = stat.S_IMODE(status.st_mode)
        raise ConfigError(f"rules {path}: others than its owner may write it (mode {mode:04o}); chmod go-w")


def settled(status: os.stat_result) -> bool:
    """Tell whether what has STATUS was left alone for SETTLE_SECONDS; by its ctime, which nobody can set."""
    # A time to come is a clock that was set back, and would never be over.
    return not -SETTLE_SECONDS < time.time() - status.st_ctime < SETTLE_SECONDS


def stamp(path: str) -> Stamp:
    """Return what to compare to know whether PATH has changed."""
    try:
        return stamp_of(os.stat(path))
    except OSError:
        return ()


def stamp_of(status: os.stat_result) -> Stamp:
    """Return what to compare of STATUS."""
    return (status.st_dev, status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
