"""Reads a list of MAPI properties (MS-OXTNEF, 2.1.3.4): a count, and for each its type, its number and its values.

Guarantees: neither counts nor lengths are believed beyond the end of the list; behind what can't be read, reading goes
on at the next property that carries content; linear in the size of the list, whatever its counts say.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from mmap import mmap

    from qsfilter_tnef.faults import Faults

BODY = 0x1000
RTF_COMPRESSED = 0x1009
BODY_HTML = 0x1013
DISPLAY_NAME = 0x3001
ATTACH_DATA = 0x3701
ATTACH_EXTENSION = 0x3703
ATTACH_FILENAME = 0x3704
ATTACH_LONG_FILENAME = 0x3707
ATTACH_PATHNAME = 0x3708
ATTACH_RENDERING = 0x3709
ATTACH_TRANSPORT_NAME = 0x370C
ATTACH_LONG_PATHNAME = 0x370D
ATTACH_MIME_TAG = 0x370E
UNCOMPRESSED_BODY = 0x3FD9
UNREAD = -1
"""In the place of a property's number: bytes that are no property."""
OBJECT = 0x000D
UNICODE = 0x001F
_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
"""Type → octets of a value, with what fills it up to four."""
_VARIABLE = frozenset({0x0000, OBJECT, 0x001E, UNICODE, 0x00FB, 0x00FD, 0x00FE, 0x0102})
_SHORT = frozenset({2, 0x0B})
_MULTIPLE = 0x1000
_NAMED = 0x8000
_HEAD = struct.Struct("<HH")
_NUMBER = struct.Struct("<I")
# Type, number and a count of one, for what carries content or a name.
_CONTENT = re.compile(
    rb"(?:[\x0d\x1e\x1f]\x00|\x02\x01)(?:[\x00\x09\x13]\x10|\x01\x30|[\x01\x03\x04\x07\x08\x0c-\x0e]\x37|\xd9\x3f)"
    rb"\x01\x00\x00\x00"
)


class Property(NamedTuple):
    """One value of a property that has lengths: its number, its type, and where it lies, offsets in the base."""

    number: int
    type: int
    start: int
    end: int


class _BrokenError(Exception):
    """The property can't be read on; says why, and up to where it was read."""

    def __init__(self, text: str, at: int) -> None:
        super().__init__(text)
        self.at = at


def properties(base: bytes | mmap, start: int, end: int, faults: Faults) -> Iterator[Property]:
    """Yield every value of the list from START to END that has a length of its own, as strings, binaries and objects.

    Properties behind those that the list's count declares are yielded too.
    """
    if end - start < 4:
        faults.corrupt("a list of properties is cut short")
        return
    count, number, at = _number(base, start, end), 0, start + 4
    ran_over = False
    while at < end:
        if not faults.step():
            return
        values: list[Property] = []
        try:
            behind = _read(base, at, end, values, faults)
            number += 1
        except _BrokenError as error:
            faults.corrupt(f"{error} in a list of properties")
            broken = error.at if values else at  # behind the values that were read
            behind = _next(base, max(broken, at + 1), end)
            if values and values[-1].start > error.at and not ran_over:
                # Yielded once, or a list of nothing but such values would be read a square of times.
                ran_over = True
            else:
                values = [value for value in values if value.start < broken]
                values.append(Property(UNREAD, 0, broken, behind))
        yield from values
        at = behind
    if number != count:
        faults.corrupt(f"a list of {number} properties declares {count}")


def _read(base: bytes | mmap, at: int, end: int, values: list[Property], faults: Faults) -> int:
    """Add the values of the property at AT to VALUES; return where it ends. Raises _BrokenError.

    A value that runs over the end is added as far as it goes.
    """
    if at + 4 > end:
        raise _BrokenError("a property is cut short", at)
    kind, number = _HEAD.unpack_from(base, at)
    at += 4
    if number >= _NAMED:
        at = _behind_name(base, at, end)
    one = kind & ~_MULTIPLE
    if one in _SIZES:
        return _behind_fixed(base, at, end, kind)
    if one not in _VARIABLE:
        raise _BrokenError(f"type {kind:#06x}", at)
    count = _number(base, at, end)
    at += 4
    for _ in range(count):
        length = _number(base, at, end)
        first = at + 4
        values.append(Property(number, one, first, min(first + length, end)))
        if first + length > end:
            raise _BrokenError(f"a value of {length} octets where {end - first} are left", at)
        at = min(first + length + -length % 4, end)
        if not faults.step():
            break
    return at


def _behind_name(base: bytes | mmap, at: int, end: int) -> int:
    """Return where the name of a named property ends that begins at AT: a GUID, and a number or a text."""
    kind = _number(base, at + 16, end)
    length = _number(base, at + 20, end)
    behind = at + 24
    if kind == 1:
        behind += length + -length % 4
    elif kind:
        raise _BrokenError(f"a name of kind {kind}", at)
    if behind > end:
        raise _BrokenError(f"a name of {length} octets", at)
    return behind


def _behind_fixed(base: bytes | mmap, at: int, end: int, kind: int) -> int:
    """Return where the value or values of a type without lengths end that begin at AT."""
    count = 1
    if kind & _MULTIPLE:
        count = _number(base, at, end)
        at += 4
    one = kind & ~_MULTIPLE
    behind = at + count * _SIZES[one]
    if one in _SHORT and count > 1:
        # Some writers fill up each value, others all of them together.
        together = at + (count + 1) // 2 * 4
        if behind > end or not _plausible(base, behind, end):
            behind = together
    if behind > end:
        raise _BrokenError(f"{count} values", at)
    return behind


def _plausible(base: bytes | mmap, at: int, end: int) -> bool:
    """Whether a property can begin at AT."""
    if at + 4 > end:
        return at == end
    one = int(_HEAD.unpack_from(base, at)[0]) & ~_MULTIPLE
    return one in _SIZES or (one != 0 and one in _VARIABLE)


def _number(base: bytes | mmap, at: int, end: int) -> int:
    if at + 4 > end:
        raise _BrokenError("a property is cut short", at)
    return int(_NUMBER.unpack_from(base, at)[0])


def _next(base: bytes | mmap, at: int, end: int) -> int:
    """Return the place from AT on of a property with content whose one value ends before END; END for none."""
    for found in _CONTENT.finditer(base, at, end):
        if found.end() + 4 <= end and found.end() + 4 + _number(base, found.end(), end) <= end:
            return found.start()
    return end
