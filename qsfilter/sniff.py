"""Tells containers by their content, under every signature that fits, so that none is taken for a checked leaf.

Guarantees: neither name nor declared type counts; a signature where its format wants it is told, unless what follows it
can't be of that format; those that readers search for, behind a program or a picture, are told within a window.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.model import Container

if TYPE_CHECKING:
    from collections.abc import Callable
    from mmap import mmap

    from qsfilter.model import Blob

SIGNATURES: tuple[tuple[str, int, bytes], ...] = (
    ("zip", 0, b"PK\x03\x04"),
    ("zip", 0, b"PK\x05\x06"),
    ("zip", 0, b"PK00PK\x03\x04"),
    ("zip", 0, b"PK\x07\x08PK\x03\x04"),
    ("gzip", 0, b"\x1f\x8b\x08"),
    ("bzip2", 0, b"BZh"),
    ("xz", 0, b"\xfd7zXZ\x00"),
    ("lzip", 0, b"LZIP\x01"),
    ("lz4", 0, b"\x04\x22\x4d\x18"),
    ("zstd", 0, b"\x28\xb5\x2f\xfd"),
    ("zstd", 1, b"\x2a\x4d\x18"),
    ("compress", 0, b"\x1f\x9d"),
    ("szdd", 0, b"SZDD\x88\xf0\x27\x33"),
    ("7z", 0, b"7z\xbc\xaf\x27\x1c"),
    ("rar", 0, b"Rar!\x1a\x07"),
    ("cab", 0, b"MSCF\x00\x00\x00\x00"),
    ("arj", 0, b"\x60\xea"),
    ("lha", 2, b"-l"),
    ("ace", 7, b"**ACE**"),
    ("ar", 0, b"!<arch>\n"),
    ("cpio", 0, b"07070"),
    ("cpio", 0, b"\xc7\x71"),
    ("cpio", 0, b"\x71\xc7"),
    ("xar", 0, b"xar!\x00"),
    ("wim", 0, b"MSWIM\x00\x00\x00"),
    ("iso", 32769, b"CD001"),
    ("udf", 32769, b"BEA01"),
    ("vhd", 0, b"conectix\x00\x00\x00"),
    ("vhdx", 0, b"vhdxfile"),
    ("tnef", 0, b"\x78\x9f\x3e\x22"),
    ("ole", 0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
)
"""Name of the container, offset in bytes, and what stands there."""

SEARCHED: tuple[tuple[str, bytes, bytes], ...] = (
    ("zip", b"PK\x03\x04", b"\x04"),
    ("rar", b"Rar!\x1a\x07", b"\x1a"),
    ("7z", b"7z\xbc\xaf\x27\x1c", b"\x1c"),
    ("cab", b"MSCF\x00\x00\x00\x00", b"\x00"),
)
"""What readers look for behind other content, as in a self-extracting program, and an octet of it that no text has."""
WINDOW = 4 << 20
"""Bytes at the start in which `SEARCHED` is looked for: as far as 7-Zip goes."""
END_OF_ZIP = b"PK\x05\x06"
TRAILERS = {b"koly\x00\x00\x00\x04": "dmg", b"conectix": "vhd"}
"""Disk images whose signature stands 512 bytes before their end."""
END_WINDOW = 1 << 17
"""Bytes at the end in which a zip's end record is looked for; its comment may take half of them."""
PDF_WINDOW = 1024
"""Bytes in which a PDF's first line may stand (ISO 32000-1, annex H, 3.4.1)."""
TAR_BLOCK = 512

KINDS = frozenset({kind for kind, _, _ in SIGNATURES} | {"dmg", "lzma", "rtf", "tar", "pdf"})
"""Every kind that `containers` can tell."""
DOCUMENTS = frozenset({"ole", "pdf", "rtf"})
"""Kinds that a scanner reads as they are: nothing is missing where no plugin opens them."""
ONE_FILE = frozenset({"gzip", "bzip2", "xz", "lzma", "zstd", "compress", "lzip", "lz4", "szdd"})
"""Kinds that hold one file, which is named after them."""


def containers(blob: Blob) -> tuple[Container, ...]:
    """Tell what BLOB may be opened as; each kind once, at its first place.

    An offset above 0 is that of a signature behind other content, which may stand there by chance.
    """
    base, (start, end) = blob.base, blob.span
    found = dict.fromkeys(_at_their_places(base, start, end), 0)
    pdf = base.find(b"%PDF-", start, min(end, start + PDF_WINDOW))
    if pdf >= 0:
        found["pdf"] = pdf - start
    stop = min(end, start + WINDOW)
    for kind, signature, octet in SEARCHED:
        # One octet is found ten times as fast as several, so that texts cost next to nothing.
        if kind not in found and base.find(octet, start, stop) >= 0 and (at := base.find(signature, start, stop)) >= 0:
            found[kind] = at - start
    if "zip" not in found:
        at = base.rfind(END_OF_ZIP, max(start, end - END_WINDOW), end)
        if at >= 0:
            found["zip"] = at - start
    return tuple(Container(kind, offset) for kind, offset in found.items()) if found else ()


