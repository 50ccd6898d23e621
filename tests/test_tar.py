"""Tar archives of every dialect: all members under all their names, to the last byte of the file."""

from __future__ import annotations

import io
import mmap
import subprocess
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Child, Envelope, Filter, Kind, Limits, Part, pipeline
from qsfilter import Path as Path_
from qsfilter.builtin.tar_unpacker import TarUnpacker
from qsfilter.model import Blob
from qsfilter.sniff import containers
from qsfilter.tar.headers import decimal, header, number, records
from qsfilter.testing import attachment, eicar, examine, message, part

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter import Report

PLAIN = Filter()
BLOCK = 512
END = bytes(2 * BLOCK)
FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}
every_format = pytest.mark.parametrize("form", FORMATS)


def opened(data: bytes, chosen: Filter = PLAIN) -> Report:
    """Examine a message with DATA attached."""
    return examine(chosen, message(part(b"text"), attachment(data, "a.tar")))


def below(report: Report) -> list[Part]:
    """Return the members of the archive itself."""
    return [one for one in report.message.parts if one.origin == "tar" and len(one.path.steps) == 3]


def members(report: Report) -> list[tuple[str, bytes]]:
    """Return the first name and the content of each member."""
    return [(one.names[0].text if one.names else "", one.blob.data) for one in below(report)]


def names(report: Report) -> list[tuple[str, str]]:
    """Return every name of every member, and where it stood."""
    return [(name.text, name.source) for one in below(report) for name in one.names]


def codes(report: Report) -> list[str]:
    """Return kind and name of each finding."""
    return [str(found) for found in report.findings]


def head(
    name: bytes, size: int | bytes = 0, kind: bytes = b"0", *, link: bytes = b"", magic: bytes = b"ustar\00000"
) -> bytes:
    """Return a header with a right checksum; SIZE may be the field as it stands."""
    field = b"%011o\0" % size if isinstance(size, int) else size
    block = name.ljust(100, b"\0") + b"0000644\0" * 3 + field + b"%011o\0" % 0 + b" " * 8 + kind
    return sound(block + link.ljust(100, b"\0") + magic)


def sound(block: bytes) -> bytes:
    """Return BLOCK, filled up, with a right checksum."""
    block = block.ljust(BLOCK, b"\0")
    block = block[:148] + b" " * 8 + block[156:]
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def entry(name: bytes, data: bytes = b"", kind: bytes = b"0", **more: bytes) -> bytes:
    """Return a header and DATA, padded."""
    return head(name, len(data), kind, **more) + padded(data)


def padded(data: bytes) -> bytes:
    """Return DATA with NULs up to the next block."""
    return data + bytes(-len(data) % BLOCK)


def record(key: bytes, value: bytes) -> bytes:
    """Return a record of a pax header."""
    text = b" " + key + b"=" + value + b"\n"
    length = len(text) + 1
    while len(b"%d" % length) + len(text) != length:
        length += 1
    return b"%d" % length + text


def pax(kind: bytes = b"x", **values: bytes) -> bytes:
    """Return a pax header with VALUES."""
    return entry(b"PaxHeaders/1", b"".join(record(key.encode(), value) for key, value in values.items()), kind)


def broken(block: bytes) -> bytes:
    """Return the header BLOCK with a wrong checksum."""
    return block[:148] + b"000001\0 " + block[156:]


def written(contents: list[tuple[str, bytes]], form: str = "pax") -> bytes:
    """Return an archive of CONTENTS as the standard library writes it."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=FORMATS[form]) as archive:
        for name, data in contents:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return file.getvalue()


# --- honest archives ------------------------------------------------------------------------------------------------

ODD = [
    "a.txt",
    "Übung.doc",
    "日本/語.exe",
    "n" * 99,
    "o" * 100,
    "p" * 101,
    "d/" * 70 + "x.exe",
    "q" * 300,
    " ",
    "a\nb",
    "-",
]
NAMES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0/"), min_size=1, max_size=120)

DATA = st.binary(max_size=1500).map(lambda data: b"." + data)
"""What does not begin as another container."""


@pytest.mark.parametrize("form", ["gnu", "pax"])
def test_odd_names_are_read(form: str) -> None:
    """Long ones by the extended header, and as they are cut for readers that don't know it."""
    contents = [(name, name.encode() * 9) for name in ODD]
    report = opened(written(contents, form))
    assert (members(report), codes(report)) == (contents, [])


