"""What clamd is given of a message: by the options, by what is odd about it, and by what is inside of what.

Longer than most, as it is one table: for each shape of a message, what is sent.
"""

from __future__ import annotations

import gzip
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Child, Filter, Kind, hookimpl, plugin
from qsfilter.testing import attachment, eicar, examine, message, part, zip_of
from qsfilter.testing.archives import DEFLATED, LZMA, member, tar_file, tar_member, zip_file
from qsfilter_clamav import ClamAV
from qsfilter_clamav.choice import LARGEST_INSIDE, SCANS, Choice, choose
from qsfilter_clamav.skeleton import LEAST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Message, Part
    from qsfilter.testing.fake_clamd import FakeClamd

TRACE = b"Received: from a by b; Sun, 22 Nov 2026 12:00:00 +0000\n"
LARGE = os.urandom(40_000)
MOST = 25 << 20
QUOTED = {"Content-Transfer-Encoding": "quoted-printable"}


def read(raw: bytes, *plugins: object) -> Message:
    return examine(Filter(*plugins), raw).message


def chosen(raw: bytes, scan: str = "leaves+skeleton", members: str = "unusual", most: int = MOST) -> Choice:
    return choose(read(raw), scan=scan, members=members, most=most)


def given_of(choice: Choice) -> list[bytes]:
    return [blob.data for blob in choice.needed]


def inside_of(choice: Choice) -> dict[str, list[bytes]]:
    return {inner.kind: [blob.data for blob in inner.blobs] for inner in choice.inside.values()}


def test_the_skeleton_has_all_but_the_coded_bodies_of_large_leaves() -> None:
    """Fields, delimiters, texts and small attachments stay."""
    text, small = part(b"some text\n"), attachment(b"small", "s.bin")
    raw = TRACE + message(text, attachment(LARGE, "l.bin"), small)
    choice = chosen(raw)
    assert choice.whole is not None
    assert choice.whole.data == TRACE + message(text, attachment(b"", "l.bin"), small)
    assert given_of(choice) == [choice.whole.data, LARGE, b"small"]


def test_a_message_without_large_coded_leaves_is_its_own_skeleton() -> None:
    """It is neither copied nor sent twice."""
    raw = read(TRACE + message(part(b"x" * 9_000), attachment(b"small", "s.bin")))
    assert choose(raw, scan="leaves+skeleton", members="unusual", most=MOST).whole is raw.root.blob


def test_a_large_leaf_of_a_message_in_the_message_is_left_out_too() -> None:
    """Its place is counted from the outermost message."""
    inner = message(part(b"inner text"), attachment(LARGE, "l.bin"), subject="inner", boundary="inner")
    choice = chosen(TRACE + message(part(b"t"), part(inner, "message/rfc822")))
    assert choice.whole is not None
    assert choice.whole.size < 2_000
    assert b"Subject: inner" in choice.whole.data
    assert LARGE in given_of(choice)


@pytest.mark.parametrize("behind", [b"\nA list's footer.\n", b"!!!!\n", b"PK\x03\x04"])
def test_a_body_that_is_not_all_base64_stays(behind: bytes) -> None:
    """What is behind it or in it is in no leaf."""
    raw = TRACE + message(part(b"t"), attachment(LARGE, "l.bin") + behind)
    choice = chosen(raw)
    assert choice.whole is not None
    assert choice.whole.data == raw


def test_quoted_text_is_left_out_where_all_read_it_alike() -> None:
    """And stays where they do not."""
    coded = b"M=C3=BCller and so on =\n" * 500
    assert (clean := chosen(TRACE + message(part(b"t"), part(coded, fields=QUOTED))).whole) is not None
    assert coded not in clean.data
    assert (odd := chosen(TRACE + message(part(b"t"), part(coded + b"= 41", fields=QUOTED))).whole) is not None
    assert coded in odd.data


@plugin
class Liar:
    """Says that all of the message is the coded body of an empty leaf."""

    @hookimpl
    def parse(self, part: Part) -> Iterator[Child]:
        """Yield that for the message."""
        if not part.path.steps:
            yield Child(data=b"x" * part.blob.size, origin="mime", coded=(0, part.blob.size))


