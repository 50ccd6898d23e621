"""Finds what lies in an archive: its folders, and the files of the copies wherever a mail reader has put them.

Guarantees: nothing is made or changed; no symbolic link is followed below the archive; what can't be a copy of ours
is told by its name and not opened.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from qsfilter import kept_copy
from qsfilter.kept_copy import SIDECARS
from qsfilter_archive.folders import OTHER, TAKEN, WHOLE
from qsfilter_archive.manifest import FOLDER, LOCKS, days, file_of

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 2
"""Folders of folders: a domain, and a day in it."""
Files = dict[str, list[str]]
"""Name of a copy → the files of that name, as paths."""


def box_of(path: str, folder: str) -> str:
    """Return the maildir FOLDER of the archive PATH."""
    return path if folder == WHOLE else os.path.join(path, folder)


def sidecar_of(path: str, folder: str, name: str) -> str:
    """Return where the sidecar of the copy NAME lies."""
    return os.path.join(box_of(path, folder), SIDECARS, f"{name}.json")


def boxes(path: str) -> list[str]:
    """Return the folders of the archive PATH that are maildirs of ours."""
    return sorted(_boxes(path, WHOLE, DEEPEST))


def files(path: str, folder: str) -> Files:
    """Return the messages in FOLDER of the archive PATH; flags of mail readers are no part of a name."""
    found: Files = {}
    for place in ("new", "cur"):
        for entry in _entries(os.path.join(box_of(path, folder), place)):
            if not entry.is_dir(follow_symlinks=False):
                found.setdefault(entry.name.partition(":")[0], []).append(entry.path)
    return found


def opened(path: str) -> int:
    """Return a descriptor of the regular file at PATH. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(f"{path} is no regular file")


def unwritable(path: str, *, whole: bool, manifest: bool) -> Iterator[str]:
    """Yield what the user who asks can't write in the archive PATH, which is one maildir if it is WHOLE."""
    if not whole:
        existing = os.path.abspath(path)
        while not os.path.lexists(existing):
            existing = os.path.dirname(existing)
        if not os.path.isdir(existing) or not os.access(existing, os.W_OK | os.X_OK):
            yield existing
    elif place := kept_copy.unwritable(path):
        yield place
    if manifest:
        folder = os.path.join(path, FOLDER)
        newest = [file_of(path, day) for day in days(path)[-1:]]
        for place in (folder, os.path.join(folder, LOCKS), *newest):
            if os.path.lexists(place) and not os.access(place, os.W_OK):
                yield place


def _boxes(path: str, folder: str, depth: int) -> Iterator[str]:
    box = box_of(path, folder)
    if os.path.isdir(os.path.join(box, SIDECARS)):
        yield folder
    if depth:
        for entry in _entries(box):
            ours = entry.name == OTHER or entry.name not in TAKEN
            if ours and not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
                yield from _boxes(path, entry.name if folder == WHOLE else f"{folder}/{entry.name}", depth - 1)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []
