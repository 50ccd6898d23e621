"""What the tests share: archives of every kind that libarchive opens, written here byte by byte or by libarchive."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path
from struct import pack
from types import SimpleNamespace
from typing import TYPE_CHECKING
from zlib import crc32

import pytest

from qsfilter import Filter
from qsfilter.testing import attachment, examine, message, part
from qsfilter_libarchive import Libarchive

from .kinds import CODED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from qsfilter import Report

NOISE = bytes(range(256)) * 20
MEMBERS = {"one.txt": b"one\x00\xff" * 30, "x.exe": b"MZ" + NOISE}
WRITTEN = {"7z": "7zip", "iso": "iso9660", "cpio": "cpio_newc", "ar": "ar_svr4", "xar": "xar"}


def written(format_name: str, members: Mapping[str, bytes], filter_name: str | None = None) -> bytes:
    """Return an archive that libarchive writes."""
    calls = Libarchive().calls  # first, so that libarchive-c does not search the library with ldconfig
    import libarchive

    file = io.BytesIO()
    with calls.names_in_utf8(), libarchive.custom_writer(file.write, format_name, filter_name) as archive:
        for name, content in members.items():
            archive.add_file_from_memory(name, len(content), content)
    return file.getvalue()


def block4(kind: int, flags: int, body: bytes) -> bytes:
    """Return a header of RAR 4."""
    head = pack("<BHH", kind, flags, 7 + len(body)) + body
    return pack("<H", crc32(head) & 0xFFFF) + head


def rar4(members: Mapping[str, bytes], flags: int = 0, main: int = 0, version: int = 29, method: int = 0x30) -> bytes:
    """Return an archive of RAR 4 whose MEMBERS are stored."""
    found = b"Rar!\x1a\x07\x00" + block4(0x73, main, bytes(6))
    for name, data in members.items():
        raw = name.encode()
        about = pack(
            "<IIBIIBBHI", len(data), len(data), 3, crc32(data), 0x5A000000, version, method, len(raw), 0o100644
        )
        found += block4(0x74, 0x8000 | flags, about + raw) + data
    return found + block4(0x7B, 0x4000, b"")


def number(value: int) -> bytes:
    """Return VALUE as RAR 5 writes it."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*found, value))


def block5(kind: int, body: bytes, data: bytes = b"", extra: bytes = b"", flags: int = 0) -> bytes:
    """Return a header of RAR 5 and the DATA behind it."""
    flags |= bool(extra) | 2 * (kind == 2)
    head = number(kind) + number(flags)
    head += number(len(extra)) if extra else b""
    head += number(len(data)) if kind == 2 else b""
    head += body + extra
    head = number(len(head)) + head
    return pack("<I", crc32(head)) + head + data


def rar5(members: Mapping[str, bytes], extra: bytes = b"", flags: int = 0, main: int = 0) -> bytes:
    """Return an archive of RAR 5 whose MEMBERS are stored."""
    found = b"Rar!\x1a\x07\x01\x00" + block5(1, number(main))
    for name, data in members.items():
        raw = name.encode()
        about = number(4) + number(len(data)) + number(0o100644) + pack("<I", crc32(data)) + number(0) + number(1)
        found += block5(2, about + number(len(raw)) + raw, data, extra, flags)
    return found + block5(5, number(0))


def cab(members: Mapping[str, bytes], flags: int = 0, method: int = 0) -> bytes:
    """Return a cabinet whose MEMBERS are stored, together below 32 KiB."""
    data = b"".join(members.values())
    files, at = b"", 0
    for name, content in members.items():
        files += pack("<IIHHHH", len(content), at, 0, 0x5A21, 0, 0x20) + name.encode() + b"\0"
        at += len(content)
    start = 36 + 8 + len(files)
    head = pack("<IIIIIBBHHHHH", 0, start + 8 + len(data), 0, 44, 0, 3, 1, 1, len(members), flags, 0, 0)
    folder = pack("<IHH", start, 1, method)
    return b"MSCF" + head + folder + files + pack("<IHH", 0, len(data), len(data)) + data


def crc16(data: bytes) -> int:
    """Return the checksum that LHA uses."""
    value = 0
    for octet in data:
        value ^= octet
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value


def lha(members: Mapping[str, bytes], method: bytes = b"-lh0-") -> bytes:
    """Return an archive of LHA whose MEMBERS are stored, with headers of level 0."""
    found = b""
    for name, data in members.items():
        raw = name.encode()
        head = method + pack("<IIIBBB", len(data), len(data), 0x5A210000, 0x20, 0, len(raw)) + raw
        head += pack("<H", crc16(data))
        found += bytes((len(head), sum(head) & 0xFF)) + head + data
    return found + b"\0"


def cpio(*members: tuple[bytes, int, bytes]) -> bytes:
    """Return a cpio archive (newc) of name, mode and content of each member."""
    found = b""
    for inode, (name, mode, data) in enumerate((*members, (b"TRAILER!!!", 0, b"")), 1):
        numbers = (inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08X" % one for one in numbers) + name + b"\0"
        found += head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)
    return found + bytes(1024)


def opened(data: bytes, name: str = "a.bin", chosen: Filter | None = None) -> Report:
    """Examine a message with DATA attached as NAME."""
    return examine(chosen or Filter(Libarchive()), message(part(b"text"), attachment(data, name)))


def members_of(report: Report) -> list[tuple[str, bytes]]:
    """Return name and content of what was unpacked."""
    found = [one for one in report.message.parts if one.origin not in {"mime", "message"}]
    return [(one.names[0].text if one.names else "", one.blob.data) for one in found]


def codes(report: Report) -> list[str]:
    """Return kind and name of each finding."""
    return [str(found) for found in report.findings]


def all_samples() -> dict[str, bytes]:
    """Return an archive of MEMBERS of each kind, and x.exe in each coding."""
    found = {kind: written(format_name, MEMBERS) for kind, format_name in WRITTEN.items()}
    found |= {kind: written("raw", {"x": MEMBERS["x.exe"]}, kind) for kind in CODED}
    return found | {"rar4": rar4(MEMBERS), "rar5": rar5(MEMBERS), "cab": cab(MEMBERS), "lha": lha(MEMBERS)}


@pytest.fixture(scope="session")
def samples() -> dict[str, bytes]:
    """Archives of MEMBERS: `samples["7z"]`."""
    return all_samples()


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """What writes archives and looks at reports."""
    builders: dict[str, Callable[..., object] | object] = {
        one.__name__: one
        for one in (written, block4, rar4, number, block5, rar5, cab, lha, cpio, opened, members_of, codes)
    }
    return SimpleNamespace(**builders, noise=NOISE, members=MEMBERS, coded=CODED)


@pytest.fixture(scope="session")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the archives that others made, and return the folder."""
    source = os.environ.get("QSFILTER_CORPORA")
    if not source:
        pytest.skip("QSFILTER_CORPORA names no folder with sample mail")
    folder = tmp_path_factory.mktemp("archives")
    guarded = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # came with 3.11.4, and 3.14 asks for it
    with tarfile.open(Path(source, "archives.tar.xz")) as archive:
        archive.extractall(folder, **guarded)  # noqa: S202 - an archive that the site named
    return folder