def test_no_plugin_can_take_anything_out_of_the_message() -> None:
    """The MIME reader alone is believed where a coded body lies."""
    raw = TRACE + message(part(b"y" * 9_000))
    choice = choose(read(raw, Liar()), scan="leaves+skeleton", members="unusual", most=MOST)
    assert raw in given_of(choice)


@pytest.mark.parametrize(
    ("scan", "expected"),
    [
        ("leaves+skeleton", [b"skeleton", LARGE]),
        ("leaves", [LARGE, b"hello"]),
        ("leaves+raw", [b"raw", LARGE]),
        ("raw", [b"raw"]),
    ],
)
def test_the_option_says_what_is_given_beside_the_leaves(scan: str, expected: list[bytes]) -> None:
    """A plain text that stands in what is given is left to clamd, which reads mail."""
    raw = TRACE + message(part(b"hello"), attachment(LARGE, "l.bin"))
    choice = chosen(raw, scan)
    known = {raw: b"raw", LARGE: LARGE, b"hello": b"hello"}
    assert sorted(known.get(one, b"skeleton") for one in given_of(choice)) == sorted(expected)


@pytest.mark.parametrize("scan", SCANS)
def test_an_ambiguous_message_is_given_raw_and_in_all_its_parts(scan: str) -> None:
    """Whatever the option says."""
    head = b'Content-Type: application/octet-stream; name="a.bin"\nContent-Transfer-Encoding: base64\n'
    raw = TRACE + message(
        part(b"hello"), attachment(LARGE, "l.bin"), head + head.replace(b"base64", b"7bit") + b"\nQUJD"
    )
    report = examine(Filter(), raw)
    assert Kind.AMBIGUOUS in {found.kind for found in report.findings}
    choice = choose(report.message, scan=scan, members="unusual", most=MOST)
    assert {blob.data for blob in choice.needed} == {blob.data for blob in report.message.blobs}
    assert raw in given_of(choice)


def test_a_message_that_is_too_large_is_given_in_parts() -> None:
    """Its skeleton, where that is small enough."""
    raw = TRACE + message(part(b"hello"), attachment(LARGE, "l.bin"))
    assert LARGE in given_of(chosen(raw, most=45_000))
    assert raw not in given_of(chosen(raw, "leaves+raw", most=45_000))
    assert given_of(chosen(raw, "raw", most=45_000)) == []


TEXTS = {
    "plain": (part(b"hello"), True),
    "html": (part(b"<p>hello", "text/html"), True),
    "named": (part(b"hello", 'text/plain; name="x.js"'), False),
    "another type": (part(b"hello", "application/x-js"), False),
    "octets": (part(b"MZ\x90\x00\x03"), False),
}
CODED = {
    "quoted": (part(b"h=65llo", fields=QUOTED), b"hello", True),
    "base64": (part(b"aGVsbG8=\n", fields={"Content-Transfer-Encoding": "base64"}), b"hello", True),
    "base64 and more": (part(b"aGVsbG8=\nmore\n", fields={"Content-Transfer-Encoding": "base64"}), b"hello", False),
    "long": (part(b"h=65llo=\n" * 500, fields=QUOTED), b"hello" * 500, False),
    "named": (part(b"h=65llo", 'text/plain; name="x.js"', fields=QUOTED), b"hello", False),
    "octets": (part(b"h=65llo=00", fields=QUOTED), b"hello\0", False),
}


@pytest.mark.parametrize("which", TEXTS)
def test_texts_that_stand_in_the_message_are_left_to_clamd(which: str) -> None:
    """What may be a file is not."""
    entity, left = TEXTS[which]
    choice = chosen(TRACE + message(entity, part(b"other", "text/csv")))
    body = entity.partition(b"\n\n")[2]
    assert (body in inside_of(choice).get("mail", [])) is left
    assert (body in given_of(choice)) is not left


