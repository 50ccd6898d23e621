"""Opening archives: by content, within the Budget, and never taken for clean where that was not possible."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Child, Entry, Filter, Kind, Limits, Policy
from qsfilter.actions import Action
from qsfilter.testing import attachment, eicar, examine, message, part, zip_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter import Part, Report

PLAIN = Filter()
MIB = 1 << 20
NOISE = bytes(range(256)) * 700
RANDOM = random.Random(1).randbytes(3 * MIB)  # noqa: S311 - what can't be compressed


def opened(data: bytes, name: str = "a.bin", chosen: Filter = PLAIN) -> Report:
    """Examine a message with DATA attached as NAME."""
    return examine(chosen, message(part(b"text"), attachment(data, name)))


def members(report: Report) -> dict[str, bytes]:
    """Return path below the attachment → content of what was unpacked."""
    found = [one for one in report.message.parts if one.origin != "mime" and one.path.steps]
    return {str(one.path).removeprefix("1.2 > "): one.blob.data for one in found}


def names(report: Report) -> list[str]:
    """Return the names of what was unpacked."""
    return [name.text for one in report.message.parts if one.origin in {"zip", "gzip"} for name in one.names]


def codes(report: Report) -> list[str]:
    """Return kind and name of each finding."""
    return [str(found) for found in report.findings]


def limited(**limits: int) -> Filter:
    """Return a filter with LIMITS."""
    return Filter(limits=Limits(**limits))


# --- zip ------------------------------------------------------------------------------------------------------------


def test_members_of_a_zip_are_parts() -> None:
    """Each with its name and its content."""
    report = opened(zip_of({"a.txt": b"one", "dir/b.txt": b"two"}), "a.zip")
    assert members(report) == {'"a.zip" > "a.txt"': b"one", '"a.zip" > "dir/b.txt"': b"two"}
    assert codes(report) == []


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_usual_compression_is_read(compression: int) -> None:
    """All that the standard library knows."""
    assert list(members(opened(zip_of({"a": NOISE}, compression=compression))).values()) == [NOISE]


def test_a_zip_is_known_by_its_content() -> None:
    """Neither its name nor its type counts."""
    raw = message(part(b"text"), attachment(zip_of({"x.exe": b"MZ"}), "photo.jpg", "image/jpeg"))
    assert names(examine(PLAIN, raw)) == ["x.exe"]


def test_a_zip_in_a_zip_is_opened() -> None:
    """What is found joins the list of what is opened."""
    report = opened(zip_of({"inner.zip": zip_of({"x.exe": eicar()})}), "outer.zip")
    assert members(report)['"outer.zip" > "inner.zip" > "x.exe"'] == eicar()


def test_a_message_that_is_an_archive_is_opened() -> None:
    """A mail may be nothing but its attachment."""
    raw = b"Content-Type: application/zip\nContent-Transfer-Encoding: binary\n\n" + zip_of({"x.exe": b"MZ"})
    assert names(examine(PLAIN, raw)) == ["x.exe"]


@pytest.mark.parametrize("declared", ["multipart/mixed; boundary=b", "multipart/zip", "message/rfc822", "text/plain"])
@pytest.mark.parametrize("coding", ["base64", "binary"])
def test_no_declared_type_keeps_an_archive_closed(declared: str, coding: str) -> None:
    """A reader that does not believe the type saves the bytes."""
    data = zip_of({"x.exe": eicar()})
    entity = attachment(data, "a.zip", declared) if coding == "base64" else part(data, declared)
    report = examine(PLAIN, message(part(b"text"), entity))
    assert "x.exe" in names(report)


def test_a_folder_in_a_zip_is_no_part() -> None:
    """It has no content."""
    assert list(members(opened(zip_of({"dir/": b"", "dir/a": b"x"}, compression=zipfile.ZIP_STORED))).values()) == [
        b"x"
    ]


def test_a_folder_with_content_is_a_part() -> None:
    """A name that ends with a slash hides nothing."""
    archive = bytearray(zip_of({"x.exeX": eicar()}, compression=zipfile.ZIP_STORED))
    assert list(members(opened(bytes(archive).replace(b"x.exeX", b"x.exe/"))).values()) == [eicar()]


def test_a_zip_may_be_empty() -> None:
    """It is opened, and nothing is in it."""
    report = opened(zip_of({}))
    assert (members(report), codes(report)) == ({}, [])


def test_two_members_of_one_name_are_two_parts() -> None:
    """Readers differ in which one they take."""
    archive = zip_of({"a.txt": b"one", "b.txt": b"two"}).replace(b"b.txt", b"a.txt")
    assert [one.blob.data for one in opened(archive).message.parts if one.origin == "zip"] == [b"one", b"two"]


@pytest.mark.parametrize("name", ["日本.exe", "\u202egpj.exe"], ids=ascii)
def test_a_name_in_utf_8_is_read(name: str) -> None:
    """The flag of the archive says so."""
    assert names(opened(zip_of({name: b"x"}))) == [name]


def test_a_name_without_the_flag_is_read_as_mailers_write_it() -> None:
    """In UTF-8 all the same."""
    archive = zip_of({"XYbung.exe": b"x"}).replace(b"XY", "Ü".encode())
    assert names(opened(archive)) == ["Übung.exe"]


def test_a_name_is_not_cut_at_a_nul() -> None:
    """Rules look at what stands behind it too."""
    archive = zip_of({"a.exe_b.txt": b"x"}).replace(b"a.exe_b.txt", b"a.exe\0b.txt")
    (found,) = [one for one in opened(archive).message.parts if one.origin == "zip"]
    assert found.names[0].text == "a.exe\0b.txt"
    assert "a.exe" in found.names[0].forms


# --- what can't be read ---------------------------------------------------------------------------------------------


def test_a_member_with_a_wrong_checksum_is_corrupt() -> None:
    """It is not what its sender had packed."""
    archive = zip_of({"x.exe": b"content"}, compression=zipfile.ZIP_STORED).replace(b"content", b"CONTENT")
    assert codes(opened(archive)) == ["unscannable corrupt"]


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_member_with_a_wrong_checksum_is_scanned(compression: int) -> None:
    """Readers extract it with a warning."""
    archive = bytearray(zip_of({"x.exe": eicar()}, compression=compression))
    for at in (14, archive.find(b"PK\x01\x02") + 16):
        archive[at] ^= 1
    assert list(members(opened(bytes(archive), "a.zip")).items()) == [('"a.zip" > "x.exe"', eicar())]


def test_the_name_of_a_broken_member_is_seen() -> None:
    """Rules on names hold for what can't be read."""
    archive = zip_of({"x.exe": b"x"}).replace(b"\x08\x00", b"\x63\x00")  # a compression that nobody knows
    report = opened(archive)
    assert (names(report), codes(report)) == (["x.exe"], ["unscannable corrupt"])


