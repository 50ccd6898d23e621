"""Finds the members of a zip archive by every view: each end record, each directory, each local header.

Guarantees: no data are decompressed here; work grows with the size of the archive and with the members that may still
be opened, not with their product. What lies in the data of a member that a directory lists is accounted for: it is
opened as that member, and looked into here only where the views are at odds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.zip.records import ENCRYPTED, END, MASKED, STRONG, UTF8, Header, ends_at, entries, local_at

if TYPE_CHECKING:
    from qsfilter.model import Span
    from qsfilter.zip.records import End

MOST_ENDS = 32
"""End records that are followed; an honest archive has one outside of its members."""
MOST_ENTRIES_OF_ONE = 16
"""Directory entries that are heard for one local header."""
MOST_TOGETHER = 3
"""Times the archive's size that the data of its members may have together before they are refused unread."""
TELLING = ENCRYPTED | STRONG | MASKED | UTF8
"""Flags that change what a reader makes of a member."""


class Member:
    """One local header with the directory entries that point to it; or an entry that points to none."""

    __slots__ = ("entries", "local", "reading")

    def __init__(self, local: Header | None, entry: Header | None, reading: str) -> None:
        self.local = local
        self.entries = [] if entry is None else [entry]
        self.reading = reading
        """Empty where readers that take the last end record see it, else the code of the reading in which it exists."""

    @property
    def agrees(self) -> bool:
        """Whether its one directory entry says what its local header says, as it does in every honest archive."""
        local = self.local
        if local is None or len(self.entries) != 1:
            return False
        entry = self.entries[0]
        if entry.name != local.name or entry.method != local.method or (entry.flags ^ local.flags) & TELLING:
            return False
        if entry.packed == local.packed and entry.size == local.size and entry.crc == local.crc:
            return True
        return local.size_follows


