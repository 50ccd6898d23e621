"""Takes files out of the streams that Office wraps them in: packages (OLE 1) and the objects of a presentation.

Guarantee: a wrapper whose lengths lie gives what is there; nothing is followed, and no name becomes a path.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from qsfilter.model import Blob
from qsfilter.names import name, name_from_text
from qsfilter.sniff import containers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Name

LONGEST_NAME = 4096
STEP = 1 << 20
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"L\0\0\0\x01\x14\x02\0", b"ITSF")


class Package(NamedTuple):
    """One file and the names that it goes by."""

    data: bytes
    names: tuple[Name, ...]


def is_file(head: bytes) -> bool:
    """Whether a stream that begins with HEAD, its first 512 bytes, is a file of its own and no part of a document."""
    return head.startswith(PROGRAMS) or any(not one.offset for one in containers(Blob(head)))


def native(stream: bytes) -> Package:
    """Read a stream `Ole10Native`: a size, and then a package (MS-OLEDS 2.3.6; its fields are known from practice).

    What is no package is some program's own data, and comes back as it is.
    """
    plain = Package(stream[4:], ())
    if stream[4:6] != b"\x02\0":
        return plain
    at, texts = 6, []
    for _ in range(2):  # the label, and the path of the file when it was put in
        end = stream.find(b"\0", at, at + LONGEST_NAME)
        if end < 0:
            return plain
        texts.append(stream[at:end])
        at = end + 1
    length = int.from_bytes(stream[at + 4 : at + 8], "little")
    if length > LONGEST_NAME:
        return plain
    texts.append(stream[at + 8 : at + 8 + length].split(b"\0", 1)[0])  # where it is unpacked to
    at += 8 + length
    size = int.from_bytes(stream[at : at + 4], "little")
    data = stream[at + 4 : at + 4 + size]
    names = [name(text, "ole-package") for text in texts if text]
    names += (name_from_text(text, "ole-package") for text in _wide(stream, at + 4 + size) if text)
    return Package(data, tuple(dict.fromkeys(names)))


def _wide(stream: bytes, at: int) -> Iterator[str]:
    """Yield the three names again, in UTF-16, each behind the number of its characters."""
    for _ in range(3):
        count = int.from_bytes(stream[at : at + 4], "little")
        if not 0 < count <= LONGEST_NAME:
            return
        yield stream[at + 4 : at + 4 + 2 * count].decode("utf-16-le", "replace").split("\0", 1)[0]
        at += 4 + 2 * count


def objects(stream: bytes, most: int) -> Iterator[tuple[bytes, str]]:
    """Yield the objects of a stream `PowerPoint Document` and what is wrong with each, inflated to MOST + 1 bytes.

    An object, or the presentation's macros, is a compound file in a record ExOleObjStg (MS-PPT 2.10.34 and following).
    """
    at = 0
    while at + 8 <= len(stream):
        version, kind, length = struct.unpack_from("<HHI", stream, at)
        at += 8
        if kind == 0x1011:
            data = stream[at : at + length]
            yield _inflated(data[4:], most) if version >> 4 == 1 else (data, "")
        at += length


def _inflated(data: bytes, most: int) -> tuple[bytes, str]:
    """Inflate DATA (RFC 1950) until there are more than MOST bytes."""
    import zlib  # noqa: PLC0415 - for presentations with objects alone

    stream, found = zlib.decompressobj(), bytearray()
    try:
        while not stream.eof and len(found) <= most and data:
            found += stream.decompress(data, min(STEP, most + 1 - len(found)))
            data = stream.unconsumed_tail
    except zlib.error as error:
        return bytes(found), str(error)
    return bytes(found), "" if stream.eof or len(found) > most else "an object is cut short"
