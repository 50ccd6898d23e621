"""Remembers who has been given a kept copy: marks and locks below the quarantine.

Guarantees: a mark is durable before and after a hand-over, and stands beside the copy by its id, so that a retry that
replaces the copy does not take it away; two processes never act on one copy at the same time; the locks are the
kernel's and end with a process however it ends. Act in one thread of a process.
"""

from __future__ import annotations

import fcntl
import json
import os
from base64 import b64decode
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsfilter import maildir
from qsfilter.errors import DeliveryError
from qsfilter.held.log import give_to_owner
from qsfilter.kept_copy import coded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER = "released"
"""Below the quarantine: a mark for each copy that somebody has been given, and the lock."""
_LARGEST_PLACE = 2**60


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """How far the release of one copy has come."""

    handed: tuple[bytes, ...] = ()
    """Recipients for whom the queue program has taken it."""
    begun: Mapping[str, Any] | None = None
    """A hand-over that began and whose end nobody has recorded: those recipients may have it."""
    complete: bool = False
    """Everybody it was held for has it."""


def mark_of(path: str, name: str) -> Mark:
    """Read the mark of the copy NAME in the quarantine PATH; one that is damaged says that nobody has it."""
    try:
        with open(_mark_file(path, name), encoding="utf-8") as file:
            told = json.load(file)
        begun = told["begun"]
        if begun is not None and not isinstance(begun, dict):
            return Mark()
        handed = tuple(b64decode(one) for one in told["handed"])
        return Mark(handed=handed, begun=begun, complete=told["complete"] is True)
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return Mark()  # rather twice than never


def write_mark(path: str, name: str, mark: Mark) -> None:
    """Make MARK that of the copy NAME, durably. Raises DeliveryError (53)."""
    handed = [coded(one) for one in mark.handed]
    text = json.dumps({"version": 1, "handed": handed, "begun": mark.begun, "complete": mark.complete})
    folder = _folder(path)
    where = maildir.write_durably(folder, f"{name}.json", [text.encode()])
    descriptor = os.open(where, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        give_to_owner(descriptor, path)
    finally:
        os.close(descriptor)


def forget_mark(path: str, name: str) -> None:
    """Remove the mark of the copy NAME, if there is one."""
    try:
        os.unlink(_mark_file(path, name))
    except FileNotFoundError:
        return


@contextmanager
def acting(path: str, name: str) -> Iterator[bool]:
    """Within the block nobody else acts on the copy NAME; tells False, at once, where somebody does already."""
    file = os.open(os.path.join(_folder(path), "lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        give_to_owner(file, path)
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _place(name))
            mine = True
        except (BlockingIOError, PermissionError):  # POSIX allows EAGAIN and EACCES
            mine = False
        yield mine
    finally:
        os.close(file)


def _mark_file(path: str, name: str) -> str:
    return os.path.join(path, FOLDER, f"{name}.json")


def _folder(path: str) -> str:
    """Return the folder of the marks, which is made where it is missing. Raises DeliveryError (53) for a link."""
    folder = os.path.join(path, FOLDER)
    for one in (folder, os.path.join(folder, "tmp")):
        try:
            os.mkdir(one, 0o700)
        except FileExistsError:
            if os.path.islink(one):  # root would write wherever the owner of the quarantine says
                raise DeliveryError(f"{one} is a symbolic link", 53) from None
            continue
        descriptor = os.open(one, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            give_to_owner(descriptor, path)
        finally:
            os.close(descriptor)
        maildir.sync_directory(os.path.dirname(one))
    return folder


def _place(name: str) -> int:
    """Return the byte that stands for the copy NAME, whose first 15 digits are as good as chance."""
    try:
        return int(name[:15], 16)
    except ValueError:
        return sum(octet << 8 * at for at, octet in enumerate(name.encode()[:7])) % _LARGEST_PLACE
