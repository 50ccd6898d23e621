"""Zip archives in which directory, local headers and data contradict each other: what any reader sees is found."""

from __future__ import annotations

import bz2
import io
import lzma
import os
import random
import resource
import struct
import subprocess
import sys
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Blob, Child, Envelope, Filter, Finding, Limits, Part, Path, pipeline
from qsfilter.actions import Action, Kind
from qsfilter.builtin.zip_unpacker import ZipUnpacker
from qsfilter.errors import LimitReached
from qsfilter.model import Container
from qsfilter.sniff import containers
from qsfilter.testing import attachment, eicar, examine, message, part, zip_of
from qsfilter.zip.codes import AMBIGUOUS, IRREGULAR
from qsfilter.zip.content import STEP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path as FilePath

    from qsfilter import Report

ENVELOPE = Envelope(sender=b"", recipients=())
EXE = b"MZ" + bytes(range(256)) * 3
NOISE = random.Random(4).randbytes(5000)  # noqa: S311 - what can't be compressed
MIB = 1 << 20
MAX32 = 0xFFFFFFFF


# --- a writer in which every field can lie --------------------------------------------------------------------------


def packed(content: bytes, method: int = 8) -> bytes:
    """Compress CONTENT by METHOD."""
    if method == 8:
        stream = zlib.compressobj(9, zlib.DEFLATED, -15)
        return stream.compress(content) + stream.flush()
    if method == 12:
        return bz2.compress(content)
    if method == 95:
        return lzma.compress(content)
    return content


def fields(content: bytes, lies: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an honest header says of CONTENT, but for LIES."""
    method = lies.get("method", 8)
    data = lies.get("data", packed(content, method))
    honest = {"flags": 0, "method": method, "crc": zlib.crc32(content), "packed": len(data), "size": len(content)}
    return {**honest, "extra": b"", "comment": b"", "attributes": 0, "offset": 0, **lies, "data": data}


def head(name: bytes, content: bytes = b"", **lies: Any) -> bytes:  # noqa: ANN401 - numbers and bytes
    """Return a local header."""
    said = fields(content, lies)
    sizes = (said["crc"], said["packed"], said["size"], len(name), len(said["extra"]))
    return struct.pack("<4s5H3L2H", b"PK\3\4", 20, said["flags"], said["method"], 0, 0, *sizes) + name + said["extra"]


def local(name: bytes, content: bytes = b"", **lies: Any) -> bytes:  # noqa: ANN401
    """Return a local header with its data."""
    return head(name, content, **lies) + fields(content, lies)["data"]


def entry(name: bytes, content: bytes = b"", **lies: Any) -> bytes:  # noqa: ANN401
    """Return a directory entry."""
    said = fields(content, lies)
    sizes = (said["crc"], said["packed"], said["size"], len(name), len(said["extra"]), len(said["comment"]), 0, 0)
    values = (20, 20, said["flags"], said["method"], 0, 0, *sizes, said["attributes"], said["offset"])
    return struct.pack("<4s6H3L5H2L", b"PK\1\2", *values) + name + said["extra"] + said["comment"]


def end(count: int, size: int, offset: int, comment: bytes = b"") -> bytes:
    """Return an end record."""
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, offset, len(comment)) + comment


def joined(locals_: bytes, *entries: bytes, comment: bytes = b"", shift: int = 0) -> bytes:
    """Return LOCALS_ with a directory of ENTRIES behind them, whose place is told SHIFT too small."""
    directory = b"".join(entries)
    return locals_ + directory + end(len(entries), len(directory), len(locals_) - shift, comment)


def one(name: bytes, content: bytes, **lies: Any) -> bytes:  # noqa: ANN401
    """Return an archive of one member; keys that begin with `local_` or `entry_` lie in one place only."""
    both = {key: value for key, value in lies.items() if not key.startswith(("local_", "entry_"))}
    at = {key.removeprefix("local_"): value for key, value in lies.items() if key.startswith("local_")}
    told = {key.removeprefix("entry_"): value for key, value in lies.items() if key.startswith("entry_")}
    written = local(at.pop("name", name), content, **{**both, **at})
    return joined(written, entry(told.pop("name", name), content, **{**both, **told}))


def plain(members: Mapping[bytes, bytes], *, method: int = 8, base: int = 0, comment: bytes = b"") -> bytes:
    """Return an honest archive of MEMBERS, whose offsets are those behind BASE other bytes."""
    locals_, entries = b"", []
    for name, content in members.items():
        entries.append(entry(name, content, method=method, offset=base + len(locals_)))
        locals_ += local(name, content, method=method)
    directory = b"".join(entries)
    return locals_ + directory + end(len(entries), len(directory), base + len(locals_), comment)


def described(content: bytes, *, signed: bool = True, wide: bool = False) -> bytes:
    """Return the data descriptor of CONTENT, deflated."""
    form = "<LQQ" if wide else "<LLL"
    return b"PK\7\x08" * signed + struct.pack(form, zlib.crc32(content), len(packed(content)), len(content))


def zip_crypto(content: bytes, crc: int, password: bytes = b"secret") -> bytes:
    """Encrypt CONTENT as APPNOTE.TXT, 6.1 has it."""
    table = [_crc_of(number) for number in range(256)]
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(octet: int) -> None:
        keys[0] = table[(keys[0] ^ octet) & 0xFF] ^ (keys[0] >> 8)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & MAX32
        keys[2] = table[(keys[2] ^ (keys[1] >> 24)) & 0xFF] ^ (keys[2] >> 8)

    for octet in password:
        update(octet)
    found = bytearray()
    for octet in bytes(11) + bytes((crc >> 24,)) + content:
        mask = (keys[2] | 2) & 0xFFFF
        found.append(octet ^ (((mask * (mask ^ 1)) >> 8) & 0xFF))
        update(octet)
    return bytes(found)


def _crc_of(number: int) -> int:
    for _ in range(8):
        number = (number >> 1) ^ (0xEDB88320 if number & 1 else 0)
    return number


# --- what is asked of an archive ------------------------------------------------------------------------------------


def read(data: bytes, limits: Limits | None = None, declared: str = "") -> tuple[list[Child], list[Finding]]:
    """Open DATA as the worklist does; return members and findings."""
    limits = limits or Limits()
    ctx = pipeline.context(limits, b"", ENVELOPE)
    opened = Part(path=Path(), blob=Blob(data), origin="mime", declared=declared)
    children: list[Child] = []
    findings: list[Finding] = []
    for answer in ZipUnpacker().unpack(opened, containers(opened.blob), ctx):
        if isinstance(answer, Finding):
            findings.append(answer)
            continue
        children.append(answer)
        ctx.budget.spend_member()
        ctx.budget.spend_bytes(len(octets(answer)))
    return children, findings


def octets(child: Child) -> bytes:
    """Return the content of CHILD."""
    return child.data if isinstance(child.data, bytes) else child.data.data


def contents(data: bytes) -> list[bytes]:
    """Return the content of each member of DATA."""
    return [octets(child) for child in read(data)[0]]


def names(data: bytes) -> list[list[str]]:
    """Return the names of each member of DATA."""
    return [[name.text for name in child.names] for child in read(data)[0]]


def codes(data: bytes) -> list[str]:
    """Return what is found about DATA, each once."""
    return list(dict.fromkeys(str(found) for found in read(data)[1]))


def readings(data: bytes) -> dict[str, list[bytes]]:
    """Return the contents in each reading of DATA."""
    found: dict[str, list[bytes]] = {}
    for child in read(data)[0]:
        found.setdefault(child.reading, []).append(octets(child))
    return found


def sent(data: bytes, name: str = "a.zip") -> Report:
    """Examine a message with DATA attached as NAME."""
    return examine(Filter(), message(part(b"text"), attachment(data, name)))


# --- honest archives ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [0, 8, 12, 95])
def test_our_own_writer_is_honest(method: int) -> None:
    """Both zipfile and we read what it writes."""
    data = plain({b"a": NOISE, b"dir/b": b"two" * 100}, method=method)
    assert (contents(data), codes(data)) == ([NOISE, b"two" * 100], [])
    if method != 95:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            assert opened.read("a") == NOISE


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_method_of_the_standard_library_is_read(method: int) -> None:
    """With contents larger than a step."""
    large = NOISE * 300
    data = zip_of({"a": large, "empty": b"", "b": b"x"}, compression=method)
    assert (contents(data), codes(data)) == ([large, b"", b"x"], [])


class Unseekable(io.BytesIO):
    """A pipe."""

    def seekable(self) -> bool:
        """Nobody can go back to a local header and write sizes into it."""
        return False

    def tell(self) -> int:
        """Say no."""
        raise io.UnsupportedOperation

    def seek(self, *_: int) -> int:
        """Say no."""
        raise io.UnsupportedOperation


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_was_written_to_a_pipe_is_honest(method: int) -> None:
    """Sizes stand in data descriptors."""
    file = Unseekable()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in {"a": NOISE, "META-INF/MANIFEST.MF": b"x", "c/": b"", "d": zip_of({"x": b"y"})}.items():
            archive.writestr(name, content)
    data = file.getvalue()
    assert (contents(data), codes(data)) == ([NOISE, b"x", zip_of({"x": b"y"})], [])


def test_zip64_is_honest() -> None:
    """As zipfile writes it on demand."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a", "w", force_zip64=True) as member,
    ):
        member.write(NOISE)
    assert (contents(file.getvalue()), codes(file.getvalue())) == ([NOISE], [])


