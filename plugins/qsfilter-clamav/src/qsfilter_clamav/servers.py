"""The servers as an option names them, and connections to them, plain or through TLS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter import ConfigError, connecting, options

if TYPE_CHECKING:
    from typing import Protocol

    class Socket(Protocol):
        """What a session needs of a connection; one of `_socket` has it, and one through TLS."""

        def fileno(self) -> int:
            """Return its descriptor."""

        def send(self, data: bytes | memoryview, flags: int, /) -> int:
            """Send some of DATA and return how much. Raises BlockingIOError where nothing can be sent now."""

        def sendmsg(
            self, buffers: list[bytes | memoryview], rights: list[tuple[int, int, bytes]], flags: int, /
        ) -> int:
            """Send a message with descriptors."""

        def recv(self, size: int, /) -> bytes:
            """Return what has come, empty at the end. Raises BlockingIOError where nothing has."""

        def setsockopt(self, level: int, option: int, value: int, /) -> None:
            """Set an option of the connection."""

        def close(self) -> None:
            """Close it."""


TLS_KEYS = ("server_name", "ca_file", "certificate", "key")
KEYS = ("address", "weight", *TLS_KEYS)
MOST_WEIGHT = 1_000


@dataclass(frozen=True, slots=True)
class Server:
    """One clamd, or what stands in front of it."""

    text: str
    """Its address as the option has it."""
    path: str = ""
    """Of its unix socket; empty for TCP."""
    host: str = ""
    port: int = 0
    weight: int = 0
    """Its share of the mail; 0 for one that is asked when those with a weight fail."""
    tls: bool = False
    server_name: str = ""
    """What its certificate has to name, where that is not the host."""
    ca_file: str = ""
    """Who has to have signed its certificate (PEM); empty for whom the system trusts."""
    certificate: str = ""
    """Ours (PEM), with the chain behind it."""
    key: str = ""
    """Of our certificate; empty where it is in the same file."""

    @property
    def local(self) -> bool:
        """Whether descriptors can be passed to it."""
        return bool(self.path)

    @property
    def where(self) -> str | tuple[str, int]:
        """What to connect to."""
        return self.path or (self.host, self.port)

    def __str__(self) -> str:
        """Its address."""
        return self.text


def parse(entry: str | Mapping[str, object]) -> Server:
    """Read an address, or a table of `address` and more. Raises ConfigError."""
    if not isinstance(entry, Mapping):
        return _server(entry, {}, 0)
    for key, value in entry.items():
        if key not in KEYS:
            raise options.unknown_key("servers", key, KEYS)
        expected: type = int if key == "weight" else str
        options.checked(value, expected, f"servers.{key}")
    if not entry.get("address"):
        raise ConfigError("servers: address must be set")
    weight = entry.get("weight", 0)
    if not isinstance(weight, int) or not 0 <= weight <= MOST_WEIGHT:
        raise ConfigError(f"servers.weight: takes a number from 0 to {MOST_WEIGHT}")
    return _server(str(entry["address"]), {key: str(entry[key]) for key in TLS_KEYS if key in entry}, weight)


def _server(text: str, tls: Mapping[str, str], weight: int) -> Server:
    scheme, _, rest = text.partition(":")
    if tls and scheme != "tls":
        raise ConfigError(f"servers.{next(iter(tls))}: is for tls:HOST:PORT, not {text!r}")
    if "key" in tls and "certificate" not in tls:
        raise ConfigError("servers.key: takes a certificate beside it")
    if scheme == "unix" and rest.startswith("/"):
        return Server(text, path=rest, weight=weight)
    host, _, port = rest.rpartition(":")
    if scheme in ("tcp", "tls") and host and port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16:
        host = host.removeprefix("[").removesuffix("]")
        return Server(text, host=host, port=int(port), weight=weight, tls=scheme == "tls", **tls)
    raise ConfigError(f"servers: takes unix:/PATH, tcp:HOST:PORT or tls:HOST:PORT, not {text!r}")


def connect(server: Server, deadline: float) -> Socket:
    """Return a connection to SERVER that does not block, as `qsfilter.connecting` makes it. Raises OSError."""
    if not server.tls:
        return connecting.connect(server.where, deadline)
    from qsfilter_clamav.tls import secured  # noqa: PLC0415 - 15 ms, and few sites have such a server

    return connecting.connect(server.where, deadline, lambda made, until: secured(made, server, until))
