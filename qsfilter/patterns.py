"""Patterns for names, mail addresses and clients, as configuration files have them.

Guarantees: no pattern is a regular expression; in those of names and addresses `*` stands for any text and `?` for any
character, and all else for itself; a pattern that no address can fit is refused when it is read.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from qsfilter.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

NULL_SENDER = "<>"
"""The pattern for the empty sender of bounces (RFC 5321, 4.5.5)."""


def fits(text: str, patterns: Iterable[str]) -> bool:
    """Whether TEXT is like one of PATTERNS; upper and lower case differ."""
    return any(fnmatchcase(text, pattern.replace("[", "[[]")) for pattern in patterns)


def checked_address(pattern: str, where: str) -> str:
    """Return PATTERN in lower case. Raises ConfigError naming WHERE for one that no address can match."""
    text = pattern.strip().lower()
    if text not in (NULL_SENDER, "*") and "@" not in text and not text.startswith("."):
        raise ConfigError(
            f"{where}: takes user@domain, @domain, .domain, <> or a pattern with * in it, not {pattern!r}"
        )
    return text


def matches_address(address: bytes, patterns: Iterable[str]) -> bool:
    """Whether ADDRESS fits one of PATTERNS.

    `user@domain` is that address, `@domain` all of the domain, `.domain` the domain and all below it, `<>` the null
    sender. Upper and lower case are the same.
    """
    text = address.decode("utf-8", "surrogateescape").lower()
    domain = text.rpartition("@")[2]
    for pattern in patterns:
        if pattern == NULL_SENDER:
            found = not text
        elif "*" in pattern or "?" in pattern:
            found = fits(text, (pattern,))
        elif pattern.startswith("@"):
            found = "@" in text and domain == pattern[1:]
        elif pattern.startswith("."):
            found = "@" in text and f".{domain}".endswith(pattern)
        else:
            found = text == pattern
        if found:
            return True
    return False


def checked_client(pattern: str, where: str) -> str:
    """Return PATTERN, an IP address or a network (192.0.2.0/24). Raises ConfigError naming WHERE."""
    import ipaddress  # noqa: PLC0415 - most sites have no rule about clients

    try:
        return str(ipaddress.ip_network(pattern))
    except ValueError as error:
        raise ConfigError(f"{where}: {error}") from error


def matches_client(ip: str, networks: Iterable[str]) -> bool:
    """Whether IP lies in one of NETWORKS, which `checked_client` has read."""
    import ipaddress  # noqa: PLC0415 - as above

    try:
        address = ipaddress.ip_address(ip)
    except ValueError:  # what tcpserver's environment says is no address, so it is in no network
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in ipaddress.ip_network(network) for network in networks)
