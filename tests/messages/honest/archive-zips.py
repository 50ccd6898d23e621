"""Zips as programs write them that people use."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import partial
from typing import TYPE_CHECKING

from qsfilter.testing.archives import deflated_zeros, mailed, member, zeros_crc, zip_end, zip_file
from qsfilter.testing.messages import zip_of

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = b"Dear Bob,\r\nsee the table.\r\n" * 50


class Pipe(io.RawIOBase):
    """A file that can't go back, for which `zipfile` writes data descriptors."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        """Say that it takes bytes."""
        return True

    def write(self, data: object) -> int:
        """Append DATA."""
        found = bytes(data)
        self.data += found
        return len(found)


def written(*names: str, compression: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    """Return a zip of a text under each of NAMES, as the standard library writes it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name in names:
            about = zipfile.ZipInfo(name, (2026, 11, 22, 12, 0, 0))
            archive.writestr(about, b"" if name.endswith("/") else TEXT + name.encode(), compression)
        archive.comment = comment
    return file.getvalue()


def streamed() -> bytes:
    """Return a zip that was written to a pipe."""
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("a.txt"), TEXT, zipfile.ZIP_DEFLATED)
        archive.writestr(zipfile.ZipInfo("b.txt"), TEXT, zipfile.ZIP_STORED)
    return bytes(pipe.data)


def wide() -> bytes:
    """Return a zip whose local header has the sizes in its zip64 field, though they are small."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(zipfile.ZipInfo("a.txt"), "w", force_zip64=True) as inside,
    ):
        inside.write(TEXT)
    return file.getvalue()


def linked() -> bytes:
    """Return a zip with a symbolic link, as Info-ZIP stores it on request."""
    link = member(b"latest", b"2026/november.txt", 0, entry={"attributes": 0o120777 << 16})
    return zip_file(member(b"2026/november.txt", TEXT), link)


def utf8_without_flag() -> bytes:
    """Return a zip whose name is in UTF-8 without the flag that says so."""
    return zip_file(member("Übersicht.txt".encode(), TEXT))


def unicode_field() -> bytes:
    """Return a zip with a name in code page 850 and the same in its Unicode field, as Info-ZIP writes them."""
    raw = "Übersicht.txt".encode("cp850")
    text = "Übersicht.txt".encode()
    extra = b"\x75\x70" + (5 + len(text)).to_bytes(2, "little") + b"\1" + struct.pack("<I", zlib.crc32(raw)) + text
    return zip_file(member(raw, TEXT, both={"extra": extra}))


def wide_end(*, marked: bool) -> bytes:
    """Return a zip with a zip64 end record, though it is small; MARKED says that the plain one points to it."""
    one = member(b"a.txt", TEXT)
    data, entry = one.written(), one.listed(0)
    at = len(data) + len(entry)
    wide = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 1, 1, len(entry), len(data))
    end = zip_end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF) if marked else zip_end(1, len(entry), len(data))
    return data + entry + wide + struct.pack("<IIQI", 0x07064B50, 0, at, 1) + end


def bare_descriptor() -> bytes:
    """Return a zip whose data descriptor has no signature, as the format first had it."""
    one = member(b"a.txt", TEXT, streamed=True)
    return zip_file(one._replace(data=one.data[:-16] + one.data[-12:]))


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "plain": partial(written, "a.txt", "b/c.csv"),
    "stored": partial(written, "a.txt", compression=zipfile.ZIP_STORED),
    "bzip2": partial(written, "a.txt", compression=zipfile.ZIP_BZIP2),
    "lzma": partial(written, "a.txt", compression=zipfile.ZIP_LZMA),
    "comment": partial(written, "a.txt", comment=b"made by hand, for Bob"),
    "comment-about-zips": partial(written, "a.txt", comment=b"begins with PK, has one directory"),
    "long-comment": partial(written, "a.txt", comment=b"c" * 65535),
    "folders": partial(written, "a/", "a/b/", "a/b/c.txt"),
    "unicode": partial(written, "Übersicht.txt", "概要.txt", "обзор.txt"),
    "utf-8-without-flag": utf8_without_flag,
    "unicode-field": unicode_field,
    "streamed": streamed,
    "zip64": wide,
    "zip64-end": partial(wide_end, marked=False),
    "zip64-end-marked": partial(wide_end, marked=True),
    "bare-descriptor": bare_descriptor,
    "code-page-437": lambda: zip_file(member("Übersicht für später.txt".encode("cp437"), TEXT)),
    "backslashes": lambda: zip_file(member(b"a\\b.txt", TEXT), member(b"a\\c.txt", TEXT)),
    "from-a-mac": lambda: zip_of(
        {"a.txt": TEXT, "__MACOSX/._a.txt": b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(50)}
    ),
    "link": linked,
    "empty": partial(zip_end, 0, 0, 0),
    "empty-file": lambda: zip_of({"a.txt": b""}),
    "equal-files": lambda: zip_of({"a.txt": TEXT, "b.txt": TEXT}),
    "zip-in-zip": lambda: zip_of({"inner.zip": zip_of({"a.txt": TEXT}), "b.txt": TEXT}),
    "zip-stored-in-zip": lambda: zip_of({"inner.zip": zip_of({"a.txt": TEXT}), "b.txt": TEXT}, compression=0),
    "zip-stored-last": lambda: zip_of({"b.txt": TEXT, "inner.zip": zip_of({"a.txt": TEXT})}, compression=0),
    "hundred-files": lambda: zip_of({f"{number}.txt": TEXT[: number * 7] for number in range(100)}),
    "compresses-well": lambda: zip_file(
        member(b"a.log", b"", data=deflated_zeros(20), both={"size": 20 << 20, "crc": zeros_crc(20)})
    ),
    "level-flags-differ": lambda: zip_file(member(b"a.txt", TEXT, entry={"flags": 2})),
    "extra-fields-differ": lambda: zip_file(
        member(b"a.txt", TEXT, local={"extra": b"UT\x09\0\3" + bytes(8)}, entry={"extra": b"UT\x05\0\3" + bytes(4)})
    ),
}


def build(make: Callable[[], bytes], newline: bytes) -> bytes:
    """Return the message."""
    return mailed(make(), "report.zip", newline, "application/zip")


MESSAGES = {name: partial(build, make) for name, make in ARCHIVES.items()}