@pytest.mark.parametrize("which", CODED)
def test_coded_texts_are_left_to_clamd_where_all_readers_decode_them_alike(which: str) -> None:
    """And where the skeleton keeps them: what it leaves out is given."""
    entity, text, left = CODED[which]
    choice = chosen(TRACE + message(entity, part(b"other", "text/csv")))
    assert (text in inside_of(choice).get("mail", [])) is left
    assert (text in given_of(choice)) is not left


def test_a_text_is_given_where_anything_at_all_is_odd() -> None:
    """Or where clamd may not know that it is mail."""
    odd = (TRACE + message(part(b"hello"), part(b"other", "text/csv"))).replace(b"--=_qsfilter-test--", b"")
    for raw in (odd, b"X-First: 1\n" + TRACE + message(part(b"hello"))):
        assert b"hello" in given_of(chosen(raw))


def test_a_text_in_an_archive_is_not_one_in_the_message() -> None:
    """A mail in a zip is decoded here, and its text is given."""
    archive = zip_of({"a.eml": TRACE + message(part(b"inner text"), part(b"other", "text/csv"))})
    choice = chosen(TRACE + message(part(b"hello"), attachment(archive, "a.zip")))
    assert b"inner text" not in inside_of(choice)["mail"]


ARCHIVES = {
    "zip": (zip_of({"a": b"inner"}), True),
    "gzip": (gzip.compress(b"inner"), True),
    "gzip of several": (gzip.compress(b"") + bytes(5) + gzip.compress(b"inner"), False),
    "behind something": (b"GIF89a" + zip_of({"a": b"inner"}), False),
    "tar": (tar_file(tar_member(b"a", b"inner")), False),
    "another method": (zip_file(member(b"a", b"inner"), member(b"b", b"inner2", 12)), False),
    "zip64": (zip_file(member(b"a", b"inner", both={"extra": b"\x01\0\0\0"})), False),
    "masked": (zip_file(member(b"a", b"inner", both={"flags": 1 << 13})), False),
    "broken": (zip_file(member(b"a", b"inner"), member(b"b", b"x", both={"crc": 5})), False),
    "two names": (zip_file(member(b"a", b"inner", local={"name": b"b"})), False),
    "deflated": (zip_file(member(b"a", b"inner", DEFLATED, streamed=True)), True),
    "unread": (zip_file(member(b"a", b"inner"), member(b"b", b"x", LZMA, data=b"zzzz")), False),
}


@pytest.mark.parametrize("which", ARCHIVES)
def test_members_are_left_to_clamd_where_it_sees_the_same(which: str) -> None:
    """And where nothing at all was odd; all are given if the option says so."""
    archive, left = ARCHIVES[which]
    raw = TRACE + message(part(b"hello"), attachment(archive, "a.bin"))
    choice = chosen(raw)
    kind = "gzip" if which.startswith("gzip") else "zip"
    assert archive in given_of(choice)
    assert (b"inner" in inside_of(choice).get(kind, [])) is left
    assert (b"inner" in given_of(choice)) is not left
    assert b"inner" in given_of(chosen(raw, members="all"))


def test_a_large_member_is_given() -> None:
    """No more than its MaxFileSize does clamd take out of a zip, and it is silent about that."""
    large = bytes(LARGEST_INSIDE + 1)
    choice = chosen(TRACE + message(attachment(zip_of({"l": large, "s": b"small"}), "a.zip")))
    assert large in given_of(choice)
    assert inside_of(choice)["zip"] == [b"small"]


def test_an_archive_in_an_archive_is_left_with_all_that_is_in_it() -> None:
    """One that is odd is not, nor is what holds it; an honest one beside it is."""
    inner, odd = zip_of({"x": b"deep"}), zip_file(member(b"y", b"odd", 12))
    choice = chosen(TRACE + message(attachment(zip_of({"i.zip": inner}), "a.zip")))
    assert inside_of(choice) == {"zip": [b"deep"]} or len(choice.inside) == 2
    assert b"deep" not in given_of(choice)
    choice = chosen(TRACE + message(attachment(zip_of({"i.zip": inner, "o.zip": odd}), "a.zip")))
    assert {b"odd"} <= set(given_of(choice))