def test_a_zip64_end_record_is_followed() -> None:
    """The plain one in front of it has no room for its numbers."""
    locals_ = local(b"x.exe", EXE)
    directory = entry(b"x.exe", EXE)
    at = len(locals_) + len(directory)
    wide = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(directory), len(locals_))
    data = locals_ + directory + wide + struct.pack("<4sLQL", b"PK\6\7", 0, at, 1) + end(0xFFFF, MAX32, MAX32)
    assert (contents(data), codes(data)) == ([EXE], [])


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_archives_in_an_archive_are_its_members_only(method: int) -> None:
    """Their local headers stand in the data of a member, and are its own."""
    inner = zip_of({"x.exe": NOISE, "y": b"y"}, compression=zipfile.ZIP_STORED)
    data = zip_of({"a.docx": inner, "b.docx": inner + b"\0", "c": b"x"}, compression=method)
    assert (contents(data), codes(data)) == ([inner, inner + b"\0", b"x"], [])
    assert codes(data + b"\r\n") == ["irregular zip-trailing-data"]
    assert len(contents(data + b"\r\n")) == 3


def test_an_archive_that_was_added_to_is_honest() -> None:
    """Its old directory is overwritten."""
    file = io.BytesIO(zip_of({"a": NOISE}))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("b", b"two")
    assert (contents(file.getvalue()), codes(file.getvalue())) == ([NOISE, b"two"], [])


@pytest.mark.parametrize("prefix", [b"PK00", b"PK\7\x08"])
def test_what_was_made_to_be_split_is_honest(prefix: bytes) -> None:
    """APPNOTE.TXT, 8.5.4: a marker stands in front."""
    data = prefix + plain({b"a": NOISE}, base=4)
    assert (contents(data), codes(data)) == ([NOISE], [])


@pytest.mark.parametrize("told", [0, 1000], ids=["offsets as written", "offsets corrected"])
def test_a_self_extracting_program_is_honest(told: int) -> None:
    """A program in front, whether or not the offsets were corrected for it."""
    data = b"MZ" + bytes(998) + plain({b"a": NOISE}, base=told)
    assert (contents(data), codes(data)) == ([NOISE], [])


def test_a_program_may_hold_the_signatures() -> None:
    """Those that open zips do."""
    data = b"MZ PK\3\4 PK\5\6 PK\1\2" + bytes(range(256)) * 4 + plain({b"a": NOISE})
    assert (contents(data), codes(data)) == ([NOISE], [])


