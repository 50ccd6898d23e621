"""One file of the outbox: how its sending stands, the envelope, and the message, in this order.

Guarantees: what was written is read back; a file that is damaged in front of its message is found out. How its sending
stands takes the same octets whatever it says, so that it is rewritten in place, also where the disk is full.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from qsfilter.model import Envelope
from qsfilter.transport import envelope_bytes

if TYPE_CHECKING:
    from mmap import mmap

STATE_OCTETS = 512
SHORTEST_FRONT = STATE_OCTETS + 16
"""Octets by which the length of what stands before the message is known."""
_STATE = re.compile(rb"qsfilter-outbox 1 ([0-9]{1,12}) ([0-9]{1,9}) ([ -~]*)\n")
_LENGTH = re.compile(rb"([0-9]{1,12}):")
_UNPRINTABLE = re.compile(r"[^ -~]")


class Damaged(ValueError):  # noqa: N818 - says what the file is
    """This is no file of the outbox."""


class State(NamedTuple):
    """How the sending of one mail stands."""

    due: int
    """When it was to be sent for the first time, in seconds since the epoch."""
    tries: int = 0
    trouble: str = ""
    """What went wrong at the last try; printable ASCII."""


def plain(text: str) -> str:
    """Return TEXT in printable ASCII, with `?` for all else."""
    return _UNPRINTABLE.sub("?", text)


def state_bytes(state: State) -> bytes:
    """Write STATE in `STATE_OCTETS`; trouble that is too long is cut, and made `plain`."""
    text = f"qsfilter-outbox 1 {state.due} {state.tries} {plain(state.trouble)}".encode("ascii")
    return text[: STATE_OCTETS - 1].ljust(STATE_OCTETS - 1) + b"\n"


def front(envelope: Envelope, due: int) -> bytes:
    """Write what stands before the message. Raises ValueError for an envelope that nobody could send to."""
    if not envelope.recipients or any(b"\0" in address for address in (envelope.sender, *envelope.recipients)):
        raise ValueError("a mail takes recipients, and addresses without NUL")
    written = envelope_bytes(envelope)
    return state_bytes(State(due)) + b"%d:%b," % (len(written), written)


def read_state(octets: bytes | mmap) -> State:
    """Read the state at the beginning of OCTETS. Raises Damaged."""
    found = _STATE.fullmatch(octets[:STATE_OCTETS])
    if found is None:
        raise Damaged("it does not begin as a file of the outbox")
    return State(int(found[1]), int(found[2]), found[3].decode("ascii").rstrip())


def length_of_front(octets: bytes) -> int:
    """Return how long what stands before the message is, by its first `SHORTEST_FRONT` OCTETS. Raises Damaged."""
    read_state(octets)
    return _envelope_in(octets)[1] + 1


def read_front(octets: bytes | mmap) -> tuple[Envelope, int]:
    """Read the envelope in OCTETS, and return with it where the message begins. Raises Damaged."""
    begin, end = _envelope_in(octets)
    written = octets[begin:end]
    if octets[end : end + 1] != b"," or written[:1] != b"F" or written[-2:] != b"\0\0":
        raise Damaged("its envelope is cut")
    sender, *recipients = written[1:-2].split(b"\0")
    if not recipients or any(record[:1] != b"T" for record in recipients):
        raise Damaged("its envelope has something else than recipients")
    return Envelope(sender=sender, recipients=tuple(record[1:] for record in recipients)), end + 1


def _envelope_in(octets: bytes | mmap) -> tuple[int, int]:
    """Return where the envelope begins and ends, whether or not so many OCTETS are there. Raises Damaged."""
    length = _LENGTH.match(octets, STATE_OCTETS)
    if length is None:
        raise Damaged("it has no envelope")
    return length.end(), length.end() + int(length[1])
