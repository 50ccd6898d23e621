"""Containers are told by content, under every signature that fits, and not by what only looks like one."""

from __future__ import annotations

import io
import lzma
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter.model import Blob, Container
from qsfilter.sniff import DOCUMENTS, KINDS, SIGNATURES, WINDOW, containers, hides


def told(data: bytes) -> set[tuple[str, int]]:
    """Return kind and offset of each container in DATA."""
    return {(one.kind, one.offset) for one in containers(Blob(data))}


def zip_of(data: bytes, comment: bytes = b"") -> bytes:
    """Return a zip with one member."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x.txt", data)
        archive.comment = comment
    return file.getvalue()


# --- where the format wants it --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted({kind for kind, _, _ in SIGNATURES} - {"bzip2", "lha", "cpio", "arj"}))
def test_a_signature_is_told_at_its_place(kind: str) -> None:
    _, offset, signature = next(one for one in SIGNATURES if one[0] == kind)
    data = b"P" * offset + signature + b"\x90\0\0\0" * 10
    assert (kind, 0) in told(data)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("bzip2", b"BZh91AY&SY"),
        ("bzip2", b"BZh9\x17\x72\x45\x38\x50\x90"),
        ("lha", b"\x21\0-lh5-" + bytes(14)),
        ("arj", b"\x60\xea\x2c\0\x22\x0b\x01\x0b\x10\0\x02\x99" + bytes(30)),
        ("cpio", b"070701" + b"0" * 104),
        ("cpio", b"070707" + b"7" * 70),
        ("cpio", b"\xc7\x71" + b"\0\0\0\0\xa4\x81" + bytes(20)),
        ("rtf", b"{\\rtf1\\ansi hello}"),
        ("rtf", b"\xef\xbb\xbf\r\n {\\rt hello}"),
        ("zstd", b"\x50\x2a\x4d\x18" + bytes(4)),
        ("lzma", lzma.compress(b"x", lzma.FORMAT_ALONE)),
        ("lzma", lzma.compress(b"x", lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "lc": 0, "pb": 0}])),
        ("tar", b"x" * 257 + b"ustar"),
    ],
)
def test_a_short_signature_is_told_with_what_must_follow(kind: str, data: bytes) -> None:
    assert (kind, 0) in told(data)


@pytest.mark.parametrize("signed", [False, True])
def test_a_tar_without_magic_is_told_by_its_checksum(signed: bool) -> None:
    """That of the seventh edition; some programs count octets above 127 as negative."""
    block = bytearray(tarfile.TarInfo("h\xe4user.txt").tobuf(tarfile.USTAR_FORMAT, "latin-1"))
    block[257:512] = bytes(255)
    block[148:156] = b" " * 8
    total = sum(octet - 256 if signed and octet > 127 else octet for octet in block)
    block[148:156] = b"%06o\0 " % total
    assert told(bytes(block)) == {("tar", 0)}


@pytest.mark.parametrize(
    "text",
    [
        b"ab-lh5-",
        b"0707012345 is my number, call me",
        b"BZh9 is how such files begin",
        b"`\xea is how others do",
        b"]\0\0",
        b"\x1f\x9d\xff",
        b"LZIP is a compressor",
        b"zzzz\0" * 200,
        b"MSCF of the matter",
        b"a" * 600,
        b"",
        b"PK",
    ],
)
def test_what_only_looks_like_a_container_is_none(text: bytes) -> None:
    assert told(text) == set()


@pytest.mark.parametrize(("kind", "trailer"), [("dmg", b"koly\0\0\0\x04\0\0\x02\0"), ("vhd", b"conectix\0\0\0\x02")])
def test_some_disk_images_are_told_by_their_end(kind: str, trailer: bytes) -> None:
    assert told(bytes(5000) + trailer + bytes(512 - len(trailer))) == {(kind, 0)}


# --- behind other content -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("front", [b"MZ\x90\0" + bytes(5000), b"GIF89a" + bytes(700), b"<html>hello</html>\n"])
@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("zip", zip_of(b"x")),
        ("rar", b"Rar!\x1a\x07\x01\0"),
        ("7z", b"7z\xbc\xaf\x27\x1c\0\4"),
        ("cab", b"MSCF\0\0\0\0" + bytes(20)),
    ],
)
def test_readers_search_for_some(front: bytes, kind: str, data: bytes) -> None:
    assert told(front + data) == {(kind, len(front))}


def test_the_search_ends() -> None:
    """A signature that stands deep in a file is that of no container for anybody."""
    assert told(bytes(WINDOW) + b"Rar!\x1a\x07\x01\0") == set()


def test_the_end_of_a_zip_is_looked_for_at_the_end() -> None:
    """However much stands in front of it; behind it there may be a comment."""
    data = bytes(WINDOW) + zip_of(b"x", b"c" * 60_000)
    assert {kind for kind, _ in told(data)} == {"zip"}


def test_one_content_may_be_several() -> None:
    """Each is opened."""
    picture = b"GIF89a" + bytes(20) + b"%PDF-1.7\n" + bytes(20) + zip_of(b"x")
    assert told(picture) == {("pdf", 26), ("zip", 55)}
    assert told(b"\x1f\x8b\x08" + bytes(30) + zip_of(b"x")) == {("gzip", 0), ("zip", 33)}


# --- what hides -----------------------------------------------------------------------------------------------------


def test_documents_hide_nothing() -> None:
    """A scanner reads them as they are."""
    for kind in DOCUMENTS:
        assert hides((Container(kind, 0),)) == ""
    assert hides((Container("pdf", 0), Container("rar", 0))) == "rar"


def test_what_may_stand_there_by_chance_hides_nothing() -> None:
    assert hides((Container("7z", 100),)) == ""


@given(st.binary(max_size=700))
def test_any_content_is_told(data: bytes) -> None:
    """Each kind once, and within the content; a span of a larger one is no different."""
    found = containers(Blob(data))
    assert len({one.kind for one in found}) == len(found)
    assert all(one.kind in KINDS and 0 <= one.offset < len(data) for one in found)
    assert containers(Blob(b"PK\x03\x04" + data + b"PK\x05\x06", (4, 4 + len(data)))) == found