def test_a_signature_by_chance_is_passed_over() -> None:
    """It opens nothing, so there is nothing to say."""
    assert read(NOISE + b"PK\3\4" + NOISE) == ([], [])
    assert read(NOISE + b"PK\5\6" + NOISE) == ([], [])
    assert read(b"x" + b"PK\3\4" * 100_000) == ([], [])


def test_documents_in_a_container_of_another_kind_are_no_joined_archives() -> None:
    """A tar of two zips is honest; its own members are opened one by one."""
    import tarfile

    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name in ("a.docx", "b.docx"):
            data = zip_of({name: NOISE})
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    assert read(file.getvalue())[1] == []


def test_a_message_with_two_archives_is_no_joined_archive() -> None:
    """Binary attachments stand verbatim in it."""
    raw = message(*[part(zip_of({name: NOISE}), "application/zip") for name in ("a", "b")])
    for whole in (raw, raw[: raw.rfind(b"\n--")]):
        assert read(whole, declared="message/rfc822")[1] == []
        assert codes_of(examine(Filter(), whole), Kind.AMBIGUOUS) == []


def codes_of(report: Report, kind: Kind) -> list[str]:
    """Return the names of the findings of KIND in REPORT."""
    return [found.name for found in report.findings if found.kind is kind and found.name.startswith("zip")]


@given(
    members=st.lists(
        st.tuples(
            st.text("abc./ ü日\\:%", min_size=1, max_size=8).filter(lambda name: not name.endswith("/")),
            st.one_of(st.binary(max_size=400), st.sampled_from([NOISE, zip_of({"x": b"y"}), b"PK\3\4PK\5\6PK\1\2"])),
            st.sampled_from([0, 8, 12, 14]),
        ),
        max_size=6,
        unique_by=lambda member: member[0].split("\0")[0],
    ),
    piped=st.booleans(),
    comment=st.binary(max_size=20),
)
def test_well_formed_archives_have_exactly_their_members(
    *, members: list[tuple[str, bytes, int]], piped: bool, comment: bytes
) -> None:
    """Whatever they are called and hold."""
    file = Unseekable() if piped else io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.comment = comment
        for name, content, method in members:
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    children, findings = read(file.getvalue()) if members or not comment else ([], [])
    assert [(octets(child), child.reading) for child in children] == [(content, "") for _, content, _ in members]
    assert [child.names[0].text for child in children] == [zipfile.ZipInfo(name).filename for name, _, _ in members]
    assert findings == []


# --- names ----------------------------------------------------------------------------------------------------------


def test_both_names_go_to_the_rules() -> None:
    """Some readers take that of the directory, others that of the local header."""
    data = one(b"a.txt", EXE, local_name=b"x.exe")
    assert (names(data), contents(data), codes(data)) == ([["a.txt", "x.exe"]], [EXE], ["ambiguous zip-names"])


def unicode_path(name: bytes, text: str, crc: int | None = None) -> bytes:
    """Return an Info-ZIP Unicode Path field for NAME."""
    value = struct.pack("<BL", 1, zlib.crc32(name) if crc is None else crc) + text.encode()
    return struct.pack("<HH", 0x7075, len(value)) + value


@pytest.mark.parametrize("crc", [None, 1], ids=["its checksum", "another checksum"])
def test_a_name_in_the_unicode_field_goes_to_the_rules(crc: int | None) -> None:
    """Readers that know the field take it, and some don't look at its checksum."""
    data = one(b"a.txt", EXE, extra=unicode_path(b"a.txt", "x.exe", crc))
    assert (names(data), codes(data)) == ([["a.txt", "x.exe"]], ["ambiguous zip-names"])


def test_the_unicode_field_of_honest_writers_is_no_conflict() -> None:
    """It says in Unicode what the octets say in a code page."""
    raw = "Übung.txt".encode("cp437")
    data = one(raw, EXE, extra=unicode_path(raw, "Übung.txt"))
    assert codes(data) == []
    assert "Übung.txt" in names(data)[0]


def test_octets_that_are_no_utf_8_have_the_name_of_code_page_437_too() -> None:
    """APPNOTE.TXT, appendix D."""
    assert names(one(b"\x9a.exe", EXE)) == [["\x9a.exe", "Ü.exe"]]


def test_a_name_with_a_nul_is_kept() -> None:
    """Rules look at what stands in front of it as well."""
    (child,) = read(one(b"x.exe\0.txt", EXE))[0]
    assert child.names[0].text == "x.exe\0.txt"
    assert "x.exe" in child.names[0].forms


def test_a_link_is_a_member_with_its_target_as_a_name() -> None:
    """It is never followed."""
    data = one(b"link", b"../../etc/passwd", attributes=0o120777 << 16)
    (child,) = read(data)[0]
    assert [name.text for name in child.names] == ["link", "../../etc/passwd"]
    assert (octets(child), codes(data)) == (b"../../etc/passwd", [])


def test_a_folder_in_one_view_is_a_member() -> None:
    """If the other one names a file."""
    assert "x.exe" in names(one(b"folder/", b"", method=0, local_name=b"x.exe"))[0]


# --- views that differ ----------------------------------------------------------------------------------------------


def test_a_member_of_two_methods_has_two_contents() -> None:
    """Stored for one reader, deflated for another."""
    stored = packed(EXE)
    data = one(b"a", EXE, local_method=0, data=stored, local_crc=zlib.crc32(stored), local_size=len(stored))
    assert readings(data) == {"": [EXE], "zip-methods": [stored]}
    assert codes(data) == ["ambiguous zip-methods"]


def test_stored_data_of_two_sizes_have_two_contents() -> None:
    """The directory ends them earlier."""
    data = one(b"a", EXE, method=0, entry_packed=10, entry_size=10, entry_crc=zlib.crc32(EXE[:10]))
    assert readings(data) == {"": [EXE[:10]], "zip-sizes": [EXE]}
    assert codes(data) == ["ambiguous zip-sizes"]