@every_format
@given(st.lists(st.tuples(NAMES, DATA), max_size=6))
def test_what_the_standard_library_writes_is_read(form: str, contents: list[tuple[str, bytes]]) -> None:
    """Exactly, and nothing is said of it."""
    try:
        archive = written(contents, form)
    except ValueError:  # a name that ustar can't hold
        return
    report = opened(archive)
    found = [(one.names[0].text, one.blob.data) for one in below(report)]
    assert found == contents
    assert [one for one in codes(report) if "tar" in one or "corrupt" in one] == []


@pytest.mark.parametrize("form", ["v7", "oldgnu", "gnu", "ustar", "pax"])
def test_what_gnu_tar_writes_is_read(form: str, tmp_path: Path) -> None:
    """Files, folders, links and a FIFO."""
    import os

    Path(tmp_path, "in", "dir").mkdir(parents=True)
    Path(tmp_path, "in", "dir", "a.txt").write_bytes(b"text" * 500)
    os.link(Path(tmp_path, "in", "dir", "a.txt"), Path(tmp_path, "in", "dir", "b.txt"))
    Path(tmp_path, "in", "c").symlink_to("dir/a.txt")
    if form != "v7":
        os.mkfifo(Path(tmp_path, "in", "d"))
    command = ["tar", f"--format={form}", "--sort=name", "-cf", "-", "in"]
    archive = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=30).stdout
    report = opened(archive)
    expected = [("in/c", b""), ("in/d", b""), ("in/dir/a.txt", b"text" * 500), ("in/dir/b.txt", b"")]
    assert (members(report), codes(report)) == ([one for one in expected if form != "v7" or one[0] != "in/d"], [])
    assert [name for name in names(report) if name[1] == "tar-link"] == [
        ("dir/a.txt", "tar-link"),
        ("in/dir/a.txt", "tar-link"),
    ]


@pytest.mark.parametrize("form", ["oldgnu", "0.0", "0.1", "1.0"])
@pytest.mark.parametrize("pieces", [1, 3, 30])
def test_a_sparse_file_is_read_with_its_holes(form: str, pieces: int, tmp_path: Path) -> None:
    """And without, for readers that know none."""
    with Path(tmp_path, "s.bin").open("wb") as file:
        for number_of in range(pieces):
            file.seek(number_of * 100_000 + 40_960)
            file.write(b"data" * 1024)
        file.truncate(pieces * 100_000 + 40_960)
    options = ["--format=oldgnu"] if form == "oldgnu" else ["--format=pax", f"--sparse-version={form}"]
    command = ["tar", "-S", *options, "-cf", "-", "s.bin"]
    archive = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=30).stdout
    report = opened(archive)
    (whole, packed) = members(report)
    assert whole == ("s.bin", Path(tmp_path, "s.bin").read_bytes())
    assert len(packed[1]) < len(whole[1])
    assert codes(report) == []


def test_data_is_not_copied() -> None:
    """It is a span of the archive, and costs nothing."""
    archive = written([("a", b"x" * 5000)])
    report = opened(archive, Filter(limits=Limits(unpacked_bytes=len(archive) + 100)))
    (member,) = below(report)
    assert member.span is not None
    assert archive[slice(*member.span)] == b"x" * 5000
    assert codes(report) == []


