"""What the front and the service say to each other: what one writes the other reads, and nothing else is believed."""

from __future__ import annotations

import os
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter.queue import protocol
from qsfilter.queue.protocol import Answer, ProtocolError
from qsfilter.testing.service import read_only

HEAD = protocol.REQUEST.size
names = st.sampled_from(protocol.FORWARDED)
values = st.binary(max_size=2000).map(lambda value: value.replace(b"\0", b""))


@given(size=st.integers(0, 300), envelope=st.integers(0, 50), environment=st.dictionaries(names, values))
def test_a_request_is_read_as_it_was_written(size: int, envelope: int, environment: dict[bytes, bytes]) -> None:
    data = protocol.request(100, size, envelope, environment)
    assert protocol.request_length(data[:HEAD]) == len(data) - HEAD
    numbers = read_only(bytes(100 + size)), read_only(bytes(envelope))
    try:
        found = protocol.read_request(data[HEAD:], numbers)
    finally:
        for number in numbers:
            os.close(number)
    assert (found.message, found.envelope) == numbers
    assert (found.offset, found.size, found.envelope_size) == (100, size, envelope)
    assert found.environment == {name: value[:1024] for name, value in environment.items()}


def test_the_longest_request_is_within_its_bound() -> None:
    """All variables there are; the rest of the environment is not sent."""
    environment = dict.fromkeys((*protocol.FORWARDED, b"PATH"), b"x" * 100_000)
    data = protocol.request(2**40, 2**40, 2**24, environment)
    assert protocol.request_length(data[:HEAD]) == len(data) - HEAD
    assert b"PATH" not in data


def test_the_room_in_front_of_an_empty_message_may_be_missing() -> None:
    numbers = read_only(b""), read_only(b"F\0T\0\0")
    try:
        assert protocol.read_request(b"offset=65536\0size=0\0envelope=5\0", numbers).size == 0
    finally:
        for number in numbers:
            os.close(number)


@given(head=st.binary(min_size=HEAD, max_size=HEAD))
def test_a_head_at_random_is_no_request(head: bytes) -> None:
    with pytest.raises(ProtocolError):
        protocol.request_length(b"Q" + head[1:])


@given(rest=st.binary(min_size=4, max_size=4), version=st.sampled_from([b"\0\1\0\0", b"\0\2\0\0", bytes(4)]))
def test_a_request_is_as_long_as_it_says_or_refused(rest: bytes, version: bytes) -> None:
    length = int.from_bytes(rest)
    if version == b"\0\1\0\0" and length <= protocol.LONGEST_REQUEST:
        assert protocol.request_length(protocol.MAGIC + version + rest) == length
    else:
        with pytest.raises(ProtocolError):
            protocol.request_length(protocol.MAGIC + version + rest)


@given(body=st.binary(max_size=100))
def test_a_body_at_random_is_refused_and_nothing_else(body: bytes) -> None:
    numbers = read_only(b"x"), read_only(b"x")
    try:
        with pytest.raises(ProtocolError):
            protocol.read_request(body, numbers)
        for number in numbers:
            os.fstat(number)  # they stay the caller's to close
    finally:
        for number in numbers:
            os.close(number)


texts = st.text(st.characters(max_codepoint=126), max_size=500)
ends = st.tuples(st.integers(0, 255), texts).map(lambda one: Answer(protocol.END, *one))
hand_overs = st.tuples(st.binary(), st.binary(), st.integers(0, 2**63)).map(
    lambda one: Answer(protocol.HAND_OVER, 0, "", *one)
)


@given(answer=ends | hand_overs)
def test_an_answer_is_read_as_it_was_written(answer: Answer) -> None:
    data = protocol.answer(answer)
    head, rest = data[: protocol.ANSWER.size], data[protocol.ANSWER.size :]
    assert sum(protocol.answer_sizes(head)) == len(rest)
    assert protocol.read_answer(head, rest) == answer


def test_a_text_is_cut_and_is_ascii() -> None:
    data = protocol.answer(Answer(protocol.END, 31, "\u00e4" * 5000))
    head, rest = data[: protocol.ANSWER.size], data[protocol.ANSWER.size :]
    assert protocol.read_answer(head, rest).text == "?" * protocol.LONGEST_TEXT
    assert sum(protocol.answer_sizes(head)) == len(rest)


@pytest.mark.parametrize(
    "fields",
    [
        (b"qmail-sm", 1, 0, 0, 0, 0, 0, 0),
        (protocol.MAGIC, 2, 0, 71, 0, 0, 0, 0),
        (protocol.MAGIC, 1, 2, 0, 0, 0, 0, 0),
        (protocol.MAGIC, 1, 0, 71, 1025, 0, 0, 0),
        (protocol.MAGIC, 1, 0, 71, 0, 1, 0, 0),
        (protocol.MAGIC, 1, 0, 71, 0, 0, 1, 0),
        (protocol.MAGIC, 1, 0, 71, 0, 0, 0, 1),
        (protocol.MAGIC, 1, 1, 1, 0, 0, 0, 0),
        (protocol.MAGIC, 1, 1, 0, 1, 0, 0, 0),
        (protocol.MAGIC, 1, 1, 0, 0, protocol.MOST_LINES + 1, 0, 0),
        (protocol.MAGIC, 1, 1, 0, 0, 0, protocol.MOST_ENVELOPE + 1, 0),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(fields: tuple[object, ...]) -> None:
    with pytest.raises(ProtocolError):
        protocol.answer_sizes(struct.pack(">8sHBBIIIQ", *fields))


@given(head=st.binary(min_size=24, max_size=24))
def test_an_answer_at_random_is_bounded_or_refused(head: bytes) -> None:
    try:
        sizes = protocol.answer_sizes(protocol.MAGIC + head)
    except ProtocolError:
        return
    assert sum(sizes) <= protocol.LONGEST_TEXT + protocol.MOST_LINES + protocol.MOST_ENVELOPE
