"""The envelope is accepted only whole and handed on in the same bytes; a text fits its dialect."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter.errors import EnvelopeError
from qsfilter.model import Envelope
from qsfilter.queue.contract import DIALECTS, LONGEST_ADDRESS, answer, parse_envelope, read_envelope, reply_descriptor
from qsfilter.transport import envelope_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 1 << 24

ADDRESSES = st.binary(max_size=40).map(lambda found: found.replace(b"\0", b"\n")) | st.sampled_from(
    [b"a" * (LONGEST_ADDRESS - 1), b"", b"F", b"T", b"\xff" * 300]
)
ENVELOPES = st.builds(Envelope, sender=ADDRESSES, recipients=st.lists(ADDRESSES, max_size=8).map(tuple))
# Bytes that are nearly an envelope, so that every branch is reached.
NEARLY = st.lists(
    st.sampled_from([b"F", b"T", b"\0", b"\0\0", b"a@b", b"\xff", b"X", b"T" * 1001, b"a" * 1002, b"a" * 1003])
    | st.binary(max_size=5),
    max_size=12,
).map(b"".join)


def reader(data: bytes, cuts: list[int]) -> Callable[[int], bytes]:
    """Give DATA in pieces that end at CUTS, as a pipe might, and none of them again."""
    ends = iter([*sorted({cut % (len(data) + 1) for cut in cuts} - {0}), len(data)])
    done = 0

    def read(size: int) -> bytes:
        nonlocal done
        end = min(next(ends, len(data)), done + size)
        piece, done = data[done:end], max(done, end)
        return piece

    return read


def outcome(data: bytes, cuts: list[int]) -> bytes | int:
    """Return the envelope that DATA begins with, or the exit code that says why there is none."""
    try:
        return read_envelope(reader(data, cuts), MOST)
    except EnvelopeError as error:
        return error.exit


def as_qmail_queue_reads(data: bytes) -> bytes | int:
    """Do what qmail-queue.c does with descriptor 1, octet by octet."""
    octets = iter(data)
    letter = next(octets, None)
    read = 1
    wanted = b"F"
    while True:
        if letter is None:
            return 54
        if bytes([letter]) != wanted:
            return 91
        for _ in range(LONGEST_ADDRESS):
            octet = next(octets, None)
            read += 1
            if octet is None:
                return 54
            if octet == 0:
                break
        else:
            return 11
        letter, wanted = next(octets, None), b"T"
        read += 1
        if letter == 0:
            return data[:read]


CUTS = st.lists(st.integers(min_value=0, max_value=5000), max_size=10)


@given(envelope=ENVELOPES, cuts=CUTS, trailing=st.binary(max_size=20))
def test_an_envelope_comes_back_as_it_was_written(envelope: Envelope, cuts: list[int], trailing: bytes) -> None:
    written = envelope_bytes(envelope)
    assert outcome(written + trailing, cuts) == written
    assert parse_envelope(written) == envelope


@given(data=NEARLY | st.binary(max_size=200), cuts=CUTS)
def test_bytes_are_read_as_qmail_queue_reads_them(data: bytes, cuts: list[int]) -> None:
    assert outcome(data, cuts) == as_qmail_queue_reads(data)


@given(data=NEARLY, one=CUTS, other=CUTS)
def test_it_does_not_matter_in_which_pieces_they_come(data: bytes, one: list[int], other: list[int]) -> None:
    assert outcome(data, one) == outcome(data, other) == outcome(data, list(range(len(data))))


@given(envelope=ENVELOPES, end=st.integers(min_value=0))
def test_a_part_of_an_envelope_is_none(envelope: Envelope, end: int) -> None:
    written = envelope_bytes(envelope)
    assert outcome(written[: end % len(written)], []) == 54


@given(data=NEARLY)
def test_what_is_accepted_is_an_envelope(data: bytes) -> None:
    found = outcome(data, [])
    if isinstance(found, bytes):
        assert envelope_bytes(parse_envelope(found)) == found


@pytest.mark.parametrize("unending", [b"F" + b"a" * 1000 + b"\0" + b"Tb\0" * 10**6, b"Fa\0" + b"T\0" * 10**6])
def test_an_envelope_without_an_end_is_given_up(unending: bytes) -> None:
    with pytest.raises(EnvelopeError) as caught:
        read_envelope(reader(unending, []), 100_000)
    assert caught.value.exit == 51


def test_nothing_is_read_behind_the_last_nul() -> None:
    pieces = iter([b"Fa\0T", b"b\0\0"])
    assert read_envelope(lambda _size: next(pieces), MOST) == b"Fa\0Tb\0\0"


def test_an_address_that_never_ends_is_refused_at_once() -> None:
    read = 0

    def endless(size: int) -> bytes:
        nonlocal read
        read += size
        return b"F" * size

    with pytest.raises(EnvelopeError) as caught:
        read_envelope(endless, MOST)
    assert caught.value.exit == 11
    assert read < 1 << 20


# --- texts ------------------------------------------------------------------------------------------------------------


@given(text=st.text(max_size=2000), code=st.integers(min_value=0, max_value=255), dialect=st.sampled_from([*DIALECTS]))
def test_a_text_is_one_line_that_fits(text: str, code: int, dialect: str) -> None:
    out, into = os.pipe()
    told = answer(code, text, dialect, -1 if dialect == "plain" else into)
    os.close(into)
    said = os.read(out, 10_000)
    os.close(out)
    if said:
        assert (told, said[:1]) == (DIALECTS[dialect].code, {31: b"D", 71: b"Z"}[code])
        assert 2 < len(said) <= DIALECTS[dialect].longest
        assert all(32 <= octet < 127 for octet in said)
    else:
        assert told == code


@given(value=st.binary(max_size=30) | st.from_regex(rb"\A-{0,3}[0-9]{0,8}\Z"), dialect=st.sampled_from([*DIALECTS]))
def test_whatever_the_environment_names_is_a_number_or_nothing(value: bytes, dialect: str) -> None:
    found = reply_descriptor(dialect, {b"ERROR_FD": value})
    assert -100_000 < found < 100_000
    if not DIALECTS[dialect].from_environment:
        assert found == DIALECTS[dialect].descriptor
