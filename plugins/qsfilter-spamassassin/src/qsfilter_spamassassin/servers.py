"""The servers as an option names them."""

from __future__ import annotations

from dataclasses import dataclass

from qsfilter import ConfigError


@dataclass(frozen=True, slots=True)
class Server:
    """One spamd."""

    text: str
    """Its address as the option has it."""
    path: str = ""
    """Of its unix socket; empty for TCP."""
    host: str = ""
    port: int = 0

    @property
    def where(self) -> str | tuple[str, int]:
        """What to connect to."""
        return self.path or (self.host, self.port)

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
