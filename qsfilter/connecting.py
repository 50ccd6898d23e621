"""Connections to the servers that plugins ask, without the cost of `socket`.

Guarantee: connecting ends in time, also where a server's queue of connections is full.
"""

from __future__ import annotations

# Not `socket`: its wrapper of enums and classes costs each message of a one-process wrapper 2.5 ms (measured).
import _socket
import struct
import time
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

CONNECT_SECONDS = 3.0
"""The most for one connection; a server that is there answers in less, and the next one is waiting."""


@overload
def connect(address: str | tuple[str, int], deadline: float) -> _socket.socket: ...
@overload
def connect(address: str | tuple[str, int], deadline: float, begin: Callable[[_socket.socket, float], T]) -> T: ...
def connect(
    address: str | tuple[str, int], deadline: float, begin: Callable[[_socket.socket, float], T] | None = None
) -> _socket.socket | T:
    """Return a connection to ADDRESS, the path of a unix socket or host and port, that does not block.

    DEADLINE is on `time.monotonic`. A host name is looked up without a time limit; an address needs no look-up. BEGIN
    is called with the connection and until when, where more than a connection is to be made, as with TLS; what it makes
    is returned. Each address of a host is tried in turn, and each has 3 seconds at most. Raises OSError, that of the
    last one.
    """
    error: OSError = TimeoutError("no time is left to connect")
    for family, place in _places(address):
        until = min(deadline, time.monotonic() + CONNECT_SECONDS)
        seconds = until - time.monotonic()
        if seconds <= 0:
            break
        made = _socket.socket(family, _socket.SOCK_STREAM)
        try:
            _connect(made, family, place, seconds)
            begun = made if begin is None else begin(made, until)
        except OSError as failed:
            made.close()
            error = failed
        except BaseException:  # the core's timer
            made.close()
            raise
        else:
            return begun
    raise error


def _places(address: str | tuple[str, int]) -> list[tuple[int, object]]:
    if isinstance(address, str):
        return [(_socket.AF_UNIX, address)]
    found = _socket.getaddrinfo(*address, 0, _socket.SOCK_STREAM)
    return [(int(family), place) for family, _, _, _, place in found]


def _connect(made: _socket.socket, family: int, place: object, seconds: float) -> None:
    if family == _socket.AF_UNIX:
        # A unix socket that must not block refuses at once where the queue is full, and that of Debian's clamd has 15
        # places. The kernel waits as long as this timer says.
        whole = int(seconds)
        made.setsockopt(
            _socket.SOL_SOCKET, _socket.SO_SNDTIMEO, struct.pack("@ll", whole, int((seconds - whole) * 1e6))
        )
        try:
            made.connect(place)  # type: ignore[arg-type]  # a path here
        except BlockingIOError as error:
            raise TimeoutError(f"its queue of connections was full for {seconds:.3g} s") from error
    else:
        made.settimeout(seconds)
        made.connect(place)  # type: ignore[arg-type]  # a tuple here
        made.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
    made.setblocking(False)