def test_a_broken_member_keeps_none_of_the_others_closed() -> None:
    """Each is read on its own."""
    archive = zip_of({"a": b"first", "b": b"second", "c": b"third"}, compression=zipfile.ZIP_STORED)
    report = opened(archive.replace(b"second", b"SECOND"))
    assert [data for path, data in members(report).items() if path.endswith(('"a"', '"c"'))] == [b"first", b"third"]


@pytest.mark.parametrize(
    "archive",
    [
        zip_of({"a": NOISE})[:-30],
        b"PK\x03\x04" + b"noise" * 20,
        b"PK\x05\x06",
        zip_of({"a": b"x"}).replace(b"PK\x01\x02", b"PK\x01\x03"),
    ],
    ids=["cut", "noise", "end alone", "no directory"],
)
def test_a_broken_zip_is_corrupt(archive: bytes) -> None:
    """It is not clean because nothing was found in it."""
    assert codes(opened(archive)) == ["unscannable corrupt"]


def test_a_broken_zip_is_refused_by_default() -> None:
    """And a copy is kept."""
    (group,) = opened(zip_of({"a": NOISE})[:-30]).decision.groups
    assert (group.action, group.keep) == (Action.REJECT, True)


@given(st.binary(max_size=300), st.integers(0, 120), st.binary(max_size=3))
def test_no_bytes_make_unpacking_fail(noise: bytes, at: int, changed: bytes) -> None:
    """What is behind a signature may be anything; the plugin never fails."""
    archive = zip_of({"a.txt": b"text" * 5})
    packed = gzip.compress(b"text" * 5, mtime=0)
    bad = [archive[:at] + changed + archive[at + len(changed) :], b"PK\x03\x04" + noise]
    bad += [packed[: at % 40] + changed + packed[at % 40 + len(changed) :], b"\x1f\x8b\x08" + noise]
    report = examine(PLAIN, message(*(attachment(data, "a.bin") for data in bad)))
    assert not [found for found in report.findings if found.kind is Kind.FAILURE]


