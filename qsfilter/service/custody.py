"""Keeps the message that a worker has in hand where the master finds it if the worker dies.

How: worker and master both hold both ends of a pair of sockets. The worker puts the message's descriptors and what is
known of it into the one end when it begins, and takes them out of the other when it is done. If it dies, in whatever
way, they are still there; and as long as it lives, the master need not wake up.

Guarantee: a message is in custody from before the first plugin is asked until the answer is about to be sent, so nobody
answers twice.
"""

from __future__ import annotations

import _socket  # not `socket`: its enums and classes are 2.5 ms
import os
import struct
import sys
from typing import NamedTuple

DESCRIPTORS = 3
LONGEST = 1 << 17
LONGEST_WHY = 200
_HEAD = struct.Struct("@qdH")


class Stuck(RuntimeError):  # noqa: N818 - says what the message is
    """A message stays in custody, which no worker may survive.

    It would give up the message before from then on, and a front would wait on a connection that is still open in here.
    """


class InHand(NamedTuple):
    """One message that is being examined."""

    caller: int
    """User number of the one who handed it in."""
    deadline: float
    """On `time.monotonic`."""
    request: bytes
    """As the front sent it, without its head."""
    connection: int
    """Descriptors: the connection to the front, and the files of message and envelope."""
    message: int
    envelope: int
    failures: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    """Plugins that must not be asked, as a worker died of them, and why."""

    @property
    def seen(self) -> str:
        """What the last worker died of, as `scan of clamav`; empty where it was no call about this message."""
        if not self.failures:
            return ""
        plugin, why = next(reversed(self.failures.items()))
        hook = why.partition(":")[0]
        return "" if hook in {"start", "about"} else f"{hook} of {plugin}"

    def close(self) -> None:
        """Close its descriptors."""
        for descriptor in (self.connection, self.message, self.envelope):
            os.close(descriptor)


class Custody:
    """Room for the one message that one worker has in hand; make it before the worker is forked."""

    def __init__(self) -> None:
        self._in, self._out = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
        for end in (self._in, self._out):
            end.setblocking(False)

    def put(self, held: InHand) -> None:
        """Take HELD into custody. Raises OSError."""
        fields = [text for pair in held.failures.items() for text in pair]
        told = b"".join(text.encode("utf-8", "replace").replace(b"\0", b"?")[:LONGEST_WHY] + b"\0" for text in fields)
        rights = b"".join(
            number.to_bytes(4, sys.byteorder) for number in (held.connection, held.message, held.envelope)
        )
        passed = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, rights)]
        head = _HEAD.pack(held.caller, held.deadline, len(fields))
        self._in.sendmsg([head, told, held.request], passed)

    def clear(self) -> None:
        """Give up what is held; its descriptors in here are closed. Raises Stuck."""
        try:
            self._out.recv(1)
        except BlockingIOError:
            return
        except OSError as error:
            raise Stuck(f"a message in custody can't be given up: {error.strerror}") from error

    def take(self) -> InHand | None:
        """Take out what a worker that died had in hand; None where it had nothing."""
        try:
            data, told, *_ = self._out.recvmsg(LONGEST, _socket.CMSG_SPACE(4 * DESCRIPTORS), _socket.MSG_CMSG_CLOEXEC)
        except BlockingIOError:
            return None
        connection, message, envelope = received(told)
        caller, deadline, number = _HEAD.unpack_from(data)
        *fields, request = data[_HEAD.size :].split(b"\0", number)
        texts = [field.decode("utf-8", "replace") for field in fields]
        failures = dict(zip(texts[::2], texts[1::2], strict=True))
        return InHand(caller, deadline, request, connection, message, envelope, failures)

    def close(self) -> None:
        """Close both ends."""
        self._in.close()
        self._out.close()


def received(told: list[tuple[int, int, bytes]]) -> tuple[int, ...]:
    """Return the descriptors that came with a message."""
    found: list[int] = []
    for level, kind, data in told:
        if level == _socket.SOL_SOCKET and kind == _socket.SCM_RIGHTS:
            found += [int.from_bytes(data[at : at + 4], sys.byteorder) for at in range(0, len(data) - 3, 4)]
    return tuple(found)