def test_a_mapped_archive_is_read() -> None:
    """As the raw message may be one."""
    archive = written([("a", b"x" * 5000), ("n" * 200, b"y")])
    with mmap.mmap(-1, len(archive)) as mapped:
        mapped[:] = archive
        archived = Part(path=Path_(), blob=Blob(mapped), origin="mime")
        context = pipeline.context(Limits(), b"", Envelope(sender=b"", recipients=()), None)
        found = list(TarUnpacker().unpack(archived, containers(archived.blob), context))
        data = [one.data.data for one in found if isinstance(one, Child) and isinstance(one.data, Blob)]
        assert data == [b"x" * 5000, b"y"]
        del archived, found


def test_folders_are_no_parts() -> None:
    """They have no content."""
    archive = head(b"dir/", kind=b"5") + head(b"old/") + entry(b"dir/a", b"x") + END
    assert members(opened(archive)) == [("dir/a", b"x")]


@pytest.mark.parametrize("name", [b"../../etc/passwd", b"/etc/passwd", b"..\\x.exe", b"C:\\x.exe"])
def test_a_name_that_leaves_its_place_is_a_name(name: bytes) -> None:
    """Nothing is ever written under it."""
    assert members(opened(entry(name, b"x") + END)) == [(name.decode(), b"x")]


@pytest.mark.parametrize("kind", [b"3", b"4", b"6"])
def test_a_device_is_recorded(kind: bytes) -> None:
    """By its name."""
    assert members(opened(head(b"dev", kind=kind) + END)) == [("dev", b"")]


def test_a_name_twice_is_two_parts() -> None:
    """Readers differ in which one they keep."""
    assert members(opened(entry(b"a", b"one") + entry(b"a", b"two") + END)) == [("a", b"one"), ("a", b"two")]


# --- names ----------------------------------------------------------------------------------------------------------


def test_both_names_go_to_the_rules() -> None:
    """The one in the pax header, and the one for readers that don't know it."""
    report = opened(pax(path=b"a.txt") + entry(b"x.exe", b"MZ") + END)
    assert (names(report), codes(report)) == ([("a.txt", "tar-pax"), ("x.exe", "tar")], [])


def test_a_global_name_goes_to_the_rules() -> None:
    """Until another header takes it back."""
    archive = pax(b"g", path=b"x.exe") + entry(b"a", b"1") + pax(path=b"b") + entry(b"c", b"2")
    report = opened(archive + pax(b"g", path=b"") + entry(b"d", b"3") + END)
    expected = [("x.exe", "tar-pax"), ("a", "tar"), ("b", "tar-pax"), ("c", "tar"), ("d", "tar")]
    assert (names(report), codes(report)) == (expected, [])


def test_an_extended_header_holds_for_one_member() -> None:
    """The next one has its own name."""
    archive = pax(path=b"one") + entry(b"a", b"1") + entry(b"././@LongLink", b"two\0", b"L") + entry(b"b", b"2")
    assert [name for name, _ in members(opened(archive + entry(b"c", b"3") + END))] == ["one", "two", "c"]


def test_solaris_has_a_type_of_its_own() -> None:
    """For the same records."""
    assert members(opened(pax(b"X", path=b"x.exe") + entry(b"a", b"1") + END)) == [("x.exe", b"1")]


def test_every_target_of_a_link_goes_to_the_rules() -> None:
    """Nothing is followed."""
    long = entry(b"././@LongLink", b"long.exe\0", b"K")
    report = opened(long + pax(linkpath=b"pax.exe") + head(b"a", kind=b"2", link=b"own.exe") + END)
    assert names(report) == [
        ("a", "tar"),
        ("pax.exe", "tar-link"),
        ("long.exe", "tar-link"),
        ("own.exe", "tar-link"),
    ]


def test_the_prefix_belongs_to_the_name() -> None:
    """In ustar, and shorter in star; GNU's dialect has other things there."""
    block = bytearray(head(b"x.exe"))
    block[345:350] = b"dir/a"
    assert names(opened(sound(bytes(block)) + END)) == [("dir/a/x.exe", "tar")]
    block[257:265] = b"ustar  \0"
    assert names(opened(sound(bytes(block)) + END)) == [("x.exe", "tar")]


