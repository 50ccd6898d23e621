"""Knows programs by the few fields that their loaders look at, and some files that libmagic does not know.

libmagic tells one type, and the head of a program for Windows has room for other formats' signatures: a tape archive's
header or a DICOM prefix in it is what libmagic would tell instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.sniff import containers
from qsfilter_magic.types import CONTAINERS, DISK, DOS_PROGRAM, ONENOTE, WINDOWS_PROGRAM

if TYPE_CHECKING:
    from qsfilter import Blob

MACH_O = frozenset({b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"})
NOTEBOOK = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3")
"""How a section of OneNote begins (MS-ONESTORE, 2.3.1: guidFileType)."""
FOOTER, COOKIE = 512, b"conectix\0\0\0\x02"
"""Where a disk image of Virtual PC has its footer, in bytes before its end, and how that begins (VHD specification)."""
NOT_IN_TEXTS = bytes(octet for octet in range(32) if octet not in b"\a\b\t\n\v\f\r\x1b")


def program(blob: Blob) -> str:
    """Return the media type of BLOB where it begins as a program (PE, ELF, Mach-O), else the empty string.

    So it does with a notebook, and with a disk image of Virtual PC, which ends as one.
    """
    start, end = blob.span
    head = blob.base[start : min(end, start + 64)]
    if head.startswith(NOTEBOOK):
        return ONENOTE
    if end - start >= FOOTER and blob.base[end - FOOTER : end - FOOTER + len(COOKIE)] == COOKIE:
        return DISK
    if head[:4] in MACH_O:
        return "application/x-mach-binary"
    if head[:4] == b"\x7fELF" and len(head) >= 20:
        # e_type 3 in either byte order is a shared object, which most programs are today.
        return "application/x-sharedlib" if 3 in head[16:18] else "application/x-executable"
    if head[:2] == b"MZ" and len(head) == 64:
        at = start + int.from_bytes(head[60:64], "little")
        if at + 4 <= end and blob.base[at : at + 4] == b"PE\0\0":
            return WINDOWS_PROGRAM
    return ""


def believable(found: str, blob: Blob) -> bool:
    """Whether FOUND, libmagic's answer for BLOB, is more than a guess from its first octets.

    libmagic calls what begins with a machine's jump (octets B8, E9, EB …) a program for DOS, and a text that begins
    with "BZh", "070707" or "conectix" an archive or a disk.
    """
    if found == DOS_PROGRAM:
        return blob.part_of(0, min(2, blob.size)).data in {b"MZ", b"ZM"}
    if found not in CONTAINERS or any(not one.offset for one in containers(blob)):
        return True
    head = blob.part_of(0, min(4096, blob.size)).data
    return any(octet in head for octet in NOT_IN_TEXTS)
