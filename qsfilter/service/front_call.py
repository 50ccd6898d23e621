"""One connection of a front: takes the request in, checks who sent it, and gives the answer back.

Guarantees: reading and writing end in time; every descriptor that came is closed or belongs to the Request; what an
untrusted caller says of its client does not count.
"""

from __future__ import annotations

import _socket  # not `socket`: its enums and classes are 2.5 ms
import os
import select
import struct
import time
from typing import TYPE_CHECKING

from qsfilter.queue import protocol
from qsfilter.queue.client import client_of
from qsfilter.service.custody import received

if TYPE_CHECKING:
    from qsfilter.model import Client
    from qsfilter.queue.protocol import Answer, Request

REQUEST_SECONDS = 1.0
"""A front sends its request at once; who does not holds a worker for so long, however slowly he sends."""
ANSWER_SECONDS = 10.0
_MOST_DESCRIPTORS = 4
_FIRST = 4096
_CREDENTIALS = struct.Struct("@iII")


class NobodyAsked(protocol.ProtocolError):
    """A connection that was closed before its first byte, as by somebody who looks whether the service is there."""


class FrontCall:
    """One connection that a worker has accepted, or that another worker left behind."""

    def __init__(self, descriptor: int) -> None:
        """Take over DESCRIPTOR."""
        self._socket = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, descriptor)
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLHUP | select.POLLRDHUP)
        self.body = b""
        """The request without its head."""
        self.request: Request | None = None

    @property
    def descriptor(self) -> int:
        """Of the connection."""
        return self._socket.fileno()

    @property
    def is_gone(self) -> bool:
        """Whether nobody waits for the answer any more."""
        return bool(self._poll.poll(0))

    def caller(self) -> int:
        """Return the user number of the process that connected, from the kernel."""
        told = self._socket.getsockopt(_socket.SOL_SOCKET, _socket.SO_PEERCRED, _CREDENTIALS.size)
        return int(_CREDENTIALS.unpack(told)[1])

    def receive(self, seconds: float = REQUEST_SECONDS) -> Request:
        """Take the request in.

        Raises NobodyAsked, ProtocolError, and OSError where it is not whole in SECONDS.
        """
        until = time.monotonic() + seconds
        self._socket.settimeout(seconds)
        room = _socket.CMSG_SPACE(4 * _MOST_DESCRIPTORS)
        data, told, *_ = self._socket.recvmsg(_FIRST, room, _socket.MSG_CMSG_CLOEXEC)
        descriptors = received(told)
        if not data:
            raise NobodyAsked("the front went away before its request")
        try:
            data = self._whole(data, protocol.REQUEST.size, until)
            whole = protocol.REQUEST.size + protocol.request_length(data[: protocol.REQUEST.size])
            if len(data) > whole:
                raise protocol.ProtocolError("a request that is longer than it says")
            self.body = self._whole(data, whole, until)[protocol.REQUEST.size :]
            self.request = protocol.read_request(self.body, descriptors)
        except BaseException:
            for descriptor in descriptors:
                os.close(descriptor)
            raise
        return self.request

    def take_over(self, body: bytes, descriptors: tuple[int, int]) -> Request:
        """Go on with the request of a worker that died, its BODY and its files. Raises ProtocolError."""
        self.body, self.request = body, protocol.read_request(body, descriptors)
        return self.request

    def client(self, *, trusted: bool) -> Client:
        """Return who the client is; only a TRUSTED caller can say that it is another than this machine."""
        given = self.request.environment if self.request is not None and trusted else {}
        return client_of(given)

    def answer(self, answer: Answer) -> None:
        """Send ANSWER. Raises OSError."""
        self._socket.settimeout(ANSWER_SECONDS)
        # No signal, as the front may be gone.
        data = protocol.answer(answer)
        sent = self._socket.send(data, _socket.MSG_NOSIGNAL)
        if sent < len(data):
            self._socket.sendall(data[sent:], _socket.MSG_NOSIGNAL)

    def close(self) -> None:
        """Close the connection and the files."""
        if self.request is not None:
            os.close(self.request.message)
            os.close(self.request.envelope)
            self.request = None
        self._socket.close()

    def _whole(self, data: bytes, size: int, until: float) -> bytes:
        """Return DATA and what is missing of its SIZE bytes."""
        while len(data) < size:
            self._socket.settimeout(max(0.0, until - time.monotonic()))
            piece = self._socket.recv(size - len(data))
            if not piece:
                raise protocol.ProtocolError("the front went away before its request was whole")
            data += piece
        return data
