"""Tells from an archive's own bytes what libarchive keeps to itself: other volumes, other file systems, other readings.

Guarantee: never raises, whatever the bytes are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter_libarchive.trouble import Trouble

if TYPE_CHECKING:
    from qsfilter_libarchive.rar import Listing

VOLUME = Trouble("corrupt", "one of a set of volumes, and the others are not there")
SECTOR = 2048
FIRST_DESCRIPTOR = 16
MOST_DESCRIPTORS = 64
ISO = (("", b""), ("iso9660", b"iso9660:!joliet,iso9660:!rockridge"))
"""Left alone, libarchive takes the names of Rock Ridge if there are any, else Joliet's tree; Windows, which does not
know Rock Ridge, takes Joliet's, else those of ISO 9660 itself."""
JOLIET_TOO = (ISO[0], ("joliet", b"iso9660:!rockridge"), ISO[1])
JOLIET = (b"%/@", b"%/C", b"%/E")
"""Escape sequences of a supplementary volume descriptor whose names are in UCS-2 (Joliet specification)."""


def descriptors(data: bytes, offset: int) -> list[bytes]:
    """Return the first 96 octets of each volume descriptor of a disc (ECMA-119, 8.1; ECMA-167, 2/9.1)."""
    found = []
    for number in range(MOST_DESCRIPTORS):
        at = offset + SECTOR * (FIRST_DESCRIPTOR + number)
        if data[at + 1 : at + 6] not in {b"CD001", b"BEA01", b"NSR02", b"NSR03", b"TEA01", b"BOOT2"}:
            break
        found.append(data[at : at + 96])
    return found


def readings(kind: str, data: bytes, offset: int) -> tuple[tuple[str, bytes], ...]:
    """Return the ways to read the archive, each with libarchive's options; a disc may have several trees."""
    if kind != "iso":
        return (("", b""),)
    joliet = any(one[0] == 2 and one[88:91] in JOLIET for one in descriptors(data, offset))
    return JOLIET_TOO if joliet else ISO


def missing(kind: str, data: bytes, offset: int, listing: Listing | None) -> Trouble | None:
    """Say what of the archive lies elsewhere, or where nobody looks."""
    if kind == "cab" and data[offset + 30 : offset + 31] and data[offset + 30] & 3:
        return Trouble("corrupt", "one of a set of cabinets, and the others are not there")
    if kind == "iso" and any(one[1:4] == b"NSR" for one in descriptors(data, offset)):
        return Trouble("no-unpacker", "its UDF file system is not read")
    if listing is None:
        return None
    if listing.encrypted:
        return Trouble("encrypted", "its names are encrypted")
    if listing.volume:
        return VOLUME
    return None if listing.ended else Trouble("corrupt", "it is cut short")
