"""The qmail-queue contract: the envelope on descriptor 1, and the reply dialects of the qmail family.

Guarantees: an envelope is accepted only whole (`F` sender NUL, `T` recipient NUL …, NUL) and is handed on in the same
bytes; a text has no CR, LF or NUL, fits its dialect, and where it can't be given the plain codes 31 and 71 are.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter.errors import ConfigError, EnvelopeError
from qsfilter.model import Envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_ADDRESS = 1003
"""qmail-queue's ADDR: an address of this many bytes or more is refused with 11."""
READ_ERROR = 54
MALFORMED = 91
TOO_LONG = 11
OUT_OF_MEMORY = 51
REJECT = 31
DEFER = 71
SHORTEST_TEXT = 2
"""Without its letter; `qmail.c` takes a shorter one for none."""
STEP = 1 << 16


def read_envelope(read: Callable[[int], bytes], most: int) -> bytes:
    """Read an envelope by READ (given a number of bytes, returns some, or none at the end) up to its last NUL.

    MOST bounds its length in bytes. Raises EnvelopeError: 54 where it ends early, 91 where it is malformed, 11 where
    an address is too long, 51 past MOST.
    """
    found = bytearray()
    at = 0  # of the record in hand
    searched = 0
    while True:
        end = found.find(0, searched)
        if end < 0:
            searched = len(found)
            if searched - at > LONGEST_ADDRESS:
                _check(found, at, searched)
            piece = read(STEP)
            if not piece:
                if at < searched:
                    _check(found, at, searched)
                raise EnvelopeError("the envelope ends before its last NUL; the client gave up", READ_ERROR)
            found += piece
            if len(found) > most + STEP:
                raise EnvelopeError(f"the envelope is longer than {most} bytes", OUT_OF_MEMORY)
            continue
        if end == at and at:
            return bytes(found[: end + 1])
        _check(found, at, end)
        at = searched = end + 1


def _check(found: bytearray, start: int, end: int) -> None:
    """Check the record from START to END, its NUL left out."""
    if found[start] != (ord("F") if start == 0 else ord("T")):
        raise EnvelopeError("the envelope is malformed: a record begins with neither F nor T", MALFORMED)
    if end - start - 1 >= LONGEST_ADDRESS:
        raise EnvelopeError(f"an address has {LONGEST_ADDRESS} bytes or more", TOO_LONG)


def parse_envelope(whole: bytes) -> Envelope:
    """Read what `read_envelope` returned."""
    sender, *recipients = whole[:-2].split(b"\0")
    return Envelope(sender=sender[1:], recipients=tuple(recipient[1:] for recipient in recipients))


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one member of the qmail family takes a text with a refusal."""

    code: int
    descriptor: int
    """-1 where there is no text."""
    longest: int = 255
    from_environment: bool = False
    """ERROR_FD in the environment names another descriptor."""


DIALECTS = {
    "plain": Dialect(0, -1),
    "notqmail": Dialect(82, 6),
    "curti": Dialect(82, 4),
    "sagredo": Dialect(82, 4, from_environment=True),
    "indimail": Dialect(88, 2, longest=1023, from_environment=True),
}


def reply_descriptor(dialect: str, environment: Mapping[bytes, bytes]) -> int:
    """Return the descriptor on which DIALECT takes a text, or -1. Raises ConfigError for an unknown dialect."""
    if dialect not in DIALECTS:
        raise ConfigError(f"deliver.reply: unknown dialect {dialect!r}; known are {', '.join(DIALECTS)}")
    chosen = DIALECTS[dialect]
    named = environment.get(b"ERROR_FD", b"") if chosen.from_environment else b""
    if named.removeprefix(b"-").isdigit():
        return int(named) if len(named) < 6 else -1
    return chosen.descriptor


def answer(code: int, text: str, dialect: str, descriptor: int) -> int:
    """Tell the caller CODE, and TEXT where DIALECT takes one on DESCRIPTOR; return the exit code to end with.

    Only 31 (permanent) and 71 (temporary) have a text; all other codes say what they mean to `qmail.c` by themselves.
    """
    if code not in {REJECT, DEFER} or len(text) < SHORTEST_TEXT or descriptor < 0 or not _is_open_pipe(descriptor):
        return code
    letter = "D" if code == REJECT else "Z"
    printable = "".join(char if " " <= char <= "~" else "?" for char in text)
    line = f"{letter}{printable}".encode("ascii")[: DIALECTS[dialect].longest]
    try:
        written = os.write(descriptor, line)
    except OSError:
        return code
    return DIALECTS[dialect].code if written == len(line) else code


def _is_open_pipe(descriptor: int) -> bool:
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