def test_what_a_zip_hides_in_a_message_of_its_own_is_given() -> None:
    """A part that is called a message and is a zip is read as both, and nothing of it is lost."""
    archive = zip_of({"x": eicar()})
    choice = chosen(TRACE + message(part(b"t"), part(archive, "message/rfc822")))
    assert_all_given(choice, read(TRACE + message(part(b"t"), part(archive, "message/rfc822"))), MOST)


def assert_all_given(choice: Choice, message: Message, most: int) -> None:
    """See that each content of MESSAGE is given, or inside of one that is, or a frame, or too large."""
    again = choose(message, scan="leaves+skeleton", members="unusual", most=most)
    given = {*again.needed}
    look = [*again.needed]
    for blob in look:
        if (inner := again.inside.get(blob)) is not None:
            look += inner.blobs
            given.update(inner.blobs)
    frames = {part.path.steps[:-1] for part in message.parts if part.origin == "mime"}
    for one in message.parts[1:]:
        frame = (
            one.path.steps in frames and one.span is not None and one.declared.startswith(("multipart/", "message/"))
        )
        assert one.blob in given or frame or not 0 < one.blob.size <= most, one.path
    assert len(choice.needed) == len(again.needed)


ENTITIES = st.recursive(
    st.one_of(
        st.binary(max_size=50).map(lambda data: attachment(data, "a.bin")),
        st.sampled_from([attachment(archive, "a.zip") for archive, _ in ARCHIVES.values()]),
        st.sampled_from([entity for entity, _ in TEXTS.values()]),
        st.sampled_from([attachment(LARGE[:size], "l.bin") for size in (LEAST - 1, LEAST, 2 * LEAST)]),
        st.just(part(zip_of({"x": b"y"}), "message/rfc822")),
        st.just(b"Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\n!!!!" + LARGE[:30]),
    ),
    lambda inner: st.tuples(inner, inner, st.sampled_from(["p", "q"])).map(
        lambda both: part(message(both[0], both[1], boundary=both[2]), "message/rfc822")
    ),
    max_leaves=6,
)


@given(
    parts=st.lists(ENTITIES, min_size=1, max_size=4), cut=st.integers(0, 40), most=st.sampled_from([300, 6_000, MOST])
)
def test_every_content_is_given_or_inside_of_what_is_given(parts: list[bytes], cut: int, most: int) -> None:
    """Also of broken messages."""
    raw = TRACE + message(*parts)
    found = read(raw[: len(raw) - cut])
    assert_all_given(choose(found, scan="leaves+skeleton", members="unusual", most=most), found, most)


@given(parts=st.lists(ENTITIES, min_size=1, max_size=4))
def test_what_the_skeleton_lacks_is_among_the_leaves(parts: list[bytes]) -> None:
    """By the lines that are gone, decoded."""
    raw = TRACE + message(*parts)
    found = read(raw)
    choice = choose(found, scan="leaves+skeleton", members="unusual", most=MOST)
    assert choice.whole is not None
    if choice.whole.data == raw:
        return
    lacking = [one for one in found.parts if one.coded is not None and one.coded[1] - one.coded[0] > LEAST]
    assert raw not in given_of(choice)
    assert sum(one.coded[1] - one.coded[0] for one in lacking if one.coded) >= len(raw) - choice.whole.size
    assert {one.blob for one in lacking} <= {*choice.needed}


def test_a_server_that_has_shown_nothing_is_given_everything(fake: FakeClamd) -> None:
    """This one calls everything clean."""
    plugin = ClamAV(servers=(fake.name,))
    raw = TRACE + message(part(b"hello"), attachment(zip_of({"a": b"inner"}), "a.zip"))
    for _ in range(3):
        fake.contents.clear()
        assert not examine(Filter(plugin), raw).findings
        assert {b"hello", b"inner", raw} <= set(fake.contents)
