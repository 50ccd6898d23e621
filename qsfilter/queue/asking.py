"""Asks the service about one message, as the front in C does, for sites without a compiler.

Guarantees: what the service says is checked before anything is done about it; every wait ends; a service that is not
there is told apart from one that is busy, fails, or goes away, and only the first may be answered by another way.
"""

from __future__ import annotations

import _socket  # not `socket`: its enums and classes are 2.5 ms
import os
import select
import sys
import time
from typing import TYPE_CHECKING

from qsfilter.errors import DeliveryError, EnvelopeError
from qsfilter.queue import contract, protocol
from qsfilter.queue.spool import ROOM
from qsfilter.transport import file_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from qsfilter.queue.protocol import Answer
    from qsfilter.queue.spool import Spool

BUSY = "try again later: the filter is busy"
NOT_THERE = "try again later: the filter is not running"


class NotThere(DeliveryError):  # noqa: N818 - says what the service is
    """No service listens at the socket."""


def ask(path: str, spool: Spool, envelope: bytes, environment: Mapping[bytes, bytes], seconds: float) -> Answer:
    """Ask the service at the socket PATH about the message in SPOOL for ENVELOPE; wait SECONDS at most.

    Raises NotThere, and DeliveryError (71) for a service that is busy, does not answer, or answers nonsense.
    """
    until = time.monotonic() + seconds
    connection = _connected(path)
    try:
        _send(connection, spool, envelope, environment, until)
        head = _receive(connection, protocol.ANSWER.size, until)
        sizes = protocol.answer_sizes(head)
        found = protocol.read_answer(head, _receive(connection, sum(sizes), until))
    except protocol.ProtocolError as error:
        raise DeliveryError(f"the service at {path}: {error}", contract.DEFER) from error
    except OSError as error:
        raise DeliveryError(f"the service at {path} went away: {error.strerror or error}", contract.DEFER) from error
    finally:
        connection.close()
    _require_sound(found, spool.size, envelope)
    return found


def _connected(path: str) -> _socket.socket:
    """Return a connection to PATH that does not block."""
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        connection.connect(path)
    except OSError as error:
        connection.close()
        if isinstance(error, BlockingIOError):
            raise DeliveryError(BUSY, contract.DEFER) from error
        if isinstance(error, (FileNotFoundError, ConnectionRefusedError)):
            raise NotThere(NOT_THERE, contract.DEFER) from error
        raise DeliveryError(f"can't reach the service at {path}: {error.strerror}", contract.DEFER) from error
    return connection


def _send(
    connection: _socket.socket, spool: Spool, envelope: bytes, environment: Mapping[bytes, bytes], until: float
) -> None:
    """Send the request with descriptors that are open for reading only."""
    data = protocol.request(ROOM, spool.size, len(envelope), environment)
    written = file_of([envelope], len(envelope))
    opened: list[int] = []
    try:
        opened += [_reopened(number) for number in (spool.descriptor(), written)]
        rights = b"".join(number.to_bytes(4, sys.byteorder) for number in opened)
        passed = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, rights)]
        sent = connection.sendmsg([data], passed, _socket.MSG_NOSIGNAL)
    finally:
        for number in (written, *opened):
            os.close(number)
    while sent < len(data):
        _wait(connection, select.POLLOUT, until)
        sent += connection.send(data[sent:], _socket.MSG_NOSIGNAL)


def _reopened(number: int) -> int:
    return os.open(f"/proc/self/fd/{number}", os.O_RDONLY | os.O_CLOEXEC)


def _receive(connection: _socket.socket, size: int, until: float) -> bytes:
    """Return the next SIZE bytes. Raises OSError where they don't come."""
    found = b""
    while len(found) < size:
        _wait(connection, select.POLLIN, until)
        if not (piece := connection.recv(size - len(found))):
            raise ConnectionResetError("it has closed the connection")
        found += piece
    return found


def _wait(connection: _socket.socket, event: int, until: float) -> None:
    poll = select.poll()
    poll.register(connection.fileno(), event)
    seconds = until - time.monotonic()
    if seconds <= 0 or not poll.poll(seconds * 1000):
        raise TimeoutError("no answer in time")


def _require_sound(found: Answer, size: int, envelope: bytes) -> None:
    """Raise DeliveryError (71) for an answer that does not fit the message."""
    other = DeliveryError("the service answered about another message", contract.DEFER)
    if found.offset > size or len(found.envelope) > len(envelope):
        raise other
    if not found.envelope:
        return
    try:
        whole = contract.read_envelope(_reader(found.envelope), len(found.envelope))
    except EnvelopeError as error:
        raise DeliveryError(f"the service answered with another envelope: {error}", contract.DEFER) from error
    if whole != found.envelope:
        raise other
    told, given = contract.parse_envelope(found.envelope), contract.parse_envelope(envelope)
    left = iter(given.recipients)
    # In their order, each at most as often as it was given.
    if told.sender != given.sender or not told.recipients or not all(one in left for one in told.recipients):
        raise other


def _reader(data: bytes) -> Callable[[int], bytes]:
    """Give DATA in one piece, and then its end."""
    pieces = [data]
    return lambda _size: pieces.pop() if pieces else b""