def _at_their_places(base: bytes | mmap, start: int, end: int) -> list[str]:
    """Return the kinds whose signature stands where their format wants it."""
    found: list[str] = []
    head = base[start : min(end, start + 16)]
    for kind, offset, signature in _BY_FIRST.get(head[:1], ()) + _DEEPER:
        at = start + offset
        if head.startswith(signature, offset) if offset < 16 else base[at : at + len(signature)] == signature:
            fits = _FITS.get(kind)
            if at + len(signature) <= end and (fits is None or fits(base, start, end)):
                found.append(kind)
    if head[13:14] == b"\0" and _is_lzma(head):
        found.append("lzma")
    if head.lstrip(b" \t\r\n\0\xef\xbb\xbf").startswith(b"{\\rt"):
        found.append("rtf")
    if end - start > 257 and _is_tar(base[start : min(end, start + TAR_BLOCK)]):
        found.append("tar")
    if end - start >= 512 and (trailer := TRAILERS.get(bytes(base[end - 512 : end - 504]))):
        found.append(trailer)
    return found


def hides(found: tuple[Container, ...]) -> str:
    """Name the first of the FOUND containers that hides its content from whoever does not open it, or nothing."""
    for one in found:
        if not one.offset and one.kind not in DOCUMENTS:
            return one.kind
    return ""


def _is_tar(block: bytes) -> bool:
    """Whether BLOCK is a header of any dialect of tar, by its magic or its checksum (POSIX pax, ustar)."""
    if block[257:262] == b"ustar":
        return True
    text = block[148:156].strip(b" \0")
    if len(block) < TAR_BLOCK or not block[0] or not text or text.translate(None, b"01234567"):
        return False
    told = int(text, 8) - 8 * 32
    counted = [*block[:148], *block[156:]]
    signed = [octet - 256 if octet > 127 else octet for octet in counted]  # some old ones count so
    return told in (sum(counted), sum(signed))


def _is_lzma(head: bytes) -> bool:
    """Whether HEAD can begin a .lzma file, which has no signature; the first octet of its range coder is always 0.

    Properties are below 9 * 5 * 5, the dictionary's size is 2^n or 3 * 2^n, the content's is unknown or below 256 GiB.
    """
    dictionary, size = int.from_bytes(head[1:5], "little"), int.from_bytes(head[5:13], "little")
    odd = dictionary >> ((dictionary & -dictionary).bit_length() - 1) if dictionary >= 4096 else 0
    return head[0] < 225 and odd in (1, 3) and (size == (1 << 64) - 1 or 0 < size < 1 << 38)


def _is_arj(base: bytes | mmap, start: int, end: int) -> bool:
    """Whether a main header of ARJ fits: its size is bounded, and its file type is 2."""
    head = base[start : min(end, start + 12)]
    return len(head) == 12 and 30 <= int.from_bytes(head[2:4], "little") <= 2600 and head[10] == 2


def _matches(pattern: bytes) -> Callable[[bytes | mmap, int, int], bool]:
    compiled = re.compile(pattern, re.DOTALL)
    return lambda base, start, end: compiled.match(base, start, end) is not None


_FITS: dict[str, Callable[[bytes | mmap, int, int], bool]] = {
    "zstd": _matches(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
    "bzip2": _matches(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
    "arj": _is_arj,
    "lha": _matches(rb"..-l[hz][0-9a-z]-.{13}[\x00-\x03]"),
    # Two octets are soon met by chance: a file type (octal 1 to 17 in four bits) must follow, in either byte order.
    "cpio": _matches(rb"07070[127][0-9A-Fa-f]{70}|\xc7\x71.{4}.[\x10-\xcf]|\x71\xc7.{4}[\x10-\xcf]."),
    "compress": _matches(rb"\x1f\x9d[\x09-\x10\x29-\x30\x89-\x90\xa9-\xb0]"),
}
"""What else must hold where a signature is short or of printable characters."""
_BY_FIRST: dict[bytes, tuple[tuple[str, int, bytes], ...]] = {
    first: tuple(one for one in SIGNATURES if not one[1] and one[2][:1] == first)
    for first in {signature[:1] for _, offset, signature in SIGNATURES if not offset}
}
_DEEPER = tuple(one for one in SIGNATURES if one[1])
