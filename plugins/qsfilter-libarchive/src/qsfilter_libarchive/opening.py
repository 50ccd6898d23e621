"""Opens one container and makes children and findings of what is in it.

Guarantees: each member is yielded as soon as it is read; one that can't be read is still named, and those behind it are
tried; a container that was found behind other content, and does not open, says nothing.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from zlib import crc32

from qsfilter import Child, unscannable
from qsfilter.names import as_text, name, shown
from qsfilter.sniff import SEARCHED, WINDOW
from qsfilter_libarchive import rar, sets
from qsfilter_libarchive.archive import FILTERS, Archive, Member
from qsfilter_libarchive.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Container, Context, Finding, Name, Part
    from qsfilter_libarchive.library import Library

PASSWORD = Trouble("encrypted", "it takes a password")
MOST_PLACES = 256
"""Signatures behind other content that are tried until one opens; a self-extracting program may hold a few as data."""
MOST_OPENINGS = 1000
"""libarchive can't go on behind a member of a method that it does not know, so the archive is opened again."""
LHA_LEVEL = 20
EMPTY = {"7z": 32, "ar": 8, "cpio": 1024}
"""Kind → size in bytes up to which an archive may be without members; libarchive finds none in some that are broken."""
ENDINGS = {
    "compress": {b"z": b"", b"taz": b".tar"},
    "lzip": {b"lz": b"", b"tlz": b".tar"},
    "lz4": {b"lz4": b"", b"tlz4": b".tar"},
    "7z": {b"7z": b""},
}
"""Kind → ending of a container without names → what takes its place."""


def children(library: Library, part: Part, container: Container, ctx: Context) -> Iterator[Child | Finding]:
    """Yield what PART holds as CONTAINER."""
    for number, place in enumerate(_places(part.blob.data, container)):
        if number >= MOST_PLACES:
            detail = f"more than {MOST_PLACES} signatures of {container.kind}, none of which is one"
            yield unscannable("over-limit", part, detail)
            return
        opening = Opening(library, part, container.kind, place, ctx)
        yield from opening.run()
        if opening.opened:
            return


def _places(data: bytes, container: Container) -> Iterator[int]:
    """Yield where CONTAINER may begin: where it was found, and behind other content where its signature comes next."""
    kind, at = container
    if kind == "lha" and data[LHA_LEVEL : LHA_LEVEL + 1] > b"\x03":  # its signature is a word of five letters
        return
    yield at
    for signature in (sought for searched, sought, _ in SEARCHED if searched == kind and at):
        while (at := data.find(signature, at + 1, WINDOW)) > 0:
            yield at


