"""Finds the files of the copies in a quarantine, and removes those of one.

Guarantees: safe beside running deliveries: a file that another attempt has put in the place of one that was found
stays, and nothing that is being written is touched. No symbolic link is followed below the quarantine, and only regular
files with the names of copies are removed.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qsfilter import kept_copy
from qsfilter.builtin.quarantine import BOXES
from qsfilter.held.record import acting, forget_mark, mark_of
from qsfilter.held.retention import Stored
from qsfilter.kept_copy import SIDECARS

if TYPE_CHECKING:
    from collections.abc import Iterator

STRAY_SECONDS = 36 * 3600
"""A file in `tmp` that is older was left by a process that died; maildirs have this rule."""
_NAME = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{8}")
_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PLACES = ("new", "cur", SIDECARS)
"""The order in which files are removed: a sidecar without a message is told from a message without one."""


def stored(path: str) -> list[Stored]:
    """Return every copy in the quarantine PATH, also one that has lost its message or its sidecar."""
    found: dict[tuple[str, str], list[tuple[str, os.stat_result]]] = {}
    for box in BOXES:
        for folder in _PLACES:
            for name, seen in _files(path, box, folder):
                copy = name.removesuffix(".json") if folder == SIDECARS else name.partition(":")[0]
                if _NAME.fullmatch(copy):
                    found.setdefault((box, copy), []).append((f"{folder}/{name}", seen))
    return [_stored(path, box, name, files) for (box, name), files in found.items()]


def strays(path: str, now: float) -> list[tuple[str, str, int]]:
    """Return what dead processes left half written: box, name in its `tmp`, and size in bytes."""
    return [
        (box, name, seen.st_size)
        for box in BOXES
        for name, seen in _files(path, box, "tmp")
        if now - seen.st_mtime > STRAY_SECONDS and _NAME.match(name)
    ]


def remove_stray(path: str, box: str, name: str) -> bool:
    """Remove it; False where it has gone."""
    try:
        with _folder(path, box, "tmp") as folder:
            os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return False
    return True


def remove(path: str, copy: Stored) -> str:
    """Remove COPY and its mark; return why not (empty if it is gone). Raises DeliveryError and OSError."""
    with acting(path, copy.name) as mine:
        if not mine:
            return "somebody else is releasing or removing it"
        return _remove(path, copy)


def _remove(path: str, copy: Stored) -> str:
    try:
        with kept_copy.alone(os.path.join(path, copy.box)):
            if _now(path, copy) != dict(copy.files):
                return "another attempt has replaced it"
            for file, _ in copy.files:
                folder, _, name = file.partition("/")
                with _folder(path, copy.box, folder) as descriptor:
                    os.unlink(name, dir_fd=descriptor)
    except FileNotFoundError:
        return "it has gone"
    if not any(os.path.lexists(os.path.join(path, box, SIDECARS, f"{copy.name}.json")) for box in BOXES):
        forget_mark(path, copy.name)
    return ""


def _now(path: str, copy: Stored) -> dict[str, tuple[int, int]]:
    """Return the files of COPY that are there now, where attempts put them and where it was found."""
    places = dict.fromkeys(
        (f"new/{copy.name}", f"{SIDECARS}/{copy.name}.json", *(file for file, _ in copy.files)),
    )
    found = {}
    for file in places:
        folder, _, name = file.partition("/")
        try:
            with _folder(path, copy.box, folder) as descriptor:
                seen = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
        except FileNotFoundError:
            continue
        found[file] = _stamp(seen)
    return found


def _stored(path: str, box: str, name: str, files: list[tuple[str, os.stat_result]]) -> Stored:
    marked = mark_of(path, name)
    return Stored(
        box=box,
        name=name,
        time=max(seen.st_mtime for _, seen in files),
        size=sum(seen.st_size for _, seen in files),
        disk=sum(seen.st_blocks * 512 for _, seen in files),
        files=tuple((file, _stamp(seen)) for file, seen in files),
        released=marked.complete,
    )


def _stamp(seen: os.stat_result) -> tuple[int, int]:
    return seen.st_ino, seen.st_mtime_ns


def _files(path: str, box: str, folder: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the regular files in one folder of a box; none where it is not there, or is a symbolic link."""
    try:
        with _folder(path, box, folder) as descriptor, os.scandir(descriptor) as entries:
            for entry in entries:
                try:
                    seen = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if stat.S_ISREG(seen.st_mode):
                    yield entry.name, seen
    except (FileNotFoundError, NotADirectoryError):
        return


@contextmanager
def _folder(path: str, *below: str) -> Iterator[int]:
    """Open PATH, which may be a symbolic link of the site's, and the folders BELOW it, which may not."""
    opened = [os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)]
    try:
        for name in below:
            opened.append(os.open(name, _FLAGS, dir_fd=opened[-1]))
        yield opened[-1]
    finally:
        for descriptor in opened:
            os.close(descriptor)