# --- to the last byte -----------------------------------------------------------------------------------------------


def test_an_archive_behind_another_is_read() -> None:
    """Some readers stop at the first end marker, some don't."""
    report = opened(entry(b"a", b"one") + bytes(10_240) + entry(b"x.exe", eicar()) + END)
    assert (members(report), codes(report)) == ([("a", b"one"), ("x.exe", eicar())], ["irregular tar-joined"])


def test_what_stands_behind_the_end_is_a_part() -> None:
    """It is looked at like every other content."""
    report = opened(entry(b"a", b"one") + END + b"\0\0" + eicar())
    assert (members(report), codes(report)) == ([("a", b"one"), ("", eicar())], ["irregular trailing-data"])


def test_a_header_behind_garbage_is_found() -> None:
    """GNU tar skips to the next one."""
    report = opened(entry(b"a", b"one") + b"garbage" * 300 + bytes(-2100 % BLOCK) + entry(b"x.exe", eicar()) + END)
    assert (members(report)[0], members(report)[-1]) == (("a", b"one"), ("x.exe", eicar()))
    assert codes(report) == ["unscannable corrupt"]


def test_a_lone_block_of_nuls_ends_nothing() -> None:
    """What follows it is read."""
    report = opened(entry(b"a", b"one") + bytes(BLOCK) + entry(b"x.exe", eicar()) + END)
    assert members(report)[-1] == ("x.exe", eicar())


def test_an_archive_without_an_end_is_irregular() -> None:
    """It may have been cut behind a member; all that is there was read."""
    report = opened(entry(b"a", b"one"))
    assert (members(report), codes(report)) == ([("a", b"one")], ["irregular tar-no-end"])


@given(st.integers(1, 3400))
def test_an_archive_cut_short_is_never_clean(cut: int) -> None:
    """Wherever it is cut, unless only padding is gone."""
    archive = written([("a.txt", b"one" * 300), ("b" * 120, b"two" * 200)])
    used = len(archive.rstrip(b"\0"))
    data = archive[: min(cut, used - 1)]
    if containers(Blob(data)):  # of a few octets, nobody can tell that they were a tar
        assert codes(opened(data)) != []


def test_a_member_cut_short_is_scanned() -> None:
    """As far as it is there."""
    report = opened(head(b"x.exe", 5000) + eicar())
    assert members(report) == [("x.exe", eicar())]
    assert "unscannable corrupt" in codes(report)


# --- lies -----------------------------------------------------------------------------------------------------------


def test_a_member_with_a_wrong_checksum_is_read() -> None:
    """Some readers don't look at it."""
    report = opened(entry(b"a", b"1") + broken(entry(b"x.exe", eicar())) + entry(b"b", b"2") + END)
    assert members(report) == [("a", b"1"), ("x.exe", eicar()), ("b", b"2")]
    assert codes(report) == ["unscannable corrupt"]


@pytest.mark.parametrize(
    "size", [b"\xff" * 12, b"-0000000001\0", b"00000000x00\0", b"\0" + b"00000000100", b"99999999999\0"]
)
def test_a_size_that_is_none_is_corrupt(size: bytes) -> None:
    """What follows is read."""
    report = opened(head(b"x.exe", size) + entry(b"a", eicar()) + END)
    assert names(report)[0] == ("x.exe", "tar")
    assert (members(report)[-1], codes(report)[0]) == (("a", eicar()), "unscannable corrupt")


@pytest.mark.parametrize("size", [b"\x80" + b"\xff" * 11, b"777777777777"])
def test_a_size_beyond_the_file_is_corrupt(size: bytes) -> None:
    """All that is there belongs to the member, and is read."""
    report = opened(head(b"x.exe", size) + eicar())
    assert (members(report), codes(report)[0]) == ([("x.exe", eicar())], "unscannable corrupt")