class Opening:
    """One container while it is read."""

    def __init__(self, library: Library, part: Part, kind: str, offset: int, ctx: Context) -> None:
        self.opened = False
        """It is what its signature says."""
        self._library = library
        self._part = part
        self._kind = kind
        self._offset = offset
        self._ctx = ctx
        self._data = part.blob.data
        self._listing = rar.listing(self._data, offset, ctx.budget.members_left + 1) if kind == "rar" else None
        self._told: set[str] = set()
        self._known: set[tuple[bytes, str]] = set()
        """Digest and name of each member that was yielded, where there is more than one reading."""
        self._done = 0
        """Members that need not be read again when the archive is opened once more."""
        self._directories = 0
        self._names_only = False
        self._full = False

    def run(self) -> Iterator[Child | Finding]:
        """Yield everything that is in the container."""
        self.opened = self._listing is not None
        readings = sets.readings(self._kind, self._data, self._offset)
        for reading, options in readings:
            self._done, self._names_only = 0, False
            yield from self._openings(reading, options, several=len(readings) > 1)
        if self.opened and not self._full:
            if self._listing is not None:
                yield from self._unread(self._listing)
            yield from self._tell(sets.missing(self._kind, self._data, self._offset, self._listing))
            size = len(self._data) - self._offset
            if not (self._done or self._told or self._listing) and size > EMPTY.get(self._kind, 0):
                yield from self._tell(Trouble("corrupt", f"{size} bytes without a member"))

    def _openings(self, reading: str, options: bytes, *, several: bool) -> Iterator[Child | Finding]:
        """Read the archive, and once more behind each member at which libarchive gives up."""
        for _ in range(MOST_OPENINGS):
            before = self._done
            with Archive(self._library, self._data, self._offset, self._kind, options) as archive:
                yield from self._members(archive, reading, several=several)
                gave_up, wrong = archive.useless, archive.trouble
            if not gave_up or self._full or self._names_only or self._done == before:
                return
            # What is broken would have to be read again, in one call of unknown length, to get behind it.
            self._names_only = wrong is None or wrong.name == "corrupt"
        yield from self._tell(Trouble("over-limit", f"more than {MOST_OPENINGS} members that can't be read"))

    def _members(self, archive: Archive, reading: str, *, several: bool) -> Iterator[Child | Finding]:
        """Yield the members of ARCHIVE that are not done."""
        number = 0
        while not self._full:
            member = archive.next()
            if member is None:
                wrong = archive.trouble
                # Encrypted names are no chance find.
                self.opened = self.opened or (wrong is None and not self._offset) or _encrypted(wrong)
                if self.opened or not self._offset:
                    yield from self._tell(wrong)
                return
            number += 1
            if number > self._done:
                self._done, self.opened = number, True
                yield from self._member(archive, member, reading, several=several)

    def _member(self, archive: Archive, member: Member, reading: str, *, several: bool) -> Iterator[Child | Finding]:
        """Yield MEMBER, at which ARCHIVE stands."""
        listed = self._listing.take(member.names) if self._listing else None
        target = member.target or (listed.target if listed else b"")
        wrong, data, left = archive.trouble, b"", self._ctx.budget.bytes_left
        directory = member.directory or (listed is not None and listed.directory)
        if member.encrypted or (listed and listed.encrypted and not directory):
            wrong = PASSWORD
        elif listed and listed.old:
            wrong = Trouble("no-unpacker", "it is of an old version of RAR")
        elif not self._names_only and (not directory or member.size > 0):
            data = archive.read(left)
            wrong = wrong or archive.trouble
            self._full = len(data) > left
            if listed and listed.split:
                wrong = wrong or sets.VOLUME
            elif data and listed and listed.checksum not in {None, crc32(data)} and not self._full:
                wrong = wrong or Trouble("corrupt", "its checksum is another one")
        if directory and not data and not target:
            self._directories += 1
            if self._directories > self._ctx.limits.members:
                self._full, wrong = True, Trouble("over-limit", f"members = {self._ctx.limits.members}")
            yield from self._tell(wrong)
            return
        names = self._names(member, target, listed)
        if not (several and self._is_known(data, names, reading)):
            yield Child(data=data, names=names, origin=self._kind, reading=reading)
        yield from self._tell(wrong, member)

    def _is_known(self, data: bytes, names: tuple[Name, ...], reading: str) -> bool:
        """Whether another reading than the usual one brings nothing new with DATA under NAMES."""
        digest = hashlib.sha256(data).digest()
        pairs = {(digest, one.text.casefold()) for one in names} or {(digest, "")}
        known = bool(reading) and pairs <= self._known
        self._known |= pairs
        return known

    def _names(self, member: Member, target: bytes, listed: rar.Listed | None) -> tuple[Name, ...]:
        """Return the names of MEMBER, as LISTED too, and of its TARGET; else its container's without the ending."""
        stored = () if self._kind in FILTERS else member.names
        if listed and listed.plain:
            stored = (*stored, listed.plain)
        found = [name(raw, self._kind) for raw in stored]
        if target:
            found.append(name(target, f"{self._kind}-link"))
        for outer in self._part.names if not stored else ():
            stem, _, ending = outer.raw.rpartition(b".")
            instead = ENDINGS.get(self._kind, {}).get(ending.lower())
            if stem and instead is not None:
                found.append(name(stem + instead, self._kind))
        return tuple(dict.fromkeys(found))

    def _unread(self, listing: rar.Listing) -> Iterator[Child | Finding]:
        """Yield the members that the headers tell of and libarchive did not come to."""
        if listing.count <= self._done:
            return
        for one in (one for members in listing.left.values() for one in members if not one.directory):
            stored = dict.fromkeys(filter(None, (one.name, one.plain)))
            yield Child(data=b"", names=tuple(name(raw, self._kind) for raw in stored), origin=self._kind)
            if one.encrypted:
                yield from self._tell(PASSWORD)
            elif one.split:
                yield from self._tell(sets.VOLUME)
        if not self._told:
            yield from self._tell(Trouble("corrupt", f"{listing.count - self._done} members could not be read"))

    def _tell(self, wrong: Trouble | None, member: Member | None = None) -> Iterator[Finding]:
        """Yield a finding for what is WRONG, with the first MEMBER that shows it, unless there is one of its name."""
        if wrong is not None and wrong.name not in self._told:
            self._told.add(wrong.name)
            where = f"{shown(as_text(member.names[0]))}: " if member and member.names else ""
            yield unscannable(wrong.name, self._part, where + wrong.detail)


def _encrypted(wrong: Trouble | None) -> bool:
    return wrong is not None and wrong.name == "encrypted"