def test_fields_that_change_no_content_are_irregular() -> None:
    """The data say themselves where they end."""
    data = one(b"a", EXE, local_crc=1, local_size=7)
    assert EXE in contents(data)
    assert codes(one(b"a", EXE, local_crc=1)) == ["irregular zip-fields"]


@pytest.mark.parametrize("wrong", [-5, 5, 40])
def test_a_lie_about_the_compressed_size_hides_nothing(wrong: int) -> None:
    """The stream's own end counts, and the directory's as well."""
    size = len(packed(EXE))
    data = one(b"x.exe", EXE, packed=size + wrong)
    assert EXE in contents(data)
    assert codes(data)


@pytest.mark.parametrize("size", [0, 5, 10_000])
def test_a_lie_about_the_size_hides_nothing(size: int) -> None:
    """It is read to its end, and as far as is told."""
    data = one(b"x.exe", EXE, size=size)
    assert contents(data) == ([EXE, EXE[:5]] if size == 5 else [EXE])
    assert "unscannable corrupt" in codes(data)


def test_a_member_that_says_less_than_it_holds_is_read_in_steps() -> None:
    """No more than the Budget, whatever it says."""
    data = one(b"x", bytes(50 * MIB), size=10)
    with pytest.raises(LimitReached):
        read(data, Limits(unpacked_bytes=MIB))


# --- members that only one view knows -------------------------------------------------------------------------------


def test_a_member_that_no_directory_lists_is_found() -> None:
    """Readers that go from one local header to the next see it."""
    first = local(b"a.txt", b"text")
    data = joined(first + local(b"x.exe", EXE), entry(b"a.txt", b"text"))
    assert readings(data) == {"": [b"text"], "zip-local-only": [EXE]}
    assert codes(data) == ["ambiguous zip-local-only"]


@pytest.mark.parametrize(("signed", "wide"), [(True, False), (False, False), (True, True), (False, True)])
@pytest.mark.parametrize("method", [0, 8])
def test_a_member_without_sizes_is_found(method: int, *, signed: bool, wide: bool) -> None:
    """They stand behind its data, in four spellings."""
    form = "<LQQ" if wide else "<LLL"
    said = struct.pack(form, zlib.crc32(EXE), len(packed(EXE, method)), len(EXE))
    hidden = local(b"x.exe", EXE, flags=8, method=method, crc=0, packed=0, size=0) + b"PK\7\x08" * signed + said
    data = joined(hidden + local(b"a.txt", b"text"), entry(b"a.txt", b"text", offset=len(hidden)))
    assert readings(data) == {"": [b"text"], "zip-local-only": [EXE]}
    assert codes(data) == ["ambiguous zip-local-only"]


def test_a_member_that_only_the_directory_knows_is_named() -> None:
    """There are no data to read."""
    data = joined(local(b"a", b"text"), entry(b"a", b"text"), entry(b"x.exe", EXE, offset=5))
    assert (names(data), codes(data)) == ([["a"], ["x.exe"]], ["unscannable corrupt"])


@pytest.mark.parametrize("count", [1, 2, 5])
def test_an_archive_without_a_directory_is_read(count: int) -> None:
    """By its local headers; it is corrupt all the same."""
    data = b"".join(local(b"%d.exe" % number, EXE + b"%d" % number) for number in range(count))
    assert contents(data) == [EXE + b"%d" % number for number in range(count)]
    assert codes(data) == ["unscannable corrupt"]


def test_a_member_in_the_comment_is_found() -> None:
    """It is a local header like any other."""
    assert EXE in contents(plain({b"a": b"text"}, comment=local(b"x.exe", EXE)))


def test_two_members_of_one_name_are_two() -> None:
    """Readers differ in which one they take."""
    first = local(b"a", b"one")
    data = joined(first + local(b"a", EXE), entry(b"a", b"one"), entry(b"a", EXE, offset=len(first)))
    assert contents(data) == [b"one", EXE]


# --- several directories --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("corrected", [True, False])
@pytest.mark.parametrize("between", [b"", b"junk" * 50])
def test_joined_archives_are_read_all(between: bytes, *, corrected: bool) -> None:
    """One reader takes the first, another the last."""
    first = plain({b"x.exe": EXE})
    second = plain({b"a.txt": b"text"}, base=len(first + between) if corrected else 0)
    data = first + between + second
    assert {EXE, b"text"} <= set(contents(data))
    assert "ambiguous zip-directories" in codes(data)


def test_a_fake_end_record_in_the_comment_hides_nothing() -> None:
    """Readers that search from the end meet it first."""
    fake = end(0, 0, 0)
    for comment in (fake, fake + b"x" * 30, end(1, 10, 20), end(7, 46, 0)):
        data = plain({b"x.exe": EXE}, comment=comment)
        assert EXE in contents(data)
        assert "ambiguous zip-directories" in codes(data)


def test_a_whole_archive_in_the_comment_is_read() -> None:
    """And the one whose comment it is."""
    data = plain({b"x.exe": EXE}, comment=plain({b"a.txt": b"text"}))
    assert {EXE, b"text"} <= set(contents(data))
    assert "ambiguous zip-directories" in codes(data)


def test_a_second_directory_for_the_same_data_gives_the_other_names() -> None:
    """Both end records lead somewhere."""
    data = one(b"x.exe", EXE)
    again = entry(b"a.txt", EXE)
    data += again + end(1, len(again), len(data))
    assert sorted(names(data)[0]) == ["a.txt", "x.exe"]
    assert {"ambiguous zip-names", "ambiguous zip-directories"} <= set(codes(data))


def test_an_end_record_that_leads_to_the_same_directory_is_irregular() -> None:
    """All readers see the same."""
    data = plain({b"a": NOISE})
    again = data + data[data.rfind(b"PK\5\6") :]
    assert contents(again) == [NOISE]
    assert codes(again) == ["irregular zip-end-records"]


