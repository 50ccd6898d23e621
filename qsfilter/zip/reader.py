"""Opens a zip archive: yields each member that some reader sees, with every content and name it has for one.

Guarantees: each member is yielded as soon as it is read; the whole archive is read a few times at most; an archive that
stands behind something else by chance, or is one of several documents in it, makes no finding of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.model import Child
from qsfilter.names import name, name_from_text
from qsfilter.words import unscannable
from qsfilter.zip.codes import ABOUT_SEVERAL, odd
from qsfilter.zip.content import AES, DEFLATED, KNOWN, STORED, read
from qsfilter.zip.member import SECRET, open_member
from qsfilter.zip.member_names import conflict, names_of
from qsfilter.zip.records import DESCRIBED, LOCAL, MASKED, PREFIXES, UTF8, extra_fields, local_at
from qsfilter.zip.views import Archive, Member, united

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.context import Context
    from qsfilter.model import Container, Finding, Name, Part, Span
    from qsfilter.zip.member import Opened
    from qsfilter.zip.records import Header

MOST_OF_ONE_CODE = 10
"""Findings of one code about one archive; the tenth says what the others would."""
NEAR_END = 22 + 0xFFFF
"""Octets at the end in which readers look for an end record."""
MOST_READ = 4
"""Times the size of the archive that is read for all of its members together."""
COST_OF_CHANCE = 4096
"""Octets that a signature counts for that stands there by chance; thousands of them end the search."""
LONGEST_TARGET = 4096
LINK = 0o12
"""What the upper bits of the external attributes say of a symbolic link, as Unix has them."""
_USUAL = frozenset({STORED, DEFLATED})
_USUAL_FLAGS = DESCRIBED | UTF8 | 0b110
"""With the two bits that say how hard Deflate has tried (4.4.4)."""
_ZIP64 = 1
"""Number of the extra field that holds what is too large for its place (4.5.3)."""
DESCRIPTORS = (0, 12, 16, 20, 24)
"""Sizes of what may stand between data and the next local header (4.3.9)."""


def read_archive(part: Part, containers: tuple[Container, ...], ctx: Context) -> Iterator[Child | Finding]:
    """Yield the members of the zip archives in PART and what is odd about them."""
    yield from _Reading(part, containers, ctx).answers()


class _Reading:
    """One part being read."""

    def __init__(self, part: Part, containers: tuple[Container, ...], ctx: Context) -> None:
        self.part, self.ctx = part, ctx
        self.data = part.blob.data
        self.archive = Archive(self.data, ctx.budget.members_left)
        self.fuel = MOST_READ * len(self.data) + (1 << 20)
        self.told: dict[str, int] = {}
        self.doubtful: list[Span] = []
        """Where data lie that were read in two ways, or in none."""
        self.packed: list[Span] = []
        """Where compressed data lie."""
        self.masked = False
        """A local header hides its values, as they do where the directory is encrypted."""
        end = self.archive.end
        self.wide = end is not None and end.before != end.at
        """The directory is found by a zip64 end record."""
        offset = min((one.offset for one in containers if one.kind == "zip"), default=0)
        mail = part.declared.startswith(("message/", "multipart/"))  # its attachments are opened one by one
        self.alone = not offset or (end is not None and end.behind == len(self.data) and not mail)
        """The archive is all there is, perhaps with a program in front, and not one thing among others."""
        holder = mail or any(one.kind != "zip" and one.offset < offset for one in containers)
        near = not holder and end is not None and end.behind >= len(self.data) - NEAR_END
        self.believed = self.alone or near
        """What can't be read here is missed by somebody."""

    def answers(self) -> Iterator[Child | Finding]:
        archive = self.archive
        if archive.refused:
            yield from self._refused()
            return
        for member in archive.members.values():
            if self.fuel < 0:
                yield from self._refused()
                return
            child = self._honest(member)
            if child is None:
                yield from self._member(member)
            elif child.data or not child.names[0].raw.endswith(b"/"):
                yield child
        for member in archive.lost:
            yield self._child(b"", names_of(member.entries), member.reading)
            yield from self._corrupt(member.entries[0].name, "no local header")
        if archive.full:
            yield unscannable("over-limit", self.part, f"zip: more than {len(archive.members)} members")
            return
        yield from self._between()
        if "zip-directories" in archive.odd or "zip-local-only" in self.told:
            self.doubtful += self.packed if self.alone else []
        yield from self._inside()
        yield from self._about_archive()

    def _about_archive(self) -> Iterator[Finding]:
        archive = self.archive
        if self.fuel < 0:
            yield from self._corrupt(b"", "members overlap")
        if archive.shared:
            yield from self._corrupt(b"", f"members overlap: {archive.shared}")
        for code, detail in archive.odd.items():
            yield from self._odd(code, detail)
        if archive.end is not None and archive.end.behind < len(self.data):
            yield from self._odd("zip-trailing-data", f"{len(self.data) - archive.end.behind} bytes")
        if archive.trouble and self.masked and archive.end is None:
            yield from self._unscannable("encrypted", "zip: the directory is encrypted")
        elif archive.trouble and "corrupt" not in self.told:
            yield from self._corrupt(b"", archive.trouble)

    def _refused(self) -> Iterator[Child | Finding]:
        """Yield the names alone."""
        yield from self._corrupt(b"", "members overlap")
        for member in (*self.archive.members.values(), *self.archive.lost):
            yield self._child(b"", names_of((*member.entries, *([member.local] if member.local else []))), "")

    def _member(self, member: Member) -> Iterator[Child | Finding]:
        """Yield what MEMBER holds by all views."""
        yield from self._opened(member, open_member(self.data, member, self.ctx.budget.bytes_left))

    def _honest(self, member: Member) -> Child | None:
        """Return what MEMBER holds if all readers get the same, as of nearly all there are."""
        entry, local = member.entries[0], member.local
        if local is None or not member.agrees or entry.flags & SECRET or entry.method not in _USUAL:
            return None
        start = local.data
        end = start + entry.packed
        content = read(self.data, start, end, entry.method, self.ctx.budget.bytes_left)
        if not content.over and (
            content.crc != entry.crc or len(content.data) != entry.size or content.end != end or not content.whole
        ):
            return None
        names = names_of((entry,))
        if entry.attributes >> 28 == LINK or (len(names) > 1 and conflict((entry,))):
            return None
        self.fuel -= entry.packed
        if entry.method != STORED:
            self.packed.append((start, end))
        unusual = self.wide or (entry.flags | local.flags) & ~_USUAL_FLAGS or _is_zip64(entry) or _is_zip64(local)
        return Child(data=content.data, names=names, origin="zip", reading=member.reading, unusual=bool(unusual))

    def _opened(self, member: Member, opened: Opened) -> Iterator[Child | Finding]:
        """Yield what reading MEMBER by all views gave."""
        local = member.local
        assert local is not None  # noqa: S101 - as above
        headers = (*member.entries, local)
        names, clash = names_of(headers), conflict(headers)
        self.fuel -= opened.read
        self.masked = self.masked or bool(local.flags & MASKED)
        if any(one.attributes >> 28 == LINK for one in member.entries) and opened.contents:
            names += (name(opened.contents[0][0][:LONGEST_TARGET], "zip-link"),)
        contents = opened.contents or ((b"", ""),)
        is_folder = local.name.endswith(b"/") and not clash and not any(found for found, _ in contents)
        if not is_folder or opened.trouble or opened.odd or opened.encrypted:
            for found, code in contents:
                yield self._child(found, names, code or member.reading)
        if opened.over:
            return
        if any(one.method != STORED for one in headers):
            span = (local.data, opened.end)
            (self.doubtful if opened.odd or opened.trouble else self.packed).append(span)
        if clash:
            yield from self._odd("zip-names", clash)
        for code in opened.odd:
            yield from self._odd(code, f"member {local.name!a}")
        if opened.encrypted:
            yield from self._unscannable("encrypted", f"zip member {names[0].text!a}")
        elif opened.unread:
            yield from self._unscannable("no-unpacker", f"zip member {names[0].text!a}: {opened.trouble}")
        elif opened.trouble:
            yield from self._corrupt(local.name, opened.trouble)

    def _between(self) -> Iterator[Child | Finding]:
        """Yield the members that no directory lists, from between those that one does."""
        start = 4 if self.data[:4] in PREFIXES else 0
        for first, last in self.archive.gaps():
            expected = first or start
            at = self.data.find(LOCAL, first, last)
            while at >= 0 and self.fuel >= 0:
                behind = at + 4
                local = local_at(self.data, at)
                if local is not None and at not in self.archive.members:
                    opened = self._open_unlisted(local, follows=at - expected in DESCRIPTORS)
                    if opened is not None:
                        yield from self._unlisted(local, opened)
                        expected = opened.end
                        behind = opened.end if opened.end <= last else local.data
                at = self.data.find(LOCAL, max(behind, at + 4), last)

    def _inside(self) -> Iterator[Child | Finding]:
        """Yield the members that are found in the data of others where the views of these are at odds."""
        for first, end in united(self.doubtful):  # what is found there adds to the list
            last = end + len(LOCAL) - 1  # a signature that begins there may go on behind it
            for member in self.archive.look_into(first, last):
                yield from self._member(member)
            at = self.data.find(LOCAL, first, last)
            while at >= 0 and self.fuel >= 0:
                local = local_at(self.data, at)
                if local is not None and at not in self.archive.members:
                    opened = self._open_unlisted(local, follows=False)
                    if opened is not None:
                        yield from self._unlisted(local, opened)
                at = self.data.find(LOCAL, at + 4, last)

    def _open_unlisted(self, local: Header, *, follows: bool) -> Opened | None:
        """Read the member of LOCAL, which is in no directory; None if the signature stands there by chance.

        FOLLOWS is whether it stands where a reader expects it that goes from one local header to the next.
        """
        fits = local.name and local.data <= len(self.data)
        if fits and (local.method & 0xFF in KNOWN or local.method == AES):
            opened = open_member(self.data, Member(local, None, ""), self.ctx.budget.bytes_left)
            self.fuel -= opened.read
            found = any(content for content, _ in opened.contents)
            fine = follows or not (opened.trouble or opened.encrypted)
            if found or (fine and local.method <= 0xFF):
                return opened
        self.fuel -= COST_OF_CHANCE
        return None

    def _unlisted(self, local: Header, opened: Opened) -> Iterator[Child | Finding]:
        reading = "" if self.archive.end is None else "zip-local-only"
        member = Member(local, None, reading)
        self.archive.members[local.at] = member
        yield from self._opened(member, opened._replace(read=0))
        if reading:
            yield from self._odd("zip-local-only", f"member {local.name!a}")

    def _child(self, found: bytes, names: tuple[Name, ...], reading: str) -> Child:
        return Child(data=found, names=names, origin="zip", reading=reading, unusual=True)

    def _corrupt(self, raw: bytes, detail: str) -> Iterator[Finding]:
        shown = name_from_text(raw.decode("utf-8", "replace"), "zip").text if raw else ""
        yield from self._unscannable("corrupt", f"zip member {shown!a}: {detail}" if raw else f"zip: {detail}")

    def _unscannable(self, code: str, detail: str) -> Iterator[Finding]:
        if (self.believed or code != "corrupt") and self._may_tell(code):
            yield unscannable(code, self.part, detail[:200])

    def _odd(self, code: str, detail: str) -> Iterator[Finding]:
        if (self.alone or (self.believed and code not in ABOUT_SEVERAL)) and self._may_tell(code):
            yield odd(code, self.part, detail[:200])

    def _may_tell(self, code: str) -> bool:
        self.told[code] = self.told.get(code, 0) + 1
        return self.told[code] <= MOST_OF_ONE_CODE


def _is_zip64(header: Header) -> bool:
    return bool(header.extra) and _ZIP64 in extra_fields(header.extra)
