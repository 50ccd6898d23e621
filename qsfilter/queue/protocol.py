"""What the front and the service say to each other over a unix socket, one message a connection.

Guarantees: nothing is believed of the other side that has not been checked here; a file comes as a descriptor that is
open for reading only, without a name, and never as a path; a side of another version is told so, and is an error.

Integers are unsigned, the high byte first. Both heads begin with `MAGIC` and the version (2 bytes).

- Request: head (2 bytes 0, 4 bytes length), then as many bytes of records, `name=value` NUL each. Two descriptors come
  with the first byte: the file of the message and that of the envelope.
- Answer: head (1 byte deed, 1 byte exit code, 4 bytes each the lengths of text, lines and envelope, 8 bytes offset),
  then text, lines and envelope. The message to queue is the lines and the received bytes from the offset on; no
  envelope means the received one.
"""

from __future__ import annotations

import fcntl
import os
import stat
import struct
from typing import TYPE_CHECKING, NamedTuple

from qsfilter.errors import QsfilterError
from qsfilter.queue.client import SWITCHES

if TYPE_CHECKING:
    from collections.abc import Mapping

MAGIC = b"qsfilter"
VERSION = 1
REQUEST = struct.Struct(">8sHHI")
ANSWER = struct.Struct(">8sHBBIIIQ")
END, HAND_OVER = 0, 1
"""Deeds: end with the exit code, or hand over to the queue program."""
FORWARDED = (b"TCPREMOTEIP", b"TCPREMOTEHOST", b"TCPREMOTEINFO", b"RELAYCLIENT", *SWITCHES)
"""Of the caller's environment, what tells who the client is and what is done with its mail."""
LONGEST_VALUE = 1024
LONGEST_REQUEST = 1 << 16
LONGEST_TEXT = 1024
MOST_LINES = 16 << 20
MOST_ENVELOPE = 16 << 20


class ProtocolError(QsfilterError):
    """The other side said what the protocol does not have."""


class Answer(NamedTuple):
    """What the front is to do."""

    deed: int
    code: int = 0
    text: str = ""
    lines: bytes = b""
    envelope: bytes = b""
    offset: int = 0


class Request(NamedTuple):
    """One message as the front hands it in."""

    message: int
    """Descriptor of its file."""
    envelope: int
    """Descriptor of the file of its envelope."""
    offset: int
    """Where the message begins in its file, in bytes."""
    size: int
    """Of the message, in bytes."""
    envelope_size: int
    environment: Mapping[bytes, bytes]


def request(offset: int, size: int, envelope_size: int, environment: Mapping[bytes, bytes]) -> bytes:
    """Write a request but for its descriptors."""
    records = [b"offset=%d" % offset, b"size=%d" % size, b"envelope=%d" % envelope_size]
    records += [b"env.%b=%b" % (name, environment[name][:LONGEST_VALUE]) for name in FORWARDED if name in environment]
    body = b"".join(record + b"\0" for record in records)
    return REQUEST.pack(MAGIC, VERSION, 0, len(body)) + body


def request_length(head: bytes) -> int:
    """Return how many bytes follow the HEAD of a request. Raises ProtocolError."""
    magic, version, _, length = REQUEST.unpack(head)
    if magic != MAGIC:
        raise ProtocolError("this is no request of a front")
    if version != VERSION:
        raise ProtocolError(f"the front speaks version {version} and this service {VERSION}; build the front anew")
    if length > LONGEST_REQUEST:
        raise ProtocolError(f"a request of {length} bytes")
    return int(length)


def read_request(body: bytes, descriptors: tuple[int, ...]) -> Request:
    """Read the BODY of a request that came with DESCRIPTORS. Raises ProtocolError; they stay the caller's to close."""
    if len(descriptors) != 2:
        raise ProtocolError(f"{len(descriptors)} descriptors came with a request")
    numbers = {b"offset": -1, b"size": -1, b"envelope": -1}
    environment: dict[bytes, bytes] = {}
    for record in body.split(b"\0")[:-1]:
        name, _, value = record.partition(b"=")
        if name in numbers and value.isdigit() and len(value) < 16:
            numbers[name] = int(value)
        elif name[:4] == b"env." and name[4:] in FORWARDED:
            environment[name[4:]] = value
        else:
            raise ProtocolError("a record that requests do not have")
    offset, size, envelope_size = numbers.values()
    if min(offset, size, envelope_size) < 0 or envelope_size > MOST_ENVELOPE + LONGEST_REQUEST:
        raise ProtocolError("a request without its sizes")
    message, envelope = descriptors
    _require_readable(message, offset + size if size else 0)  # the room is a hole that an empty message leaves out
    _require_readable(envelope, envelope_size)
    return Request(message, envelope, offset, size, envelope_size, environment)


def _require_readable(descriptor: int, size: int) -> None:
    """Raise ProtocolError unless DESCRIPTOR is a nameless file of SIZE bytes or more, open for reading only."""
    if fcntl.fcntl(descriptor, fcntl.F_GETFL) & (os.O_ACCMODE | os.O_PATH) != os.O_RDONLY:
        raise ProtocolError("a descriptor that is not open for reading alone")
    found = os.fstat(descriptor)
    # A file with a name could be another user's, or one whose bytes come from a program that never answers.
    if not stat.S_ISREG(found.st_mode) or found.st_nlink:
        raise ProtocolError("a descriptor that is no file without a name")
    if found.st_size < size:
        raise ProtocolError("a file that is shorter than its request says")


def answer(given: Answer) -> bytes:
    """Write an answer."""
    text = given.text.encode("ascii", "replace")[:LONGEST_TEXT]
    sizes = (len(text), len(given.lines), len(given.envelope))
    head = ANSWER.pack(MAGIC, VERSION, given.deed, given.code, *sizes, given.offset)
    return b"".join((head, text, given.lines, given.envelope))


def answer_sizes(head: bytes) -> tuple[int, int, int]:
    """Return the lengths of text, lines and envelope that follow the HEAD of an answer. Raises ProtocolError."""
    magic, version, deed, code, *sizes, offset = ANSWER.unpack(head)
    if magic != MAGIC:
        raise ProtocolError("this is no answer of a service")
    if version != VERSION:
        raise ProtocolError(f"the service speaks version {version} and this front {VERSION}")
    text, lines, envelope = sizes
    most = (LONGEST_TEXT, 0, 0) if deed == END else (0, MOST_LINES, MOST_ENVELOPE)
    if deed not in {END, HAND_OVER} or any(size > bound for size, bound in zip(sizes, most, strict=True)):
        raise ProtocolError("an answer that makes no sense")
    if (deed == HAND_OVER and code) or (deed == END and offset):
        raise ProtocolError("an answer that makes no sense")
    return text, lines, envelope


def read_answer(head: bytes, rest: bytes) -> Answer:
    """Read an answer whose HEAD `answer_sizes` has checked; REST is as long as that said."""
    _, _, deed, code, text, lines, envelope, offset = ANSWER.unpack(head)
    return Answer(
        deed=deed,
        code=code,
        text=rest[:text].decode("ascii", "replace"),
        lines=rest[text : text + lines],
        envelope=rest[text + lines : text + lines + envelope],
        offset=offset,
    )