def test_a_size_in_base_256_is_read() -> None:
    """As GNU and star write it."""
    report = opened(head(b"x.exe", b"\x80" + len(eicar()).to_bytes(11, "big")) + padded(eicar()) + END)
    assert (members(report), codes(report)) == ([("x.exe", eicar())], [])


def test_two_sizes_are_two_readings() -> None:
    """A reader of ustar alone finds the members that the pax header hides in another one's data."""
    hidden = entry(b"x.exe", eicar()) + END
    report = opened(pax(size=b"%d" % len(hidden)) + head(b"a.txt", 0) + hidden + END)
    assert "ambiguous tar-size" in codes(report)
    assert eicar() in [one.blob.data for one in report.message.parts]


def test_two_sizes_hide_nothing_in_the_middle() -> None:
    """Nor where the other reading begins behind something."""
    hidden = padded(b"junk") + entry(b"x.exe", eicar()) + END
    report = opened(pax(size=b"%d" % len(hidden)) + head(b"a.txt", 4) + hidden + END)
    assert "ambiguous tar-size" in codes(report)
    assert eicar() in [one.blob.data for one in report.message.parts]


@pytest.mark.parametrize("kind", [b"1", b"2", b"5"])
def test_a_size_of_what_has_no_data_hides_nothing(kind: bytes) -> None:
    """Some readers skip it, some read the headers there."""
    hidden = entry(b"x.exe", eicar())
    report = opened(head(b"a", len(hidden), kind) + hidden + END)
    assert (members(report)[-1], codes(report)) == (("x.exe", eicar()), ["irregular tar-size"])


def test_a_size_of_what_has_no_data_leads_into_another_member() -> None:
    """Where a reader that skips it finds members that nobody else sees."""
    inner = padded(b"junk") + entry(b"x.exe", eicar())
    report = opened(head(b"a", BLOCK * 2, b"2") + entry(b"b", inner) + END)
    assert codes(report) == ["irregular tar-size", "ambiguous tar-size"]
    assert eicar() in [one.blob.data for one in report.message.parts]


def test_a_link_with_data_is_read() -> None:
    """As pax allows it for hard links."""
    report = opened(entry(b"x.exe", eicar(), b"1") + entry(b"b", b"2") + END)
    assert (members(report), codes(report)) == ([("x.exe", eicar()), ("b", b"2")], [])


def test_a_record_that_lies_about_its_length_is_corrupt() -> None:
    """What it may hide is not guessed."""
    report = opened(entry(b"x", b"99 path=x.exe\n", b"x") + entry(b"a", b"1") + END)
    assert (members(report), codes(report)) == ([("a", b"1")], ["unscannable corrupt"])


def test_an_extended_header_without_a_member_is_corrupt() -> None:
    """Something is missing."""
    assert "unscannable corrupt" in codes(opened(entry(b"a", b"1") + pax(path=b"b") + END))


def test_holes_beyond_the_budget_are_over_the_limit() -> None:
    """Nothing is filled; the data itself is scanned."""
    records_of = {"GNU.sparse.size": b"60000000000", "GNU.sparse.map": b"0,%d" % len(eicar())}
    report = opened(pax(**records_of) + entry(b"x.exe", eicar()) + END)
    assert (members(report), codes(report)) == ([("x.exe", eicar())], ["unscannable over-limit"])


@pytest.mark.parametrize("holes", [b"9,5", b"0,68,5,9", b"0,x", b"0", b"68,0,0,68", b"0,69"])
def test_a_map_of_holes_that_does_not_fit_is_corrupt(holes: bytes) -> None:
    """The data is scanned as it stands."""
    report = opened(pax(**{"GNU.sparse.size": b"68", "GNU.sparse.map": holes}) + entry(b"x.exe", eicar()) + END)
    assert (members(report), codes(report)) == ([("x.exe", eicar())], ["unscannable corrupt"])