def test_a_count_that_is_too_small_hides_nothing() -> None:
    """Readers that count see fewer members than those that read on."""
    data = bytearray(plain({b"a": b"text", b"x.exe": EXE}))
    at = data.rfind(b"PK\5\6")
    data[at + 8] = data[at + 10] = 1
    assert (contents(bytes(data)), codes(bytes(data))) == ([b"text", EXE], ["ambiguous zip-count"])


def test_a_count_that_is_too_large_is_corrupt() -> None:
    """Something is missing."""
    data = bytearray(plain({b"a": b"text"}))
    at = data.rfind(b"PK\5\6")
    data[at + 8] = data[at + 10] = 9
    assert (contents(bytes(data)), codes(bytes(data))) == ([b"text"], ["unscannable corrupt"])


def test_offsets_that_point_to_two_places_are_both_followed() -> None:
    """Counted from the start of the file, and from where the archive must begin."""
    decoy = local(b"a.txt", b"text")
    behind = local(b"x.exe", EXE)
    data = decoy + joined(behind, entry(b"x.exe", EXE))
    assert {b"text", EXE} <= set(contents(data))
    assert "ambiguous zip-offsets" in codes(data)


def test_a_zip64_record_that_says_something_else_is_followed_too() -> None:
    """Some readers take it only where the plain record is too small, others always."""
    first, second = local(b"a.txt", b"text"), local(b"x.exe", EXE)
    one_entry, other = entry(b"a.txt", b"text"), entry(b"x.exe", EXE, offset=len(first))
    start = len(first + second)
    at = start + len(one_entry + other)
    wide = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(other), start + len(one_entry))
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, at, 1)
    data = first + second + one_entry + other + wide + locator + end(1, len(one_entry), start)
    assert set(contents(data)) == {b"text", EXE}
    assert [code for code in codes(data) if code.startswith("ambiguous")]


# --- members in members ---------------------------------------------------------------------------------------------


def test_members_in_the_data_of_one_that_is_in_doubt_are_found() -> None:
    """Where the directory lies about the size, what it covers is looked at."""
    hidden = local(b"x.exe", EXE)
    text = packed(b"text")
    data = joined(head(b"a", b"text") + text + hidden, entry(b"a", b"text", packed=len(text + hidden)))
    assert EXE in contents(data)
    assert "ambiguous zip-local-only" in codes(data)


def test_a_header_at_the_end_of_data_that_are_in_doubt_is_found() -> None:
    """Only its first octets lie in what the directory covers."""
    text = packed(b"text")
    for more in range(6):
        locals_ = head(b"a", b"text") + text + local(b"x.exe", EXE)
        assert EXE in contents(joined(locals_, entry(b"a", b"text", packed=len(text) + more)))


def test_directories_in_the_data_of_one_that_is_in_doubt_are_followed() -> None:
    """They may have other names for what is found there."""
    hidden = one(b"x.exe", EXE, local_name=b"b.txt")
    text = packed(b"text")
    data = joined(head(b"a", b"text") + text + hidden, entry(b"a", b"text", packed=len(text + hidden)))
    assert {EXE, b"text"} <= set(contents(data))
    assert "x.exe" in [name for found in names(data) for name in found]


def test_folders_without_end_are_over_the_limit() -> None:
    """They are no parts, but there is an end to listing them."""
    names_ = [b"%05d/" % number for number in range(500)]
    locals_ = [local(name, method=0) for name in names_]
    entries = [entry(name, method=0, offset=number * len(locals_[0])) for number, name in enumerate(names_)]
    data = joined(b"".join(locals_), *entries)
    assert read(data) == ([], [])
    children, findings = read(data, Limits(members=10))
    assert (children, [str(found) for found in findings]) == ([], ["unscannable over-limit"])


def test_data_listed_under_many_names_are_refused_unread() -> None:
    """A full overlap: 500 entries for one member."""
    content = bytes(MIB)
    entries = [entry(b"%d.exe" % number, content) for number in range(500)]
    children, findings = read(joined(local(b"0.exe", content), *entries))
    assert [str(found) for found in findings] == ["unscannable corrupt"]
    assert "overlap" in findings[0].detail
    assert not any(octets(child) for child in children)
    assert {name.text for child in children for name in child.names} == {f"{number}.exe" for number in range(500)}


def test_data_quoted_in_each_other_are_refused_unread() -> None:
    """Each member goes on over the headers of all that follow it."""
    kernel = packed(bytes(MIB))
    tail, entries = b"", []
    whole = 40 * 36 + len(kernel)
    for number in reversed(range(40)):
        name = b"%06d" % number
        data = tail or kernel
        said = {"packed": len(data), "size": MIB, "crc": 0, "data": data}
        tail = head(name, **said) + data
        entries.append(entry(name, **{**said, "offset": whole - len(tail)}))
    assert len(tail) == whole
    children, findings = read(joined(tail, *reversed(entries)))
    assert [str(found) for found in findings] == ["unscannable corrupt"]
    assert not any(octets(child) for child in children)
    assert len(children) == 40


def test_two_members_that_overlap_are_read_and_corrupt() -> None:
    """They are no bomb, but no archiver has written them."""
    data = joined(local(b"x.exe", EXE, method=0), entry(b"x.exe", EXE, method=0), entry(b"a.txt", EXE, method=0))
    assert contents(data) == [EXE]
    assert sorted(names(data)[0]) == ["a.txt", "x.exe"]
    assert "unscannable corrupt" in codes(data)


# --- encryption -----------------------------------------------------------------------------------------------------


def encrypted(name: bytes, content: bytes, *, flags: int = 1) -> bytes:
    """Return an archive with CONTENT encrypted."""
    data = zip_crypto(packed(content), zlib.crc32(content))
    return one(name, content, flags=flags, data=data, packed=len(data))


def test_our_cipher_is_that_of_zipfile() -> None:
    """So the tests below test something."""
    with zipfile.ZipFile(io.BytesIO(encrypted(b"x.exe", EXE))) as archive:
        assert archive.read("x.exe", b"secret") == EXE


