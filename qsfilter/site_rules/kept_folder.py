"""Keeps the last good version of every rules file in a folder, from one process to the next.

Guarantees: a version is there whole and durable or not at all (written, fsynced, renamed, the folder fsynced); what is
in a folder of another user, or in one that others can write, is never run.
"""

from __future__ import annotations

import os
import stat
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from qsfilter import own_folder
from qsfilter.errors import ConfigError
from qsfilter.maildir import write_all
from qsfilter.site_rules.last_good import Copy, Nothing, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.site_rules.files import Place

RETRY_SECONDS = 60.0
"""How long a version that was found broken is not tried again: each trial may take its time from a message."""
TEMPORARY = "tmp."
LEFT_SECONDS = 3600.0
"""How old a file must be that another process seems to have left half written."""


class InFolder(Nothing):
    """Keeps versions in a folder of this user's own; each file is named after the path it is for."""

    tries = True

    def __init__(self, folder: str) -> None:
        """Keep them in FOLDER, which is made when there is something to keep."""
        self.folder = folder

    def get(self, path: str) -> Copy | None:
        """Return the version, unless it can't be read or is not ours."""
        return self._read(path, "good")

    def put(self, path: str, text: bytes) -> None:
        """Keep it durably."""
        self._write(path, "good", text, durably=True)

    def forget(self, path: str) -> None:
        """Remove it."""
        with suppress(OSError), _open(own_folder.opened(self.folder)) as folder:
            for kind in ("good", "bad"):
                with suppress(FileNotFoundError):
                    os.unlink(_name(path, kind), dir_fd=folder)

    def paths(self, place: Place) -> list[str]:
        """List those in the folder of PLACE."""
        if not os.path.lexists(self.folder):
            return []
        try:
            with _open(own_folder.opened(self.folder)) as folder:
                names = os.listdir(folder)
        except OSError:
            return []
        return within(place, [_path(name[:-5]) for name in names if name.endswith(".good")])

    def ran(self, place: Place) -> bool:
        """Tell by a mark."""
        return self._read(place.path, "ran") is not None

    def note_ran(self, place: Place) -> None:
        """Set the mark."""
        if not self.ran(place):
            self._write(place.path, "ran", b"", durably=True)

    def trouble(self, path: str, text: bytes) -> str:
        """Read it from the mark of this TEXT."""
        told = self._read(path, "bad")
        if told is None or told.text is None or not 0 <= time.time() - told.when < RETRY_SECONDS:
            return ""
        digest, _, why = told.text.partition(b"\n")
        return why.decode("utf-8", "replace") if digest == _digest(text) else ""

    def note_trouble(self, path: str, text: bytes, why: str) -> None:
        """Set a mark; without it the next message tries again."""
        with suppress(ConfigError):
            self._write(path, "bad", _digest(text) + b"\n" + why.encode("utf-8", "replace"), durably=False)

    def _read(self, path: str, kind: str) -> Copy | None:
        if not os.path.lexists(self.folder):  # it would be made
            return None
        name = _name(path, kind)
        try:
            with (
                _open(own_folder.opened(self.folder)) as folder,
                _open(own_folder.opened_file(folder, name, os.O_RDONLY)) as file,
            ):
                text = b""
                while piece := os.read(file, 1 << 20):
                    text += piece
                return Copy(os.path.join(self.folder, name), text, os.fstat(file).st_mtime)
        except OSError:
            return None

    def _write(self, path: str, kind: str, text: bytes, *, durably: bool) -> None:
        temporary = f"{TEMPORARY}{os.urandom(8).hex()}"
        try:
            with _open(own_folder.opened(self.folder)) as folder:
                _remove_left(folder)
                try:
                    with _open(own_folder.opened_file(folder, temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL)) as file:
                        write_all(file, text)
                        if durably:
                            os.fsync(file)
                    os.rename(temporary, _name(path, kind), src_dir_fd=folder, dst_dir_fd=folder)
                except BaseException:
                    with suppress(OSError):
                        os.unlink(temporary, dir_fd=folder)
                    raise
                if durably:
                    os.fsync(folder)
        except OSError as error:
            text_of = f"rules: can't keep the last good version of {path} in {self.folder}: {error.strerror}"
            raise ConfigError(text_of) from error


class Looking(InFolder):
    """Looks, for `check`, at what a folder of perhaps another user keeps; runs and changes none of it."""

    waits = False

    def get(self, path: str) -> Copy | None:
        """Say that there is one, and since when."""
        try:
            return Copy(path, None, os.lstat(os.path.join(self.folder, _name(path, "good"))).st_mtime)
        except OSError:
            return None

    def put(self, path: str, text: bytes) -> None:
        """Keep nothing."""

    def forget(self, path: str) -> None:
        """Remove nothing."""

    def paths(self, place: Place) -> list[str]:  # noqa: ARG002
        """Name none: those that are gone are no problem."""
        return []

    def ran(self, place: Place) -> bool:
        """Tell by the mark, whoever has set it."""
        return os.path.lexists(os.path.join(self.folder, _name(place.path, "ran")))

    def note_ran(self, place: Place) -> None:
        """Note nothing."""

    def trouble(self, path: str, text: bytes) -> str:  # noqa: ARG002
        """Always try: that is what `check` is for."""
        return ""

    def note_trouble(self, path: str, text: bytes, why: str) -> None:
        """Note nothing."""

    def unsafe(self) -> str:
        """Say what is wrong with the folder; that it is another user's is not."""
        try:
            status = os.lstat(self.folder)
        except OSError:
            return ""
        if not stat.S_ISDIR(status.st_mode):
            return "is no folder"
        return "can be written by others" if status.st_mode & own_folder.WRITABLE_BY_OTHERS else ""


@contextmanager
def _open(descriptor: int) -> Iterator[int]:
    """Close DESCRIPTOR at the end."""
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _remove_left(folder: int) -> None:
    """Remove what killed processes have left half written in FOLDER."""
    for name in os.listdir(folder):
        if name.startswith(TEMPORARY):
            with suppress(OSError):
                if time.time() - os.lstat(name, dir_fd=folder).st_mtime > LEFT_SECONDS:
                    os.unlink(name, dir_fd=folder)


def _name(path: str, kind: str) -> str:
    """Name what is kept of KIND for PATH."""
    quoted = os.path.abspath(path).replace("%", "%25").replace("/", "%2F")
    return f"{quoted}.{kind}"


def _path(quoted: str) -> str:
    return quoted.replace("%2F", "/").replace("%25", "%")


def _digest(text: bytes) -> bytes:
    import hashlib  # noqa: PLC0415 - for versions that are broken

    return hashlib.sha256(text).hexdigest().encode()
