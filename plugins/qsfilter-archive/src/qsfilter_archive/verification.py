"""Holds what lies in an archive against its manifest: nothing missing, nothing changed, nothing that has no line.

Guarantees: nothing is made or changed; every copy is read and hashed; mail that is being archived meanwhile is not told
as trouble: what looks wrong is looked at again when those who were at it have finished.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter_archive.lines import NAME
from qsfilter_archive.manifest import lock_of, locked
from qsfilter_archive.places import boxes, files, opened, sidecar_of
from qsfilter_archive.reading import Reading, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from qsfilter_archive.lines import Line
    from qsfilter_archive.places import Files

Place = tuple[str, str]
"""Folder and name of a copy."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """What was found."""

    troubles: tuple[Trouble, ...]
    lines: int
    copies: int
    """How many were read."""
    last: Line | None
    head_at: int
    """Number of the line whose hash was asked for; 0 if none was."""

    @property
    def sound(self) -> bool:
        """Whether nothing is missing or changed but what a crash explains."""
        return not any(trouble.fatal for trouble in self.troubles)


def verify(path: str, since: str = "", head: str = "", step: Callable[[], None] = lambda: None) -> Verified:
    """Verify the archive PATH; copies whose line is older than SINCE (a time as lines have it) may be gone or changed.

    With SINCE, the first lines may be gone, too. HEAD is the hash of a line that must be there. STEP is called for each
    copy. Raises DeliveryError and OSError where the archive can't be read.
    """
    there = _listed(path)
    reading = Reading(path, head, whole=not since)
    reading.read()
    count = 0
    unknown = {(folder, name) for folder, names in there.items() for name in names} - reading.entries.keys()
    suspects = list(unknown)
    for place, line in reading.entries.items():
        if line.time >= since:
            count += 1
            suspects += [place] if any(_troubles(path, line, there)) else []
        step()
    found = _looked_again(path, reading, suspects) if suspects else []
    reading.finish()
    return Verified(
        troubles=(*reading.troubles, *found),
        lines=reading.lines,
        copies=count,
        last=reading.last,
        head_at=reading.head_at,
    )


def _looked_again(path: str, reading: Reading, suspects: Iterable[Place]) -> list[Trouble]:
    """Return what is wrong with the SUSPECTS, once all who were keeping copies of these names have finished."""
    for lock in sorted({lock_of(name) for _, name in suspects if NAME.fullmatch(name)}):
        with locked(path, lock, writing=False):
            pass
    there = _listed(path)
    reading.read()
    found: list[Trouble] = []
    for folder, name in sorted(suspects):
        line = reading.entries.get((folder, name))
        if line is not None:
            found += _troubles(path, line, there)
        else:
            found += [Trouble("not-in-manifest", file) for file in there.get(folder, {}).get(name, ())]
    return found


def _listed(path: str) -> dict[str, Files]:
    return {folder: files(path, folder) for folder in boxes(path)}


def _troubles(path: str, line: Line, there: dict[str, Files]) -> Iterator[Trouble]:
    """Yield what is wrong with the copy that LINE is about."""
    mine = there.get(line.folder, {}).get(line.name, [])
    wrong = [file for file in mine if _hash(file) != (line.size, line.sha256)]
    where = f"{line.folder}/{line.name}"
    if not mine:
        yield Trouble("missing", where, f"line {line.number} of {line.time[:10]}")
    for file in wrong:
        what = "changed" if len(wrong) == len(mine) else "not-in-manifest"
        yield Trouble(what, file, f"line {line.number} of {line.time[:10]}")
    sidecar = sidecar_of(path, line.folder, line.name)
    if not os.path.lexists(sidecar):
        yield Trouble("missing", sidecar, f"line {line.number} of {line.time[:10]}")
    elif _hash(sidecar)[1] != line.sidecar:
        yield Trouble("changed", sidecar, f"line {line.number} of {line.time[:10]}")


def _hash(file: str) -> tuple[int, str]:
    """Return size and SHA-256 of FILE; neither where it can't be read as what we have written."""
    try:
        with open(opened(file), "rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
            return content.tell(), digest
    except FileNotFoundError:
        return -1, ""
    except OSError as error:
        if isinstance(error, PermissionError):
            raise  # that nobody may read it says nothing about it
        return -1, ""
