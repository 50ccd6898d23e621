"""The servers as an option names them, and connections to them.

Guarantee: connecting ends in time, also where a server's queue of connections is full.
"""

from __future__ import annotations

# Not `socket`: its wrapper of enums and classes costs each message of a one-process wrapper 2.5 ms.
import _socket
import struct
import time
from dataclasses import dataclass

from qsfilter import ConfigError

CONNECT_SECONDS = 3.0
"""The most for one connection; a server that is there answers in less, and the next one is waiting."""


@dataclass(frozen=True, slots=True)
class Server:
    """One spamd."""

    text: str
    """Its address as the option has it."""
    path: str = ""
    """Of its unix socket; empty for TCP."""
    host: str = ""
    port: int = 0

    def __str__(self) -> str:
        """Its address."""
        return self.text


def parse(text: str) -> Server:
    """Read an address. Raises ConfigError."""
    scheme, _, rest = text.partition(":")
    if scheme == "unix" and rest.startswith("/"):
        return Server(text, path=rest)
    host, _, port = rest.rpartition(":")
    if scheme == "tcp" and host and port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16:
        return Server(text, host=host.removeprefix("[").removesuffix("]"), port=int(port))
    raise ConfigError(f"servers: takes unix:/PATH or tcp:HOST:PORT, not {text!r}")


def connect(server: Server, deadline: float) -> _socket.socket:
    """Return a connection to SERVER that does not block. Raises OSError; DEADLINE is on `time.monotonic`.

    A host name is looked up without a time limit; an address needs no look-up.
    """
    error: OSError = TimeoutError("no time is left to connect")
    for family, address in _addresses(server):
        seconds = min(deadline - time.monotonic(), CONNECT_SECONDS)
        if seconds <= 0:
            break
        made = _socket.socket(family, _socket.SOCK_STREAM)
        try:
            _connect(made, family, address, seconds)
        except OSError as failed:
            made.close()
            error = failed
        except BaseException:  # the core's timer
            made.close()
            raise
        else:
            return made
    raise error


def _addresses(server: Server) -> list[tuple[int, object]]:
    if server.path:
        return [(_socket.AF_UNIX, server.path)]
    found = _socket.getaddrinfo(server.host, server.port, 0, _socket.SOCK_STREAM)
    return [(int(family), address) for family, _, _, _, address in found]


def _connect(made: _socket.socket, family: int, address: object, seconds: float) -> None:
    if family == _socket.AF_UNIX:
        # A unix socket that must not block refuses at once where the queue is full. The kernel waits as long as this
        # timer says.
        whole = int(seconds)
        made.setsockopt(
            _socket.SOL_SOCKET, _socket.SO_SNDTIMEO, struct.pack("@ll", whole, int((seconds - whole) * 1e6))
        )
        try:
            made.connect(address)  # type: ignore[arg-type]  # a path here
        except BlockingIOError as error:
            raise TimeoutError(f"its queue of connections was full for {seconds:.3g} s") from error
    else:
        made.settimeout(seconds)
        made.connect(address)  # type: ignore[arg-type]  # a tuple here
        made.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
    made.setblocking(False)