def test_the_name_of_an_encrypted_member_is_seen() -> None:
    """Rules on names hold for it."""
    report = sent(encrypted(b"x.exe", EXE))
    (found,) = report.findings
    assert (str(found), str(found.part), found.detail) == ("unscannable encrypted", "1.2", "zip member 'x.exe'")
    assert [name.text for child in report.message.parts if child.origin == "zip" for name in child.names] == ["x.exe"]


def test_an_encrypted_archive_passes_by_default() -> None:
    """Honest people send them; the header line says so."""
    assert sent(encrypted(b"a.txt", b"secret")).decision.action is Action.ACCEPT


@pytest.mark.parametrize("method", [0, 8])
def test_encrypted_data_are_not_read(method: int) -> None:
    """Nobody here knows the password."""
    data = zip_crypto(packed(EXE, method), zlib.crc32(EXE))
    archive = one(b"x.exe", EXE, method=method, flags=1, data=data, packed=len(data))
    assert (contents(archive), codes(archive)) == ([b""], ["unscannable encrypted"])


def test_aes_is_encrypted() -> None:
    """Method 99 with a field of WinZip's."""
    field = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, 8)
    archive = one(b"x.exe", EXE, method=99, flags=1, extra=field, data=NOISE, packed=len(NOISE), crc=0)
    assert (names(archive), codes(archive)) == ([["x.exe"]], ["unscannable encrypted"])


def test_strong_encryption_is_encrypted() -> None:
    """APPNOTE.TXT, 7."""
    archive = one(b"x.exe", EXE, flags=0x41, data=NOISE, packed=len(NOISE))
    assert codes(archive) == ["unscannable encrypted"]


def test_an_encrypted_directory_is_encrypted() -> None:
    """The local headers hide what they say, and there is no entry to be read."""
    locals_ = local(b"1", EXE, flags=0x2041, crc=0, size=0, data=NOISE, packed=len(NOISE))
    data = locals_ + NOISE[:100] + end(1, 100, len(locals_))
    assert codes(data) == ["unscannable encrypted"]


@pytest.mark.parametrize("method", [0, 8])
@pytest.mark.parametrize("where", ["flags", "local_flags", "entry_flags"])
def test_what_is_only_said_to_be_encrypted_is_read(where: str, method: int) -> None:
    """Readers that pass over the flag get the content."""
    data = one(b"x.exe", EXE, method=method, **{where: 1})
    assert (contents(data), codes(data)) == ([EXE], ["ambiguous zip-encryption-flag"])


# --- methods and broken data ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [0, 4], ids=["with its end mark", "without"])
@pytest.mark.parametrize("flags", [0, 2])
def test_lzma_ends_at_its_mark_or_at_its_size(cut: int, flags: int) -> None:
    """APPNOTE.TXT, 4.4.4: a flag says which."""
    chosen = {"id": lzma.FILTER_LZMA1, "preset": 6, "dict_size": 1 << 16}
    stream = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=[chosen])
    raw = stream.compress(EXE * 9) + stream.flush()
    data = b"\x09\x14\x05\x00\x5d" + struct.pack("<L", 1 << 16) + raw[: len(raw) - cut]
    archive = one(b"x.exe", EXE * 9, method=14, flags=flags, data=data)
    assert EXE * 9 in contents(archive)
    assert codes(archive) == ([] if not cut or not flags else ["unscannable corrupt"])


@pytest.mark.parametrize("method", [0, 12, 14, 93, 95])
def test_a_bomb_of_any_method_is_read_in_steps(method: int) -> None:
    """No more than the Budget and a step."""
    content = bytes(8 * MIB)
    if method == 14:
        archive = zip_of({"x": content}, compression=zipfile.ZIP_LZMA)
    elif method == 93:
        archive = one(b"x", content, method=93, data=pytest.importorskip("zstandard").compress(content))
    else:
        archive = one(b"x", content, method=method)
    opened = Part(path=Path(), blob=Blob(archive), origin="mime")
    ctx = pipeline.context(Limits(unpacked_bytes=MIB), b"", ENVELOPE)
    first = next(iter(ZipUnpacker().unpack(opened, (Container("zip", 0),), ctx)))
    assert isinstance(first, Child)
    assert MIB < len(octets(first)) <= MIB + STEP


def test_zstandard_is_read() -> None:
    """Where a library for it is there."""
    zstandard = pytest.importorskip("zstandard")
    data = zstandard.compress(EXE * 1000)
    archive = one(b"x.exe", EXE * 1000, method=93, data=data)
    assert (contents(archive), codes(archive)) == ([EXE * 1000], [])


def test_deflate64_is_read() -> None:
    """Where a library for it is there."""
    import inflate64

    stream = inflate64.Deflater()
    data = stream.deflate(EXE * 1000) + stream.flush()
    archive = one(b"x.exe", EXE * 1000, method=9, data=data)
    assert (contents(archive), codes(archive)) == ([EXE * 1000], [])


@pytest.mark.parametrize("method", [1, 6, 10, 97, 98])
def test_a_method_without_a_reader_says_so(method: int) -> None:
    """The name is seen all the same."""
    archive = one(b"x.exe", EXE, method=method)
    assert (names(archive), codes(archive)) == ([["x.exe"]], ["unscannable no-unpacker"])


def test_a_method_that_nobody_knows_is_corrupt() -> None:
    """It has no meaning in the format."""
    archive = one(b"x.exe", EXE, method=0x4DD)
    assert names(archive) == [["x.exe"]]
    assert "unscannable corrupt" in codes(archive)


def test_a_method_is_read_by_its_lower_octet_too() -> None:
    """As libarchive does."""
    archive = one(b"x.exe", EXE, method=0x1808, data=packed(EXE))
    assert readings(archive) == {"": [b""], "zip-methods": [EXE]}
    assert codes(archive) == ["ambiguous zip-methods", "unscannable corrupt"]
    assert EXE in contents(joined(local(b"a") + local(b"x.exe", EXE, method=0x1808, data=packed(EXE)), entry(b"a")))