class Archive:
    """The members of one zip archive, or of all those that stand in the same bytes."""

    def __init__(self, data: bytes, most: int) -> None:
        """Look at DATA, for MOST members and not many more."""
        self.data = data
        self.members: dict[int, Member] = {}
        """By the place of the local header, in the order of their directory."""
        self.lost: list[Member] = []
        """Entries that point to no local header."""
        self.end: End | None = None
        """The last end record that leads to a directory, or that says there are no members."""
        self.odd: dict[str, str] = {}
        """Code → detail of what is odd about the archive as a whole."""
        self.trouble = ""
        """What of its directories can't be read."""
        self.shared = ""
        """Which members share data."""
        self.refused = False
        """Members share so much data that none of it is to be read."""
        self.spans: list[Span] = []
        """Where members lie that have been accounted for, in order, none of them overlapping."""
        self._room = most * 2 + 64
        self._directories: dict[tuple[int, int], list[Header]] = {}
        self._follow_all()

    @property
    def full(self) -> bool:
        """Whether there are more entries than are listed here."""
        return self._room <= 0

    def gaps(self) -> list[Span]:
        """List what lies in no member, in order."""
        found: list[Span] = []
        at = 0
        for start, end in self.spans:
            if start > at:
                found.append((at, start))
            at = max(at, end)
        if at < len(self.data):
            found.append((at, len(self.data)))
        return found

    def look_into(self, start: int, end: int) -> list[Member]:
        """Follow the end records from START to END too, inside of a member; return the members that only they know."""
        had = len(self.members)
        at = self.data.rfind(END, start, end)
        while at >= 0 and len(self._directories) < MOST_ENDS:
            for told in ends_at(self.data, at):
                self._follow(told)
            at = self.data.rfind(END, start, at + 3)
        return list(self.members.values())[had:]

    def _follow_all(self) -> None:
        """Follow the end records from the last to the first, but for those inside a member."""
        at, tried, unled = self.data.rfind(END), 0, ""
        while at >= 0 and not self.refused:
            tried += 1
            if tried > MOST_ENDS:
                self.trouble = f"more than {MOST_ENDS} end records"
                break
            had, told = len(self._directories), ends_at(self.data, at)
            led = [self._follow(one) for one in told]
            if any(led):
                if self.end is None:
                    self.end = told[-1]
                    if unled:
                        self.odd["zip-directories"] = unled
            elif self.end is None:
                unled = "an end record leads to no directory"
            if len(self._directories) > had:
                self._account()
            at = self._end_before(at)
        if self.end is not None and self.end.behind > len(self.data):
            self.trouble = self.trouble or "the comment is cut short"
        if self.end is None and not self.trouble:
            self.trouble = unled or "no end record"

    def _end_before(self, at: int) -> int:
        """Return the place of the last end record in front of AT that lies in no member."""
        for start, end in reversed(self.gaps()):
            if start < at and (found := self.data.rfind(END, start, min(end, at + 3))) >= 0:
                return found
        return -1

    def _follow(self, end: End) -> bool:
        """Read the directories that END may mean; return whether there is one."""
        leads = False
        for start in dict.fromkeys((end.before - end.size, end.offset)):
            base = start - end.offset
            if not 0 <= start <= end.before:
                continue
            if (start, base) not in self._directories:
                found, behind = entries(self.data, start, end.before, self._room)
                if not found:
                    continue
                self._room -= len(found)
                self._directories[start, base] = found
                self._resolve(found, base)
                self._compare(end, len(found), behind - start)
            leads = True
        if not leads and not end.listed and not end.size:
            self._directories[end.at, 0] = []
            leads = True
        if leads and len(self._directories) > 1 and len(set(map(frozenset, self._directories.values()))) > 1:
            self.odd["zip-directories"] = f"{len(self._directories)} directories"
        elif leads and self.end is not None and self.end.at != end.at:
            self.odd["zip-end-records"] = "several with the same members"
        return leads

    def _compare(self, end: End, listed: int, size: int) -> None:
        """Compare END with its directory, in which LISTED members were found on SIZE bytes."""
        if self.full:
            return
        if (end.listed ^ listed) & 0xFFFF:  # without zip64, some writers tell only the lower half of it
            if end.listed < listed:
                self.odd["zip-count"] = f"{end.listed} told, {listed} listed"
            else:
                self.trouble = f"the end record tells {end.listed} members, {listed} are listed"
        elif size != end.size:
            self.odd["zip-fields"] = "the directory has another size than told"

    def _resolve(self, found: list[Header], base: int) -> None:
        """Find the local headers of the entries FOUND, whose offsets count from BASE, or from the file's start."""
        data, members = self.data, self.members
        reading = "zip-directories" if self.end is not None or len(self._directories) > 1 else ""
        for entry in found:
            at = entry.at + base
            member = members.get(at)
            if member is not None:
                self._join(member, entry)
                continue
            local = local_at(data, at)
            if local is not None:
                members[at] = Member(local, entry, reading)
            elsewhere = base and self._resolve_as_told(entry, reading if local is None else "zip-offsets")
            if elsewhere and local is not None:
                self.odd["zip-offsets"] = f"member {entry.name!a}"[:120]
            elif not elsewhere and local is None:
                self.lost.append(Member(None, entry, reading))

    def _resolve_as_told(self, entry: Header, reading: str) -> bool:
        """Find the local header of ENTRY where it is told to be; return whether there is one."""
        member = self.members.get(entry.at)
        if member is not None:
            self._join(member, entry)
        elif (local := local_at(self.data, entry.at)) is not None:
            self.members[entry.at] = Member(local, entry, reading)
        else:
            return False
        return True

    def _join(self, member: Member, entry: Header) -> None:
        """Note that ENTRY points to MEMBER too."""
        if entry in member.entries:
            if len(self._directories) == 1:
                self.shared = f"{entry.name!a} is listed twice"[:120]
        elif len(member.entries) < MOST_ENTRIES_OF_ONE:
            member.entries.append(entry)
        else:
            self.refused = True
            self.lost.append(Member(None, entry, member.reading))

    def _account(self) -> None:
        """Account for the members found so far."""
        size, together = len(self.data), 0
        spans: list[Span] = []
        for at, member in self.members.items():
            if member.local is not None:
                start = member.local.data
                for entry in member.entries:
                    together += min(entry.packed, size - start)
                spans.append((at, min(size, start + member.entries[0].packed)))
                if len(member.entries) > len(self._directories):
                    self.shared = f"{member.entries[1].name!a}"[:120]
        spans.sort()
        self.refused = self.refused or together > MOST_TOGETHER * max(size, 1024) * len(self._directories)
        self.spans, last = [], 0
        for start, end in spans:
            if start < last:
                self.shared = self.shared or f"{self.members[start].entries[0].name!a}"[:120]
                start = last  # noqa: PLW2901 - what is left of it
            if end > start:
                self.spans.append((start, end))
                last = end


def united(spans: list[Span]) -> list[Span]:
    """Sort SPANS and join those that overlap."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
