"""Archives that others made: every member that is listed comes out, and what can't be read is never clean."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import pytest

if TYPE_CHECKING:
    from types import SimpleNamespace

CLAMAV = Path("/usr/share/clamav-testfiles")
ENCRYPTED, UNKNOWN, CORRUPT = ("unscannable encrypted", "unscannable no-unpacker", "unscannable corrupt")

RAR = {
    "rar3-comment-hpsw.rar": {ENCRYPTED},
    "rar5-hpsw.rar": {ENCRYPTED},
    "rar5-psw.rar": {ENCRYPTED},
    "rar5-psw-blake.rar": {ENCRYPTED},
    "rar3-comment-psw.rar": {ENCRYPTED, UNKNOWN},  # solid as well
    "rar202-comment-psw.rar": {ENCRYPTED, CORRUPT},  # a comment, as below
    # Solid, and of RAR 3 or 4.
    "rar3-comment-plain.rar": {UNKNOWN},
    "rar3-owner.rar": {UNKNOWN},
    "rar3-solid.rar": {UNKNOWN},
    "unicode.rar": {UNKNOWN},
    # Made by RAR 2; behind the member comes a header that libarchive takes for broken.
    "rar2-unix-owner.rar": {UNKNOWN, CORRUPT},
    # A comment inside a header, as RAR wrote it before version 3; libarchive takes the header for broken.
    "rar15-comment.rar": {CORRUPT},
    "rar15-comment-lock.rar": {CORRUPT},
    "rar202-comment-nopsw.rar": {CORRUPT},
    # Volumes, each by itself.
    "rar3-old.rar": {CORRUPT},
    "rar3-old.r00": {CORRUPT},
    "rar3-old.r01": {CORRUPT},
    "rar3-vols.part1.rar": {CORRUPT},
    "rar3-vols.part2.rar": {CORRUPT},
    "rar3-vols.part3.rar": {CORRUPT},
    "rar5-vols.part1.rar": {CORRUPT},
    "rar5-vols.part2.rar": {CORRUPT},
    "rar5-vols.part3.rar": {CORRUPT},
}
"""What is found of the archives of rarfile; of all others nothing."""
NAMELESS = {"rar3-comment-hpsw.rar", "rar5-hpsw.rar"}
"""Their names are encrypted; rarfile knows the password."""
ELSEWHERE = {("rar3-old.rar", "vols/smallfile.txt"), ("rar3-vols.part1.rar", "vols/smallfile.txt")} | {
    ("rar5-vols.part1.rar", "vols/smallfile.txt")
}
"""Members that are listed with the first volume and stand in the last one."""

SEVEN_ZIP = {
    "filename_encryption.7z": {ENCRYPTED},
    **{f"encrypted_{number}.7z": {ENCRYPTED} for number in range(1, 7)},
    # Methods that libarchive 3.6 does not know; newer ones know some of them.
    "copy_bcj_1.7z": {UNKNOWN},
    "deflate64.7z": {UNKNOWN},
    "lz4.7z": {UNKNOWN},
    "p7zip-zstd.7z": {UNKNOWN},
    "zstd.7z": {UNKNOWN},
    "zstdmt-brotli.7z": {UNKNOWN},
    "copy_2.7z": {CORRUPT},  # libarchive 3.6 can't read its directory
    # libarchive 3.6 ends too early in LZMA behind these filters.
    **{f"lzma_bcj_{machine}.7z": {CORRUPT} for machine in ("arm", "armt", "ppc", "sparc")},
    "crc_corrupted.7z": {CORRUPT},
    "data_corrupted.7z": {CORRUPT},
    "archive.7z.001": {CORRUPT},
}
"""What is found of the archives of py7zr; of all others nothing."""
READ_BY_NEWER = {
    name for name, found in SEVEN_ZIP.items() if found == {UNKNOWN} or name.startswith(("lzma_", "copy_2"))
}
WITHOUT_MEMBERS = {"empty.7z", "hidden_linux_folder.7z"} | {
    name for name, found in SEVEN_ZIP.items() if found == {ENCRYPTED}
}


class Listed(NamedTuple):
    """A file as rarfile lists it."""

    name: str
    size: int
    checksum: int
    linked: bool


def listed(path: Path) -> list[Listed]:
    """Read rarfile's listing at PATH."""
    found = []
    for text in re.split(r"^(?=\w*FILE: )", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        if re.search(r" is=\S?D", text):
            continue
        name = re.search(r"^  name=(.*)$", text, re.MULTILINE)
        size = re.search(r" dec=(\d+)", text)
        checksum = re.search(r" crc=0x(\w+)", text)
        assert name
        assert size
        linked = "redir: " in text or "link" in text.split("\n", 1)[0] or " is=--L" in text
        found.append(Listed(name[1], int(size[1]), int(checksum[1], 16) if checksum else 0, linked))
    return found


@pytest.mark.corpora
def test_every_member_of_a_rar_is_found(archives: Path, make: SimpleNamespace) -> None:
    """By its name, and where nothing is said against it with its whole content."""
    paths = [path for path in sorted((archives / "rarfile").iterdir()) if path.suffix != ".exp"]
    assert len(paths) == 55
    for path in paths:
        report = make.opened(path.read_bytes(), path.name)
        assert set(make.codes(report)) == RAR.get(path.name, set()), path.name
        found = make.members_of(report)
        expected = path.with_name(path.name.replace(".sfx", ".rar") + ".exp")
        for one in listed(expected) if expected.exists() and path.name not in NAMELESS else ():
            contents = [data for name, data in found if name == one.name]
            assert contents or (path.name, one.name) in ELSEWHERE, (path.name, one.name)
            if path.name not in RAR and not one.linked:
                ((size, checksum),) = ((len(data), crc32(data)) for data in contents)
                assert (size, checksum) == (one.size, one.checksum or checksum), path.name


@pytest.mark.corpora
def test_every_7z_is_read_or_marked(archives: Path, make: SimpleNamespace) -> None:
    """What nothing is said against has content."""
    paths = sorted(path for path in (archives / "py7zr").iterdir() if ".7z" in path.name)
    paths = [path for path in paths if not path.name.endswith(".002")]  # without a signature
    assert len(paths) == 64
    for path in paths:
        report = make.opened(path.read_bytes(), path.name)
        found = set(make.codes(report))
        assert found == SEVEN_ZIP.get(path.name, set()) or (not found and path.name in READ_BY_NEWER), path.name
        if not found and path.name not in WITHOUT_MEMBERS:
            assert make.members_of(report), path.name


@pytest.mark.corpora
def test_the_names_of_an_encrypted_7z_go_to_the_rules(archives: Path, make: SimpleNamespace) -> None:
    """Where its directory is not encrypted too."""
    report = make.opened((archives / "py7zr/encrypted_1.7z").read_bytes())
    assert make.members_of(report) == [("test1.txt", b""), ("test/test2.txt", b"")]


@pytest.mark.corpora
def test_a_wrong_checksum_in_a_7z_hides_nothing(archives: Path, make: SimpleNamespace) -> None:
    """The members are the same as those of the archive that is whole."""
    folder = archives / "py7zr"
    report = make.opened((folder / "crc_corrupted.7z").read_bytes())
    sizes = [(name, len(data)) for name, data in make.members_of(report)]
    assert sizes == [("src/scripts/py7zr", 111), ("src/setup.cfg", 58), ("src/setup.py", 559)]


@pytest.mark.corpora
@pytest.mark.parametrize("name", ["rar3-symlink-unix.rar", "rar5-symlink-unix.rar"])
def test_links_in_a_rar_are_named_with_their_targets(archives: Path, make: SimpleNamespace, name: str) -> None:
    """And not followed."""
    report = make.opened((archives / "rarfile" / name).read_bytes())
    links = [[found.text for found in one.names] for one in report.message.parts if len(one.names) == 2]
    assert links == [["data_link", "data.txt"], ["random_link", "../random123"]]


@pytest.mark.servers
@pytest.mark.servers
@pytest.mark.parametrize(
    "name", ["clam.7z", "clam.cab", "clam.bin-be.cpio", "clam.bin-le.cpio", "clam.newc.cpio", "clam.odc.cpio"]
)
def test_the_test_file_of_clamav_is_found(make: SimpleNamespace, name: str) -> None:
    """In each container that holds it."""
    report = make.opened((CLAMAV / name).read_bytes(), name)
    assert (make.members_of(report), make.codes(report)) == ([("clam.exe", (CLAMAV / "clam.exe").read_bytes())], [])


@pytest.mark.servers
@pytest.mark.servers
def test_programs_of_clamav_are_no_trouble(make: SimpleNamespace) -> None:
    """Installers hold cabinets, and nothing is said of signatures by chance."""
    for path in sorted(CLAMAV.glob("*.exe")):
        report = make.opened(path.read_bytes(), path.name)
        assert make.codes(report) == [], path.name
        assert bool(make.members_of(report)) == ("_IScab_" in path.name), path.name