@pytest.mark.parametrize("where", ["flags", "local_flags", "entry_flags"])
def test_a_false_flag_and_a_wrong_checksum_hide_nothing(where: str) -> None:
    """Each of the two would be passed over by some reader."""
    for method in (0, 8):
        archive = one(b"x.exe", EXE, method=method, crc=1, **{where: 1})
        assert contents(archive) == [EXE]
        assert {"ambiguous zip-encryption-flag", "unscannable corrupt"} == set(codes(archive))


def test_an_encrypted_folder_with_data_is_seen() -> None:
    """Its name may hide a file."""
    assert names(one(b"x.exe/", EXE, flags=1, data=NOISE, packed=len(NOISE))) == [["x.exe/"]]


@pytest.mark.parametrize("method", [0, 8, 12, 95])
def test_a_wrong_checksum_hides_nothing(method: int) -> None:
    """Readers extract it with a warning."""
    archive = one(b"x.exe", EXE, method=method, crc=1)
    assert (contents(archive), codes(archive)) == ([EXE], ["unscannable corrupt"])


def test_what_a_broken_stream_gave_is_scanned() -> None:
    """To the last octet in front of where it broke."""
    stream = zlib.compressobj(0, zlib.DEFLATED, -15)
    good = stream.compress(eicar()) + stream.flush(zlib.Z_FULL_FLUSH)
    archive = one(b"x.exe", eicar(), data=good + b"\xff" * 20, packed=len(good) + 20)
    assert (contents(archive), codes(archive)) == ([eicar()], ["unscannable corrupt"])


def test_a_large_broken_stream_gives_all_that_is_there() -> None:
    """Steps and chunks lose nothing."""
    content = NOISE * 100 + eicar()
    stream = zlib.compressobj(1, zlib.DEFLATED, -15)
    good = stream.compress(content) + stream.flush(zlib.Z_FULL_FLUSH)
    archive = one(b"x", content, data=good + b"\xff" * 20, packed=len(good) + 20)
    assert contents(archive) == [content]


@pytest.mark.parametrize("method", [0, 8, 12, 14])
def test_a_cut_archive_is_never_clean(method: int) -> None:
    """Wherever it is cut; what is there is read."""
    data = zip_of({"a.txt": b"text" * 9, "x.exe": EXE}, compression=method)
    for at in range(4, len(data)):
        children, findings = read(data[:at])
        assert "unscannable" in {found.kind for found in findings}, at
        if at > data.find(b"PK\1\2"):
            assert EXE in [octets(child) for child in children], at


@given(st.data())
def test_a_changed_archive_is_never_clean_with_fewer_members(drawn: st.DataObject) -> None:
    """Whichever bit is flipped."""
    members = {"a.txt": b"text" * 9, "x.exe": EXE, "dir/z.zip": zip_of({"y": b"y"})}
    data = bytearray(zip_of(members, compression=drawn.draw(st.sampled_from([0, 8]))))
    at = drawn.draw(st.integers(0, len(data) - 1))
    data[at] ^= 1 << drawn.draw(st.integers(0, 7))
    opened = Part(path=Path(), blob=Blob(bytes(data)), origin="mime")
    ctx = pipeline.context(Limits(), b"", ENVELOPE)
    answers = list(ZipUnpacker().unpack(opened, (Container("zip", 0),), ctx))
    found = [octets(answer) for answer in answers if isinstance(answer, Child)]
    if not any(isinstance(answer, Finding) for answer in answers):
        assert found == list(members.values())


@given(st.binary(max_size=300), st.data())
def test_no_bytes_make_it_raise(noise: bytes, drawn: st.DataObject) -> None:
    """Nor give more than the Budget and a step."""
    data = bytearray(one(b"a", EXE, method=drawn.draw(st.sampled_from([0, 8, 9, 12, 14, 93, 95, 99]))))
    at = drawn.draw(st.integers(0, len(data)))
    cases = [b"PK\3\4" + noise, noise + b"PK\5\6" + noise, bytes(data[:at]) + noise + bytes(data[at + len(noise) :])]
    for case in cases:
        opened = Part(path=Path(), blob=Blob(case), origin="mime")
        ctx = pipeline.context(Limits(unpacked_bytes=500), b"", ENVELOPE)
        total = 0
        for answer in ZipUnpacker().unpack(opened, (Container("zip", 0),), ctx):
            if isinstance(answer, Child):
                total += len(octets(answer))
                assert total <= 500 + STEP
                if total > 500:
                    break
                ctx.budget.spend_bytes(len(octets(answer)))


def test_hostile_shapes_take_bounded_time() -> None:
    """Records without end, each of which points to the others."""
    records = end(0xFFFF, 46, 0)
    shapes = [
        records * 40_000,
        b"PK\3\4" * 200_000,
        head(b"a", flags=8, method=0, packed=0) * 20_000,
        head(b"a", flags=8, method=8, packed=0) * 20_000,
        entry(b"a") * 15_000 + records * 1000,
        joined(local(b"a", b""), *[entry(b"a")] * 5000),
        b"PK\7\x08" * 200_000 + head(b"a", flags=8, method=0, packed=0) * 1000,
    ]
    for shape in shapes:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        try:
            read(b"PK\3\4" + shape)
        except LimitReached:
            continue
        assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 20


# --- EICAR in every trick, through the whole examination --------------------------------------------------------------


