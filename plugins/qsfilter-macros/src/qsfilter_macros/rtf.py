r"""Finds what an RTF spells in hexadecimal, and what it pulls in, read as Word and as more tolerant readers do.

Guarantees: linear, or `TooLargeError` is raised when all before was yielded; what is behind \bin is searched as text
too; where readers differ in an object's octets, every reading of them is yielded.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from qsfilter_macros.digits import ALL, LONGEST_WORD, OUTER, WORD, Reading, Work, number
from qsfilter_macros.fields import field, template, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter_macros.opc import Pull

HEAD = 64
"""Bytes in which the signature must begin."""
MOST_FOUND = 100
"""Things that are told about one document."""
_WANTED = re.compile(rb"\\(?<!\\\\)(?:\\\\)*+(bin|objdata|template|fldinst)(?![A-Za-z])(-?[0-9]{1,250})? ?")
"""One of these words; two backslashes are one in the text."""
_HIDDEN = (b"\\objdata", b"\\template", b"\\fldinst")


def is_rtf(head: bytes) -> bool:
    """Whether a content that begins with HEAD is RTF for Word, which wants no version."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\0").startswith(b"{\\rt")


def contents(data: bytes, most: int) -> Iterator[bytes | Pull]:
    """Yield the objects of DATA, each in all its readings and to MOST octets and a few, and what is pulled in.

    Raises TooLargeError where objects in each other, or their groups, ask for more work than honest ones do.
    """
    document = _Document(data, most)
    yield from document.found(obeyed=True)
    if document.hidden:
        yield from document.found(obeyed=False)


class _Document:
    """One document, and what was found in it."""

    def __init__(self, data: bytes, most: int) -> None:
        self.hidden = False
        r"""Whether a reader that knows no \bin, or another end of it, would find more."""
        self._data = data
        self._most = most
        self._work = Work(len(data))
        self._seen: set[int] = set()
        self._pulls: set[Pull] = set()

    def found(self, *, obeyed: bool) -> Iterator[bytes | Pull]:
        r"""Yield what was not found before, passing over binary octets where \bin is OBEYED."""
        data, start = self._data, 0
        while start < len(data):
            following = len(data)
            # A view, as what stands before it is no text: a last octet that is a backslash must escape nothing.
            for word in _WANTED.finditer(memoryview(data)[start:]):
                at, name = start + min(word.end(), word.start(1) - 1 + LONGEST_WORD), word[1]
                self._work.spend()
                if name == b"bin":
                    end = at + number(word[2])
                    if obeyed and at < end <= len(data):
                        self.hidden = self.hidden or any(data.find(one, at, end) >= 0 for one in _HIDDEN)
                        following = end
                        break
                elif at not in self._seen:
                    self._seen.add(at)
                    yield from self._objects(at, obeyed) if name == b"objdata" else self._pulled(name, at)
            start = following

    def _pulled(self, name: bytes, at: int) -> Iterator[Pull]:
        """Yield what the text at AT of the destination NAME pulls in."""
        if len(self._pulls) < MOST_FOUND:
            pull = (template if name == b"template" else field)(text(self._data, at))
            if pull is not None and pull not in self._pulls:
                self._pulls.add(pull)
                yield pull

    def _objects(self, at: int, obeyed: bool) -> Iterator[bytes]:
        """Yield each reading of the object whose digits begin at AT."""
        first = Reading(obeyed=obeyed)
        known: set[bytes] = set()
        todo = [first]
        while todo:
            reading = todo.pop(0)
            reading.read(self._data, at, self._most, self._work)
            octets = bytes(reading.octets)
            reading.octets.clear()
            digest = hashlib.sha256(octets).digest()
            if octets and digest not in known:
                known.add(digest)
                yield octets
            if reading is first:
                groups = (WORD, OUTER, ALL) if first.nested else (WORD,)
                halves = (False, True) if first.halved else (False,)
                todo = [Reading(one, halves=half, obeyed=obeyed) for one in groups for half in halves][1:]