def test_a_volume_that_continues_another_is_corrupt() -> None:
    """Its beginning is not there."""
    report = opened(entry(b"x.exe", b"rest", b"M") + END)
    assert (members(report), codes(report)) == ([("x.exe", b"rest")], ["unscannable corrupt"])


# --- bounds ---------------------------------------------------------------------------------------------------------


def test_very_many_members_are_over_the_limit() -> None:
    """As in every container."""
    report = opened(b"".join(entry(b"%d" % number, b"x") for number in range(20)), Filter(limits=Limits(members=5)))
    assert (len(members(report)), codes(report)) == (5, ["unscannable over-limit"])


def test_broken_headers_are_told_a_few_times() -> None:
    """A list of thousands would tell no more; each is read."""
    report = opened(broken(head(b"a", 0)) * 2000 + END)
    assert codes(report) == ["unscannable corrupt"]
    assert len(members(report)) == 2000


def test_extended_headers_take_bounded_memory() -> None:
    """All of one member's together."""
    many = pax(path=b"x" * 100_000) * 20
    report = opened(many + entry(b"a", b"1") + END)
    assert (members(report)[0][1], codes(report)[0]) == (b"1", "unscannable corrupt")


def test_regions_that_overlap_are_paid_for() -> None:
    """Each reading of the rest costs its bytes."""
    link = head(b"a", BLOCK * 40_000, b"2")
    report = opened(link * 3000, Filter(limits=Limits(unpacked_bytes=8 << 20)))
    assert sum(one.blob.size for one in report.message.parts if one.span is None) < 16 << 20


@given(st.integers(0, 4000), st.binary(max_size=30), st.sampled_from(["gnu", "pax", "ustar"]))
def test_no_bytes_make_it_fail(at: int, noise: bytes, form: str) -> None:
    """They are unscannable or read, and never a failure of ours."""
    name = "n" * 90 if form == "ustar" else "n" * 120
    archive = written([("a.txt", b"one" * 300), (name, b"two" * 200)], form)
    report = opened(archive[:at] + noise + archive[at + len(noise) :])
    assert not [found for found in report.findings if found.kind is Kind.FAILURE]


@given(st.binary(max_size=700))
def test_no_block_makes_its_reader_fail(block: bytes) -> None:
    """Whatever stands in it."""
    header(block)
    header(block.ljust(BLOCK, b"\0")[:BLOCK])
    records(block)
    decimal(block)
    number(block or b"0")


# --- archives that others wrote -------------------------------------------------------------------------------------


@pytest.mark.corpora
def test_what_the_standard_library_finds_is_found(corpora: Callable[[str], Path]) -> None:
    """In every tar of the corpus: no regular member is missing, and none has another content."""
    files = sorted(corpora("archives").rglob("*.tar"))
    assert len(files) > 40
    missing = []
    for file in files:
        contents = [one.blob.data for one in opened(file.read_bytes()).message.parts]
        try:
            with tarfile.open(file) as archive:
                for one in archive:
                    # tarfile takes a wrong size where GNU's sparse format 1.0 stands beside a record `size`.
                    real = one.pax_headers.get("GNU.sparse.realsize", str(one.size))
                    small = one.isreg() and one.size < 1 << 20 and real == str(one.size)
                    if small and (stream := archive.extractfile(one)) and stream.read() not in contents:
                        missing.append(f"{file.name}: {one.name}")
        except (tarfile.TarError, ValueError):
            continue
    assert missing == []


@pytest.mark.corpora
@pytest.mark.parametrize(
    "name", ["issue11169.tar", "neg-size.tar", "pax-bad-hdr-file.tar", "writer-big.tar", "recursion.tar"]
)
def test_a_broken_archive_of_the_corpus_is_unscannable(corpora: Callable[[str], Path], name: str) -> None:
    """Nothing is called clean because it could not be read."""
    (file,) = corpora("archives").rglob(name)
    assert "unscannable corrupt" in codes(opened(file.read_bytes()))