# --- gzip -----------------------------------------------------------------------------------------------------------


def test_gzip_is_opened() -> None:
    """The name is the container's without its ending."""
    assert members(opened(gzip.compress(b"text"), "a.txt.gz")) == {'"a.txt.gz" > "a.txt"': b"text"}


def test_the_name_in_a_gzip_header_counts() -> None:
    """Some readers save under that."""
    file = io.BytesIO()
    with gzip.GzipFile("x.exe", "wb", fileobj=file, mtime=0) as packed:
        packed.write(b"MZ")
    assert names(opened(file.getvalue(), "report.txt.gz")) == ["x.exe", "report.txt"]


def test_the_name_in_a_gzip_header_stands_behind_what_is_extra() -> None:
    """RFC 1952, 2.3: the extra field has a length of its own."""
    packed = gzip.compress(b"MZ", mtime=0)
    header = packed[:3] + b"\x0c" + packed[4:10] + b"\x05\x00extra" + b"x.exe\0"
    report = opened(header + packed[10:], "a.bin")
    assert (names(report), list(members(report).values())) == (["x.exe"], [b"MZ"])


def test_a_tgz_holds_a_tar() -> None:
    """The name of what is inside says so."""
    assert names(opened(gzip.compress(b"x"), "a.tgz")) == ["a.tar"]


def test_every_member_of_a_gzip_is_read() -> None:
    """All of them as the one content that gzip makes of them, and each for itself."""
    packed = b"".join(map(gzip.compress, (b"one", NOISE, b"", eicar())))
    assert [one.blob.data for one in opened(packed).message.parts if one.origin == "gzip"] == [
        b"one" + NOISE + eicar(),
        b"one",
        NOISE,
        eicar(),
    ]


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, MIB, MIB + 1, 3 * MIB])
def test_gzip_of_any_size_is_read(size: int) -> None:
    """However its bytes fall into the steps in which it is read."""
    data = RANDOM[:size]
    assert [one.blob.data for one in opened(gzip.compress(data)).message.parts if one.origin == "gzip"] == [data]


def test_a_gzip_that_is_cut_short_is_corrupt() -> None:
    """And what came before the cut is scanned."""
    packed = gzip.compress(NOISE + RANDOM[:4000])
    report = opened(packed[:-1500])
    assert codes(report) == ["unscannable corrupt"]
    (data,) = members(report).values()
    assert data.startswith(NOISE)


def test_a_gzip_with_a_wrong_checksum_is_scanned() -> None:
    """All of its content is there."""
    packed = bytearray(gzip.compress(eicar()))
    packed[-8] ^= 1
    report = opened(bytes(packed))
    assert (codes(report), list(members(report).values())) == (["unscannable corrupt"], [eicar()])