TRICKS: dict[str, Callable[[], bytes]] = {
    "prepended": lambda: b"junk" * 9 + one(b"x.exe", eicar()),
    "appended": lambda: one(b"x.exe", eicar()) + b"junk" * 9,
    "joined, first": lambda: one(b"x.exe", eicar()) + one(b"a", b"text"),
    "joined, last": lambda: one(b"a", b"text") + one(b"x.exe", eicar()),
    "no directory": lambda: local(b"x.exe", eicar()),
    "fake end record": lambda: plain({b"x.exe": eicar()}, comment=end(0, 0, 0)),
    "false encryption": lambda: one(b"x.exe", eicar(), flags=1),
    "local name": lambda: one(b"a.txt", eicar(), local_name=b"x.exe"),
    "method in the directory": lambda: one(b"x.exe", eicar(), entry_method=0, entry_data=packed(eicar())),
    "in a stored zip": lambda: plain({b"a": plain({b"x.exe": eicar()}, method=0)}, method=0),
    "size of nothing": lambda: one(b"x.exe", eicar(), method=0, local_size=0, local_packed=0),
    "wide apart": lambda: bytes(3 * MIB) + one(b"x.exe", eicar()) + bytes(70_000),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_what_a_trick_hides_is_scanned(trick: str) -> None:
    """And its name is known."""
    report = sent(TRICKS[trick]())
    assert eicar() in [child.blob.data for child in report.message.parts]
    assert "x.exe" in [name.text for child in report.message.parts for name in child.names]


@pytest.mark.parametrize("code", [*AMBIGUOUS, *IRREGULAR])
def test_every_code_has_a_meaning(code: str) -> None:
    """One that begins in lower case and has no full stop."""
    meaning = {**AMBIGUOUS, **IRREGULAR}[code]
    assert code.startswith("zip-")
    assert meaning[0].islower() or meaning.startswith("a ")
    assert not meaning.endswith(".")


# --- what others wrote ----------------------------------------------------------------------------------------------

MEASURED = """
import re, sys, time
from qsfilter import Filter, Limits
from qsfilter.testing import attachment, eicar, examine, message, part
data = open(sys.argv[1], "rb").read()
started = time.monotonic()
limits = Limits(**eval(sys.argv[2]))
report = examine(Filter(limits=limits), message(part(b"text"), attachment(data, "a.zip")))
kinds = sorted({str(found) for found in report.findings})
print(any(eicar() in one.blob.data for one in report.message.parts if one.origin == "zip"))
print(kinds)
taken = time.monotonic() - started
highest = re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1]  # ru_maxrss is also the parent's
print(taken, highest)
"""
OVER, CORRUPT = "unscannable over-limit", "unscannable corrupt"
BOMBS: dict[tuple[str, str], tuple[bool, list[str]]] = {
    ("nest-1.zip", "{}"): (True, []),
    ("nest-5.zip", "{}"): (True, []),
    ("nest-10.zip", "{}"): (True, []),
    ("nest-20.zip", "{}"): (False, [OVER]),
    ("nest-60.zip", "{}"): (False, [OVER]),
    ("flat-64MiB.zip", "{}"): (False, []),
    ("flat-64MiB.zip", "{'unpacked_bytes': 33554432}"): (False, [OVER]),
    ("lying-size.zip", "{}"): (False, ["ambiguous zip-sizes", CORRUPT]),
    ("overlap-full-1000x1MiB.zip", "{}"): (False, [CORRUPT]),
    ("overlap-quoted-200x1MiB.zip", "{}"): (False, [CORRUPT]),
    ("members-20001.zip", "{}"): (False, [OVER]),
    ("members-20001.zip", "{'members': 25000, 'parts': 30000}"): (True, []),
}


@pytest.mark.corpora
@pytest.mark.parametrize("bomb", BOMBS, ids=" ".join)
def test_bombs_end_in_bounded_time_and_memory(bomb: tuple[str, str], corpora: Callable[[str], FilePath]) -> None:
    """Each in a process of its own, so that its memory can be measured."""
    name, limits = bomb
    (file,) = corpora("bombs").rglob(name)
    command = [sys.executable, "-c", MEASURED, str(file), limits]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    found, kinds, measured = done.stdout.splitlines()
    seconds, kilobytes = measured.split()
    assert (found, kinds) == (str(BOMBS[bomb][0]), str(BOMBS[bomb][1]))
    assert float(seconds) < 10
    assert int(kilobytes) < 256 * 1024


ODD_ARCHIVES = {
    "readme.zip": ["irregular zip-trailing-data"],
    "test-trailing-junk.zip": ["irregular zip-trailing-data"],
    "test-baddirsz.zip": ["irregular zip-fields"],
}
"""Name → what is found about it; every other archive is honest."""


@pytest.mark.corpora
def test_archives_of_many_writers_are_read(corpora: Callable[[str], FilePath]) -> None:
    """Exactly the members that zipfile lists, where it can read them at all."""
    files = [path for path in sorted(corpora("archives").rglob("*")) if path.suffix == ".zip"]
    assert len(files) > 30
    for path in files:
        data = path.read_bytes()
        assert codes(data) == ODD_ARCHIVES.get(path.name, []), path.name
        if path.name not in ODD_ARCHIVES:
            with zipfile.ZipFile(path) as archive:
                expected = [archive.read(info) for info in archive.infolist() if not info.is_dir()]
            assert contents(data) == expected, path.name


@pytest.mark.servers
def test_archives_of_info_zip_are_honest(tmp_path: FilePath) -> None:
    """Also one that was written to a pipe."""
    if not os.path.exists("/usr/bin/zip"):
        pytest.skip("there is no zip here")
    (tmp_path / "x.txt").write_bytes(NOISE)
    (tmp_path / "x.link").symlink_to("x.txt")
    commands = [["-", "x.txt"], ["-fd", "-", "x.txt"], ["-fz-", "-", "x.txt"], ["-y", "out.zip", "x.txt", "x.link"]]
    for arguments in commands:
        command = ["/usr/bin/zip", "-q", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=20, check=True)
        data = done.stdout or (tmp_path / "out.zip").read_bytes()
        assert (contents(data), codes(data)) == (
            [NOISE, b"x.txt"][: arguments.count("x.txt") + arguments.count("x.link")],
            [],
        )
    piped = subprocess.run(["/usr/bin/zip", "-q", "-", "-"], input=NOISE, capture_output=True, timeout=20, check=True)
    assert (contents(piped.stdout), codes(piped.stdout)) == ([NOISE], [])
