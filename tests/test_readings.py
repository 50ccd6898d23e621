"""Reading whatever the bytes are: nothing raises, parts lie where they say, and well-formed mail has one reading."""

from __future__ import annotations

from base64 import encodebytes
from pathlib import Path
from quopri import encodestring
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from qsfilter import pipeline
from qsfilter.actions import Kind
from qsfilter.examination import Examination
from qsfilter.hookspecs import hookimpl, plugin
from qsfilter.limits import Limits
from qsfilter.mime.reader import read_part
from qsfilter.model import Blob, Child, Envelope
from qsfilter.registry import Entry, Registry
from qsfilter.replay import cases
from qsfilter.sniff import containers
from qsfilter.testing import message, part
from qsfilter.worklist import BESIDE, open_message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qsfilter.context import Context
    from qsfilter.model import Finding, Part

LIMITS = Limits(parts=200, readings=32, unpacked_bytes=1 << 22, header_bytes=16_384, field_bytes=8_192)
READER = "mime-reader"
LONGEST = 8192
QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@plugin
class Watched:
    """The MIME reader, each of whose answers is held against the part that it is about."""

    @hookimpl
    def parse(self, part: Part, ctx: Context) -> Iterator[Child | Finding]:
        """Yield the entities inside PART."""
        for answer in read_part(part, ctx.limits):
            if isinstance(answer, Child) and answer.span is not None:
                start, end = answer.span
                assert 0 <= start <= end <= part.blob.size
                data = answer.data if isinstance(answer.data, bytes) else answer.data.data
                assert data == part.blob.data[start:end]
            yield answer


REGISTRY = Registry([Entry(name=READER, plugin=Watched())])


def corpus() -> list[bytes]:
    """Build the messages of tests/messages that are short enough to be changed here and there."""
    built = (case.build() for case in cases(str(Path(__file__).parent / "messages")))
    return sorted({raw for raw in built if len(raw) <= LONGEST}, key=lambda raw: (len(raw), raw))


CORPUS = corpus()
JUNK = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [
            b"\n",
            b"\r",
            b"\r\n",
            b"\n\n",
            b"\0",
            b"--",
            b"--b1\n",
            b"--b1--\n",
            b"=",
            b'"',
            b"(",
            b";",
            b"boundary=",
            b"Content-Type: message/rfc822\n\n",
            b"Content-Transfer-Encoding: base64\n",
            b"=?utf-8?b?",
            b"begin 644 a\n",
            b"data:;base64,",
        ]
    ),
)


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """Draw a message of the corpus with some bytes inserted, deleted or replaced."""
    raw = bytearray(draw(st.sampled_from(CORPUS)))
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(raw)))
        raw[at : at + draw(st.sampled_from([0, 0, 1, 2, 40]))] = draw(JUNK)
    return bytes(raw)


def read(raw: bytes) -> tuple[tuple[Part, ...], list[Finding]]:
    """Read RAW with the MIME reader alone."""
    examination = Examination(REGISTRY, pipeline.context(LIMITS, raw, Envelope(sender=b"", recipients=())))
    return open_message(raw, examination), examination.findings


def assert_sound(raw: bytes) -> None:
    """Read RAW and hold what comes out to what the reader promises."""
    before = bytes(bytearray(raw))
    parts, findings = read(raw)
    for found in findings:
        assert found.kind is not Kind.FAILURE, found
        # What the examination makes of an exception; the reader's own words about a content are others.
        assert not found.detail.startswith("parse: "), found.detail
    assert parts[0].blob.data == raw == before
    assert len(parts) <= LIMITS.parts + 1
    unusual = {(one.path.steps[:-1], one.reading) for one in parts if one.reading and one.reading not in BESIDE}
    assert len(unusual) <= LIMITS.readings


@QUICK
@given(st.binary(max_size=600))
def test_any_bytes_are_read(raw: bytes) -> None:
    assert_sound(raw)


@settings(QUICK, max_examples=400)
@given(changed())
def test_a_message_of_the_corpus_with_some_bytes_changed_is_read(raw: bytes) -> None:
    assert_sound(raw)


@QUICK
@given(st.data())
def test_a_message_that_ends_anywhere_is_read(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from(CORPUS))
    assert_sound(raw[: data.draw(st.integers(0, len(raw)))])


# --- well-formed mail ------------------------------------------------------------------------------------------------

WORDS = st.text("abcdefghij klmnopqrstuvwxyz,.!?", min_size=1, max_size=60)
TEXTS = st.lists(WORDS, min_size=1, max_size=8).map(lambda lines: "\n".join(lines).encode() + b"\n")
CONTENTS = st.one_of(TEXTS, st.binary(min_size=1, max_size=300))


def seven_bit(body: bytes, newline: bytes) -> tuple[bytes, bytes]:
    """Return the entity with BODY as it is, and the body."""
    body = body.replace(b"\n", newline)
    return part(body, "text/plain; charset=us-ascii", newline=newline), body


def base64(body: bytes, newline: bytes) -> tuple[bytes, bytes]:
    """Return the entity with BODY in base64, and the body."""
    fields = {"Content-Transfer-Encoding": "base64", "Content-Disposition": 'attachment; filename="report.bin"'}
    coded = encodebytes(body).rstrip(b"\n").replace(b"\n", newline)
    return part(coded, "application/octet-stream", fields=fields, newline=newline), body


def quoted_printable(body: bytes, newline: bytes) -> tuple[bytes, bytes]:
    """Return the entity with BODY in quoted-printable, and the body."""
    fields = {"Content-Transfer-Encoding": "quoted-printable"}
    coded = encodestring(body.replace(b"\n", b" x ")).replace(b"\n", newline)
    return part(coded, "text/plain; charset=utf-8", fields=fields, newline=newline), body.replace(b"\n", b" x ")


ENTITIES = st.one_of(
    st.tuples(st.just(seven_bit), TEXTS),
    st.tuples(st.just(base64), CONTENTS),
    st.tuples(st.just(quoted_printable), TEXTS),
)
Coded = tuple["Callable[[bytes, bytes], tuple[bytes, bytes]]", bytes]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@QUICK
@given(entities=st.lists(ENTITIES, min_size=2, max_size=5), inner=st.integers(0, 2))
def test_well_formed_mail_has_one_reading_and_every_body_byte_for_byte(
    newline: bytes, entities: list[Coded], inner: int
) -> None:
    """INNER of the entities stand in a multipart of their own."""
    assume(not any(containers(Blob(body)) for _, body in entities))  # four octets are a container that nothing opens
    made = [code(body, newline) for code, body in entities]
    wrapped = [entity for entity, _ in made]
    if inner:
        text = message(*wrapped[:inner], boundary="=_inner", newline=newline)
        wrapped = [text[text.index(b"Content-Type: multipart") :], *wrapped[inner:]]
    parts, findings = read(message(*wrapped, newline=newline))
    assert {one.reading for one in parts} <= {"", *BESIDE}
    assert not [str(found) for found in findings if found.kind in {Kind.AMBIGUOUS, Kind.UNSCANNABLE}]
    # What stands inside a leaf, as a text in another charset, has another origin.
    leaves = [one for one in parts if one.origin == "mime" and not one.declared.startswith("multipart/")]
    assert sorted(one.blob.data for one in leaves if not one.reading) == sorted(body for _, body in made)