def test_a_gzip_that_breaks_is_scanned_up_to_there() -> None:
    """Not only up to some step before."""
    packed = gzip.compress(eicar(), compresslevel=0)  # stored, so that the block behind it can be broken
    broken = packed[:10] + b"\x00" + packed[11:-8] + b"\xff" * 20
    assert list(members(opened(broken)).values()) == [eicar()]


def test_the_name_of_a_broken_gzip_is_seen() -> None:
    """Rules on names hold for what can't be read."""
    assert names(opened(b"\x1f\x8b\x08\x00" + b"\xff" * 30, "x.exe.gz")) == ["x.exe"]


# --- bounds ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bomb", [zip_of({"a": bytes(8 * MIB)}), gzip.compress(bytes(8 * MIB))], ids=["zip", "gzip"])
def test_a_bomb_is_over_the_limit(bomb: bytes) -> None:
    """It is read no further than the Budget goes."""
    report = opened(bomb, chosen=limited(unpacked_bytes=MIB))
    (found,) = report.findings
    assert (str(found), str(found.part)) == ("unscannable over-limit", "1.2")
    assert sum(one.blob.size for one in report.message.parts if one.span is None) < 2 * MIB


def test_many_members_are_a_bomb_too() -> None:
    """What they have together counts, and what fitted is scanned."""
    report = opened(zip_of({str(number): bytes(1000) for number in range(50)}), chosen=limited(unpacked_bytes=20_000))
    assert codes(report) == ["unscannable over-limit"]
    assert 10 < len(members(report)) < 20


def test_a_bomb_is_refused_by_default() -> None:
    """It is never delivered unseen."""
    report = opened(zip_of({"a": bytes(8 * MIB)}), chosen=limited(unpacked_bytes=MIB))
    assert report.decision.action is Action.REJECT


def test_as_many_members_as_allowed_are_opened() -> None:
    """One more is over the limit."""
    archive = zip_of({str(number): b"%d" % number for number in range(6)})
    report = opened(archive, chosen=limited(members=5))
    assert (len(members(report)), codes(report)) == (5, ["unscannable over-limit"])
    assert report.findings[0].detail == "members = 5"
    assert codes(opened(archive, chosen=limited(members=6))) == []


def test_as_many_parts_as_allowed_are_read() -> None:
    """MIME entities count as well as members."""
    raw = message(*[part(b"x")] * 6)  # and the multipart itself
    report = examine(limited(parts=6), raw)
    assert (len(report.message.parts), codes(report)) == (1 + 6, ["unscannable over-limit"])
    assert report.findings[0].detail == "parts = 6"
    assert codes(examine(limited(parts=7), raw)) == []


def nested(depth: int) -> bytes:
    """Return EICAR in DEPTH zips."""
    data = eicar()
    for level in range(depth):
        data = zip_of({f"{level}": data})
    return data


def test_a_deep_nest_is_over_the_limit() -> None:
    """An archive that lies too deep is never a clean leaf."""
    report = opened(nested(4), chosen=limited(depth=4))  # 1, 1.2, and two zips
    assert codes(report) == ["unscannable over-limit"]
    assert report.findings[0].detail == "depth = 4"


def test_what_lies_just_deep_enough_is_found() -> None:
    """At the bound itself a leaf is a leaf."""
    report = opened(nested(4), chosen=limited(depth=6))
    assert (list(members(report).values())[-1], codes(report)) == (eicar(), [])


def test_a_message_that_is_too_large_is_over_the_limit() -> None:
    """It is not opened at all."""
    raw = message(part(b"text"))
    report = examine(limited(message_bytes=len(raw) - 1), raw)
    assert (codes(report), len(report.message.parts)) == (["unscannable over-limit"], 1)
    assert codes(examine(limited(message_bytes=len(raw)), raw)) == []


def test_what_is_not_opened_is_scanned_as_it_is(plugin_with: Callable[..., object]) -> None:
    """An engine still gets the raw message."""
    seen: list[bytes] = []
    engine = plugin_with(scan=lambda self, message: seen.extend(blob.data for blob in message.blobs))
    raw = message(part(eicar()))
    examine(Filter(engine, limits=Limits(message_bytes=10)), raw)
    assert seen == [raw]


