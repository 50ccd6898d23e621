"""Opens zip archives (APPNOTE.TXT) by their central directory, every member in bounded steps.

Guarantees: names go to the rules even where the content is encrypted or broken; what can't be read is UNSCANNABLE, and
what was read before is scanned; nothing is written anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.hookspecs import hookimpl, plugin
from qsfilter.model import Child
from qsfilter.names import name, name_from_text
from qsfilter.words import unscannable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipFile, ZipInfo

    from qsfilter.context import Context
    from qsfilter.model import Finding, Name, Part

SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04")
STEP = 1 << 20
ENCRYPTED = 1  # bit of the general purpose flag
UTF8 = 1 << 11


@plugin
class ZipUnpacker:
    """Members of a zip archive, found by content."""

    opens = frozenset({"zip"})

    @hookimpl
    def unpack(self, part: Part, ctx: Context) -> Iterator[Child | Finding]:
        """Yield each member of PART."""
        start = part.blob.span[0]
        if not part.blob.base[start : min(part.blob.span[1], start + 8)].startswith(SIGNATURES):
            return
        import io  # noqa: PLC0415
        import zipfile  # noqa: PLC0415 - both only for the few messages that hold a zip

        try:
            archive = zipfile.ZipFile(io.BytesIO(part.blob.data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            yield unscannable("corrupt", part, f"zip: {error}")
            return
        for member in archive.infolist():
            if not member.is_dir() or member.file_size or member.compress_size:
                yield from _member(archive, member, part, ctx)


def _member(archive: ZipFile, member: ZipInfo, part: Part, ctx: Context) -> Iterator[Child | Finding]:
    names = (_name(member),)
    if member.flag_bits & ENCRYPTED:
        yield Child(data=b"", names=names, origin="zip")
        yield unscannable("encrypted", part, f"zip member {names[0].text!a}"[:200])
        return
    import zlib  # noqa: PLC0415 - as above
    from zipfile import BadZipFile  # noqa: PLC0415

    found = bytearray()
    trouble = ""
    expected = member.CRC
    del member.CRC  # with it, zipfile would keep back all that it has read where the checksum is wrong
    try:
        with archive.open(member) as stream:
            while len(found) <= ctx.budget.bytes_left and (piece := stream.read(STEP)):
                found += piece
    except (BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError) as error:
        # OSError is what the bz2 and lzma readers raise for bad data; nothing here touches a file.
        trouble = f"zip member {names[0].text!a}: {type(error).__name__}: {error}"[:200]
    yield Child(data=bytes(found), names=names, origin="zip")
    if not trouble and zlib.crc32(found) != expected:
        trouble = f"zip member {names[0].text!a}: wrong checksum"[:200]
    if trouble:
        yield unscannable("corrupt", part, trouble)


def _name(member: ZipInfo) -> Name:
    """Return the member's name; zipfile has decoded it from UTF-8 or from code page 437 (APPNOTE.TXT, appendix D)."""
    text = member.orig_filename
    if member.flag_bits & UTF8:
        return name_from_text(text, "zip")
    return name(text.encode("cp437", "replace"), "zip")
