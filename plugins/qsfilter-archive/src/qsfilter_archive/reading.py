"""Reads the manifest from its beginning, and says where lines are changed, missing, or in another order.

Guarantees: nothing is made or changed; what is being written meanwhile is not taken for damage, because where the
files end is looked up while nobody appends; a line that can't be read is told, and the reading goes on behind it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from qsfilter.names import shown
from qsfilter_archive.lines import LONGEST, NOTHING, START, hash_of_torn, read
from qsfilter_archive.manifest import CHAIN, TAIL, days, file_of, locked
from qsfilter_archive.places import opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter_archive.lines import Line


class Trouble(NamedTuple):
    """Something that is not as it was left."""

    what: str
    where: str
    detail: str = ""
    fatal: bool = True
    """False for what a crash explains, or what the caller says may be."""


class Reading:
    """What the manifest of one archive says; `read` may be called again, for what has been appended since."""

    def __init__(self, path: str, head: str = "", *, whole: bool = True) -> None:
        """Read the archive PATH; HEAD is the hash of a line that has to be there, and so is line 1 of a WHOLE one."""
        self.entries: dict[tuple[str, str], Line] = {}
        """Folder and name of a copy → its last line."""
        self.troubles: list[Trouble] = []
        self.last: Line | None = None
        self.lines = 0
        self.head_at = 0 if head in ("", START) else -1
        """Number of the line whose hash is HEAD; -1 while it has not been found."""
        self._path = path
        self._head = head
        self._whole = whole
        self._done: dict[str, int] = {}
        self._between = b""
        self._where = ""
        """Where that begins which could not be read."""

    def read(self) -> None:
        """Read all that was appended since the last time. Raises DeliveryError and OSError."""
        with locked(self._path, CHAIN, writing=False):
            sizes = {day: os.stat(file_of(self._path, day)).st_size for day in days(self._path)}
        for day, size in sizes.items():
            for number, piece in self._pieces(day, size):
                line = read(piece)
                if line is None:
                    self._where = self._where or f"{day}, byte {number}"
                    self._between += piece if len(self._between) <= TAIL else b""
                else:
                    self._take(line)

    def finish(self) -> None:
        """Tell of what stands behind the last line, and of a head that was not found."""
        if self._between:
            self._told_of_rest(b"\n" not in self._between and len(self._between) < LONGEST)
        if self.head_at < 0:
            self.troubles.append(
                Trouble("head", self._head[:12], "no line has this hash: lines are cut off or changed")
            )

    def _pieces(self, day: str, size: int) -> Iterator[tuple[int, bytes]]:
        """Yield what is left of the file for DAY up to SIZE, line by line, with the place of each."""
        at = self._done.get(day, 0)
        with open(opened(file_of(self._path, day)), "rb") as file:
            file.seek(max(0, at - 1))
            if at and file.read(1) != b"\n" and not self._between:
                at += len(file.readline(1))  # a crash has left a line without its end, which came since
            while at < size and (piece := file.readline(min(LONGEST, size - at))):
                yield at, piece
                at += len(piece)
        self._done[day] = at

    def _take(self, line: Line) -> None:
        if self._between:
            self._told_of_rest(line.torn == hash_of_torn(self._between), line)
        elif line.torn != NOTHING:
            self.troubles.append(Trouble("changed-line", _at(line), "what a crash left before it has gone"))
        if self.last is not None and line.before != self.last.hash:
            self.troubles.append(Trouble("missing-lines", _at(line), _gap(self.last, line)))
        elif self.last is None and line.before != START:
            told = f"the {line.number - 1} lines before it are not here"
            self.troubles.append(Trouble("beginning", _at(line), told, fatal=self._whole))
        self.last = line
        self.lines += 1
        self.entries[line.folder, line.name] = line
        if line.hash == self._head:
            self.head_at = line.number

    def _told_of_rest(self, torn: bool, line: Line | None = None) -> None:
        where = f"before {_at(line)}" if line else self._where
        if torn:
            self.troubles.append(Trouble("torn-line", where, "a crash cut it short", fatal=False))
        else:
            text = shown(self._between[:60].decode("latin-1"))
            self.troubles.append(Trouble("changed-line", self._where, f"this is no line as it was written: {text}"))
        self._between, self._where = b"", ""


def _at(line: Line) -> str:
    return f"line {line.number} of {line.time[:10]}"


def _gap(last: Line, line: Line) -> str:
    lost = line.number - last.number - 1
    if lost > 0:
        return f"{lost} between line {last.number} and this one"
    return f"it does not follow line {last.number}, behind which it stands"