# --- the same content again -----------------------------------------------------------------------------------------


def test_one_content_is_opened_once(plugin_with: Callable[..., object]) -> None:
    """Wherever it stands, so that repeating it costs nothing."""
    asked: list[str] = []
    counting = plugin_with(unpack=lambda self, part: asked.append(part.blob.sha256))
    same = zip_of({"a": b"x" * 100})
    examine(Filter(counting), message(*[attachment(same, f"{number}.zip") for number in range(5)]))
    assert len(asked) == len(set(asked))


def test_one_content_is_named_wherever_it_stands() -> None:
    """Rules look at all of its names."""
    same = zip_of({"a": b"x"})
    report = examine(PLAIN, message(attachment(same, "one.zip"), attachment(same, "two.zip")))
    named = [name.text for one in report.message.parts for name in one.names]
    assert {"one.zip", "two.zip", "a"} <= set(named)


def test_one_compressed_content_under_two_names_has_two_names_inside() -> None:
    """What comes out is named after it, so a rule on names sees both."""
    same = gzip.compress(b"x")
    report = examine(PLAIN, message(attachment(same, "a.txt.gz"), attachment(same, "b.exe.gz")))
    inside = {name.text for one in report.message.parts if one.origin == "gzip" for name in one.names}
    assert inside == {"a.txt", "b.exe"}


def test_an_archive_that_holds_itself_ends(plugin_with: Callable[..., object]) -> None:
    """A quine is seen through at its second round."""
    quine = plugin_with(unpack=lambda self, part: Child(data=part.blob.data, origin="quine"))
    report = examine(Filter(quine), b"Subject: x\n\nquine")
    assert len(report.message.parts) == 5  # message and text, once more each, and once from there


def test_an_archive_that_always_holds_another_ends(plugin_with: Callable[..., object]) -> None:
    """The depth ends it."""

    def unpack(self: object, part: Part) -> Child:
        return Child(data=part.blob.data + b"x", origin="endless")

    report = examine(Filter(plugin_with(unpack=unpack), limits=Limits(depth=9)), b"Subject: x\n\nx")
    assert max(len(one.path.steps) for one in report.message.parts) == 9


# --- containers that nobody opens -----------------------------------------------------------------------------------

SIGNATURES = {
    "7z": b"7z\xbc\xaf\x27\x1c\x00\x04",
    "rar": b"Rar!\x1a\x07\x01\x00",
    "cab": b"MSCF\x00\x00\x00\x00",
    "lha": b"\x21\x00-lh5-" + bytes(14),
    "tnef": b"\x78\x9f\x3e\x22",
    "iso": bytes(32769) + b"CD001",
}


@pytest.mark.parametrize("kind", SIGNATURES)
def test_a_container_that_nobody_opens_is_unscannable(kind: str) -> None:
    """It is never taken for a checked leaf."""
    found, *_ = opened(SIGNATURES[kind] + b"x" * 20, "photo.jpg").findings
    assert (str(found), str(found.part)) == ("unscannable no-unpacker", "1.2")
    assert found.detail == f"no plugin opens {kind}"


def test_a_container_that_nobody_opens_passes_by_default() -> None:
    """The header line says so."""
    assert opened(SIGNATURES["7z"]).decision.action is Action.ACCEPT


def test_a_site_can_refuse_what_nobody_opens() -> None:
    """By the finding's name."""
    chosen = Filter(policy=Policy(actions={"unscannable.no-unpacker": (Action.REJECT, False)}))
    assert opened(SIGNATURES["7z"], chosen=chosen).decision.action is Action.REJECT


def test_a_container_that_a_plugin_opens_is_not_marked(plugin_with: Callable[..., object]) -> None:
    """The plugin says so in `opens`."""
    opener = plugin_with(opens=frozenset({"7z"}), unpack=lambda self: None)
    assert codes(opened(SIGNATURES["7z"], chosen=Filter(opener))) == []


