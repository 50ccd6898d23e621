"""Decodes what stands in a tar's headers, in every dialect: v7, ustar, pax (POSIX.1-2001), old GNU, star, Solaris.

Guarantees: what can't be decoded is told and never guessed; no number is believed to fit into anything.
"""

from __future__ import annotations

import re
from typing import NamedTuple

BLOCK = 512
EXTENDED = frozenset((b"x", b"g", b"X", b"L", b"K"))
"""Types that say something of the next member: pax, pax for all that follow, Solaris' pax, GNU's long name and link."""
LINKS = frozenset((b"1", b"2"))
BARE = frozenset((b"1", b"2", b"3", b"4", b"5", b"6"))
"""Links, devices, folders and FIFOs: readers differ in whether data follows where a size says so."""
FOLDER = b"5"
SPARSE = b"S"
CONTINUED = b"M"
_KNOWN = frozenset((*EXTENDED, *BARE, SPARSE, CONTINUED, b"\0", b"0", b"7", b"A", b"D", b"E", b"I", b"N", b"V"))
_OCTAL = re.compile(rb" *([0-7]*)(?:[ \0]|\Z)")
_RECORD = re.compile(rb"([0-9]{1,9}) ")


class Header(NamedTuple):
    """One header block."""

    name: bytes
    size: int | None
    """As the block says; None where that is no number."""
    type: bytes
    link: bytes
    sound: bool
    """Whether the checksum is right."""


def header(block: bytes) -> Header | None:
    """Read BLOCK; None where it is no header, not even one with a wrong checksum."""
    if len(block) < BLOCK:
        return None
    checksum, size = number(block[148:156]), number(block[124:136])
    named, kind, magic = block[0] != 0, block[156:157], block[257:265]
    sound = bool(block[148:156].strip(b" \0")) and checksum in _checksums(block)
    if not sound and not magic.startswith(b"ustar"):
        plausible = named and kind in _KNOWN and size is not None and bool(block[124:136].strip(b" \0"))
        if not (plausible and checksum):
            return None
    name = _text(block[:100])
    if magic[:6] == b"ustar\0":  # GNU's own dialect has other things there
        prefix = _text(block[345 : 476 if block[508:512] == b"tar\0" else 500])
        name = prefix + b"/" + name if prefix else name
    return Header(name, size, kind, _text(block[157:257]), sound)


def number(field: bytes) -> int | None:
    """Read a number in octal digits or, where the first bit is set, in base 256 (GNU, star); None if it is neither."""
    if field[0] & 0x80:
        value = int.from_bytes(field, "big") - (1 << 8 * len(field) - 1)
        return value - (1 << 8 * len(field) - 1) if field[0] & 0x40 else value
    digits = _OCTAL.match(field)
    if not digits or (field[:1] == b"\0" and field.strip(b" \0")):
        return None  # some readers pass over leading NULs, others end there
    return int(digits[1] or b"0", 8)


def _checksums(block: bytes) -> tuple[int, int]:
    """Add up BLOCK with blanks for its checksum; some old writers took octets for signed numbers."""
    rest = block[:148] + b" " * 8 + block[156:]
    unsigned = sum(rest)
    return unsigned, unsigned - 256 * len(rest.translate(None, bytes(range(128))))


def _text(field: bytes) -> bytes:
    return field.split(b"\0", 1)[0]


def records(data: bytes) -> tuple[list[tuple[bytes, bytes]], str]:
    """Read the records of a pax header (POSIX, pax Extended Header): keys and values, and what is wrong with them."""
    found: list[tuple[bytes, bytes]] = []
    at = 0
    while at < len(data):
        length = _RECORD.match(data, at)
        end = at + int(length[1]) if length else 0
        if not length or not length.end() < end <= len(data) or data[end - 1 : end] != b"\n":
            return found, "" if not data[at:].strip(b"\0") else "a record of a pax header can't be read"
        key, equals, value = data[length.end() : end - 1].partition(b"=")
        if not equals:
            return found, "a record of a pax header has no value"
        found.append((key, value))
        at = end
    return found, ""


def decimal(value: bytes) -> int | None:
    """Read a decimal number; None if it is none."""
    return int(value) if value.isdigit() and len(value) < 40 else None
