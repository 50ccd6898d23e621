"""The walk over the blocks of one tar archive.

`tarfile` can't be held to "nothing unseen is called clean": behind the first header that it can't read, and behind the
end marker, it looks no further and says nothing; a negative size makes some versions of it run for ever
(CVE-2025-8194); and it shows neither the names nor the sizes that a pax header overrides.

Guarantees: the file is read to its last byte, end markers or not; what two readers find in two ways is found in both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.model import Child, Finding
from qsfilter.tar import headers
from qsfilter.tar.headers import BLOCK
from qsfilter.tar.members import Announced, member
from qsfilter.words import ambiguous, irregular, unscannable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.context import Context
    from qsfilter.model import Part
    from qsfilter.tar.headers import Header

MOST_SAID = 10
"""Findings of one name about one archive; a hundred thousand broken headers tell no more than ten."""
_NULS = re.compile(rb"\0*")


def read_tar(part: Part, ctx: Context) -> Iterator[Child | Finding]:
    """Yield each member of PART, a tar archive from its first byte, and what is wrong with it."""
    said = dict.fromkeys(("corrupt", "over-limit", "trailing-data", "tar-joined", "tar-size", "tar-no-end"), 0)
    for answer in _Walk(part, ctx).members():
        if isinstance(answer, Finding):
            said[answer.name] += 1
            if said[answer.name] > MOST_SAID:
                continue
        yield answer


class _Walk:
    """The way through one archive; offsets count from its start."""

    def __init__(self, part: Part, ctx: Context) -> None:
        self.part = part
        self.ctx = ctx
        self.at = 0
        self.ended = False
        """An end marker has been met, and no header behind it."""
        self.announced = Announced()
        self.landings: set[int] = set()
        """Where a reader goes on that skips what others take for no data; met in other ways, it is no other view."""

    def members(self) -> Iterator[Child | Finding]:
        """Yield all there is."""
        size = self.part.blob.size
        while self.at < size:
            self._pass_over_nuls()
            if self.at >= size:
                break
            found = self._header(self.at)
            if found is None:
                yield from self._gap()
                continue
            if self.ended:
                yield irregular("tar-joined", self.part, f"tar: further members behind the end, at {self.at}")
            self.ended = False
            self.landings.discard(self.at)
            if not found.sound:
                yield self._corrupt("a header has a wrong checksum")
            yield from self._one(found)
        if self.announced.pending:
            yield self._corrupt("nothing follows an extended header")
        if not self.ended:
            yield irregular("tar-no-end", self.part, "tar: there is no end marker")
        for landing in sorted(self.landings):
            yield ambiguous("tar-size", self.part, f"tar: some readers find other members, from {landing} on")
            yield Child(data=self.part.blob.part_of(landing, size), origin="tar")

    def _one(self, found: Header) -> Iterator[Child | Finding]:
        """Read the member or the extended header at `at`, and go behind it."""
        blob, data = self.part.blob, self.at + BLOCK
        if found.type in headers.EXTENDED:
            size = found.size if found.size is not None and found.size >= 0 else 0
            end = min(data + size, blob.size)
            trouble = self.announced.take(found.type, blob.part_of(data, end))
            if trouble or size != found.size or end < data + size:
                yield self._corrupt(trouble or "an extended header has an impossible size")
            self.at = data + -(-(end - data) // BLOCK) * BLOCK
            return
        sizes, trouble = self.announced.sizes(found)
        size = sizes[0]
        if trouble:
            yield self._corrupt(trouble)
        bare = found.type in headers.BARE or self.announced.is_folder(found)
        if bare and size and (data >= blob.size or self._starts_member(data)):
            yield irregular("tar-size", self.part, f"tar: something without data has {size} bytes")
            if found.type not in headers.BARE and data < blob.size:  # a folder by its name alone: to some it is a file
                content = blob.part_of(data, min(data + size, blob.size))
                yield Child(data=content, names=self.announced.names_of(found), origin="tar")
            self._may_land(data + size)
            size = 0
        self.at = yield from member(self.part, found, self.announced, (data, data + size), self.ctx.budget.bytes_left)
        for other in sizes[1:]:
            yield ambiguous("tar-size", self.part, f"tar: a member has {sizes[0]} bytes, or {other}")
            if 0 < other < blob.size - data:
                yield Child(data=blob.part_of(data, data + other), origin="tar")
            self._may_land(data + other)
        self.announced = self.announced.for_next()

    def _gap(self) -> Iterator[Child | Finding]:
        """Tell what stands where a header should, up to the next header; what has one is read on there."""
        start, size = self.at, self.part.blob.size
        self.at = next((at for at in range(start + BLOCK, size, BLOCK) if self._is_sound(at)), size)
        text = f"{min(self.at, size) - start} bytes that belong to no member, at {start}"
        yield irregular("trailing-data", self.part, f"tar: {text}") if self.ended else self._corrupt(text)
        base, first = self.part.blob.base, self.part.blob.span[0]
        padding = _NULS.match(base, first + start, first + self.at)
        start = padding.end() - first if padding else start
        yield Child(data=self.part.blob.part_of(start, self.at), origin="tar", span=(start, self.at))

    def _pass_over_nuls(self) -> None:
        """Go to the block of the next octet that is no NUL, or to the end; a whole block of NULs is an end marker."""
        base, (first, end) = self.part.blob.base, self.part.blob.span
        nuls = _NULS.match(base, first + self.at, end)
        behind = nuls.end() - first if nuls else self.at
        blocks, rest = divmod(behind - self.at, BLOCK)
        self.ended = self.ended or blocks > 0
        self.at += blocks * BLOCK
        if rest and behind == end - first:
            self.at = behind

    def _header(self, at: int) -> Header | None:
        start, end = self.part.blob.span
        return headers.header(self.part.blob.base[start + at : min(start + at + BLOCK, end)])

    def _is_sound(self, at: int) -> bool:
        """Whether a header with a right checksum stands at AT; a block that can't be one costs little."""
        start = self.part.blob.span[0] + at
        if self.part.blob.base[start + 148 : start + 156].strip(b" \0").translate(None, b"01234567"):
            return False
        found = self._header(at)
        return found is not None and found.sound

    def _starts_member(self, at: int) -> bool:
        """Whether a header or an end marker stands at AT."""
        start = self.part.blob.span[0] + at
        return self._is_sound(at) or not self.part.blob.base[start : start + BLOCK].strip(b"\0")

    def _may_land(self, at: int) -> None:
        """Note that some reader goes on at the block behind AT, if it finds a header there."""
        at = -(-at // BLOCK) * BLOCK
        if self._is_sound(at):
            self.landings.add(at)

    def _corrupt(self, text: str) -> Finding:
        return unscannable("corrupt", self.part, f"tar: {text}")