@pytest.mark.parametrize("data", [b"", b"7", b"plain text", b"PK", b"\x1f\x8b", b"MSCF of the matter"])
def test_what_is_no_container_is_not_marked(data: bytes) -> None:
    """A few letters are no signature."""
    assert codes(opened(data)) == []


def test_a_container_inside_another_is_marked_where_it_lies() -> None:
    """By its whole path."""
    (found,) = opened(zip_of({"a.7z": SIGNATURES["7z"]}), "a.zip").findings
    assert str(found.part) == '1.2 > "a.zip" > "a.7z"'


# --- plugins beside each other --------------------------------------------------------------------------------------


def test_an_unpacker_that_breaks_takes_nothing_from_another(plugin_with: Callable[..., object]) -> None:
    """The members are there, and the trouble is named."""

    def unpack(self: object) -> None:
        raise ValueError("bad")

    report = opened(zip_of({"x.exe": b"MZ"}), chosen=Filter(plugin_with(unpack=unpack)))
    assert names(report) == ["x.exe"]
    assert "unscannable corrupt" in codes(report)


def shadow_of(data: bytes, plugin_with: Callable[..., object], **hooks: object) -> Entry:
    """Return an unpacker in shadow mode that finds DATA in every message."""
    child = Child(data=data, origin="shadow")
    return Entry(
        name="tried",
        plugin=plugin_with(unpack=lambda self, part: None if part.path.steps else child, **hooks),
        shadow=True,
    )


def test_what_an_unpacker_in_shadow_finds_changes_nothing(plugin_with: Callable[..., object]) -> None:
    """Neither its members nor what is wrong with them."""
    report = opened(b"text", chosen=Filter(shadow_of(zip_of({"a": NOISE})[:-30], plugin_with)))
    assert codes(report) == []
    assert [str(found) for found in report.shadow] == ["unscannable corrupt"]


def test_below_a_shadow_part_everything_is_in_shadow(plugin_with: Callable[..., object]) -> None:
    """Also what a plugin in force finds there."""
    report = opened(b"text", chosen=Filter(shadow_of(zip_of({"a.zip": zip_of({"b": b"x"})}), plugin_with)))
    assert [str(one.path) for one in report.message.parts if one.shadow] == [
        "message > #2",
        'message > #2 > "a.zip"',
        'message > #2 > "a.zip" > "b"',
    ]


@pytest.mark.parametrize("hook", ["parse", "unpack"])
def test_what_a_plugin_in_shadow_finds_hides_nothing(plugin_with: Callable[..., object], hook: str) -> None:
    """An archive that it has yielded too is opened where it really stands."""
    archive = zip_of({"x.exe": eicar()})
    child = Child(data=archive, origin="shadow")
    tried = plugin_with(**{hook: lambda self, part: None if part.path.steps else child})
    report = opened(archive, chosen=Filter(Entry(name="tried", plugin=tried, shadow=True)))
    assert [one.blob.data for one in report.message.parts if one.names and not one.shadow][-1] == eicar()


def test_an_unpacker_in_shadow_opens_nothing_for_others(plugin_with: Callable[..., object]) -> None:
    """What only it can open has not been checked."""
    tried = Entry(name="tried", plugin=plugin_with(opens=frozenset({"7z"}), unpack=lambda self: None), shadow=True)
    assert codes(opened(SIGNATURES["7z"], chosen=Filter(tried))) == ["unscannable no-unpacker"]


def test_an_unpacker_in_shadow_spends_nothing_of_others(plugin_with: Callable[..., object]) -> None:
    """A bomb that only it opens leaves the bounds as they are."""
    tried = shadow_of(bytes(MIB), plugin_with)
    report = opened(zip_of({"a": bytes(MIB // 2)}), chosen=Filter(tried, limits=Limits(unpacked_bytes=MIB)))
    assert codes(report) == []
