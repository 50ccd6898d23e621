"""Fuzzes what front and service say to each other: any bytes come as a request, and as an answer.

The target holds both readers to what `queue.protocol` and `queue.asking` promise: nothing but ProtocolError and
DeliveryError is raised; what a request says lies in its files; an answer adds no recipient and no sender.
"""

from __future__ import annotations

import os
from functools import cache

from qsfilter.errors import DeliveryError
from qsfilter.queue import asking, contract, protocol
from qsfilter.queue.protocol import Answer
from qsfilter.transport import file_of

SIZE = 5000
ENVELOPE = b"Falice@example.org\0Tbob@example.com\0Tcarol@example.com\0\0"


def read(data: bytes) -> None:
    """Read DATA as a request and as an answer; raise AssertionError where a promise is broken."""
    _as_request(data)
    _as_answer(data)


@cache
def _files() -> tuple[int, int]:
    """Return a message of SIZE bytes and an envelope, both open for reading only."""
    opened = []
    for content in (bytes(SIZE), ENVELOPE):
        made = file_of([content], len(content))
        opened.append(os.open(f"/proc/self/fd/{made}", os.O_RDONLY | os.O_CLOEXEC))
        os.close(made)
    return opened[0], opened[1]


def _as_request(data: bytes) -> None:
    head, body = data[: protocol.REQUEST.size], data[protocol.REQUEST.size :]
    try:
        if len(head) == protocol.REQUEST.size:
            assert protocol.request_length(head) <= protocol.LONGEST_REQUEST
        found = protocol.read_request(body, _files())
    except protocol.ProtocolError:
        return
    assert found.offset >= 0
    assert 0 <= found.size <= SIZE
    assert found.offset + found.size <= SIZE or not found.size
    assert 0 <= found.envelope_size <= len(ENVELOPE)
    assert set(found.environment) <= set(protocol.FORWARDED)
    assert not any(b"\0" in value for value in found.environment.values())


def _as_answer(data: bytes) -> None:
    head, rest = data[: protocol.ANSWER.size], data[protocol.ANSWER.size :]
    if len(head) < protocol.ANSWER.size:
        return
    try:
        sizes = protocol.answer_sizes(head)
        if sum(sizes) > len(rest):
            return  # its end would be waited for
        found = protocol.read_answer(head, rest[: sum(sizes)])
        asking._require_sound(found, SIZE, ENVELOPE)
    except (protocol.ProtocolError, DeliveryError):
        return
    assert found.deed in {protocol.END, protocol.HAND_OVER}
    assert 0 <= found.code <= 255
    assert found.offset <= SIZE
    if found.deed == protocol.END:
        assert not found.lines
        assert not found.envelope
        assert not found.offset
    elif found.envelope:
        told, given = contract.parse_envelope(found.envelope), contract.parse_envelope(ENVELOPE)
        assert told.sender == given.sender
        assert told.recipients
        assert set(told.recipients) <= set(given.recipients)
        assert len(told.recipients) <= len(given.recipients)


def seeds() -> dict[str, bytes]:
    """Return requests and answers as they are."""
    everything = dict.fromkeys(protocol.FORWARDED, b"192.0.2.1")
    fewer = b"Falice@example.org\0Tcarol@example.com\0\0"
    answers = {
        "queued": Answer(protocol.HAND_OVER, lines=b"X-QSFilter: clean\n"),
        "fewer": Answer(protocol.HAND_OVER, lines=b"X-QSFilter: clean\n", envelope=fewer, offset=12),
        "refused": Answer(protocol.END, 31, "message refused: malware"),
        "deferred": Answer(protocol.END, 71, "try again later"),
    }
    return {
        "usual": protocol.request(0, SIZE, len(ENVELOPE), {}),
        "page": protocol.request(4096, 900, len(ENVELOPE), everything),
        "empty": protocol.request(65536, 0, 2, {}),
        **{name: protocol.answer(answer) for name, answer in answers.items()},
    }
