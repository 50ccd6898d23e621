"""Knows programs by the few fields that their loaders look at, whatever else the content looks like.

libmagic tells one type, and the head of a program for Windows has room for other formats' signatures: a tape archive's
header or a DICOM prefix in it is what libmagic would tell instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter_magic.types import DOS_PROGRAM, WINDOWS_PROGRAM

if TYPE_CHECKING:
    from qsfilter import Blob

MACH_O = frozenset({b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"})


def program(blob: Blob) -> str:
    """Return the media type of BLOB where it begins as a program (PE, ELF, Mach-O), else the empty string."""
    start, end = blob.span
    head = blob.base[start : min(end, start + 64)]
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


def believable(found: str, head: bytes) -> bool:
    """Whether FOUND, libmagic's answer for content that begins with HEAD, is more than a guess from its first octet.

    libmagic calls what begins with a machine's jump (octets B8, E9, EB …) a program for DOS.
    """
    return found != DOS_PROGRAM or head[:2] in {b"MZ", b"ZM"}
