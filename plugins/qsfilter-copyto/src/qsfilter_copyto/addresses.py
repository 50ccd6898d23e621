"""Where copies go: addresses, and patterns of addresses that are filled in with those of the recipients.

Guarantee: what is made of a recipient is a mail address of one line, or nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_ADDRESS = 900
"""Octets; qmail-queue takes 1,002."""
_WORD = re.compile(r"\{([^{}]*)\}")
_FILLED = re.compile(rb"\{(local|domain)\}")


def checked(pattern: str, where: str) -> str:
    """Return PATTERN if an address can be made of it. Raises ConfigError naming WHERE."""
    unknown = [word for word in _WORD.findall(pattern) if word not in {"local", "domain"}]
    if unknown or "{" in _WORD.sub("", pattern) or "}" in _WORD.sub("", pattern):
        raise ConfigError(f"{where}: knows {{local}} and {{domain}}, not {pattern!r}")
    if not is_address(_WORD.sub("x", pattern).encode()):
        raise ConfigError(f"{where}: takes a mail address, as postmaster@example.com, not {pattern!r}")
    return pattern


def is_pattern(text: str) -> bool:
    """Whether TEXT has to be filled in."""
    return "{" in text


def is_address(address: bytes) -> bool:
    """Whether ADDRESS has a local part, a domain, and no octet that could end a line or a command."""
    local, _, domain = address.rpartition(b"@")
    sound = all(octet > 32 and octet != 127 and octet not in b"<>" for octet in address)
    return bool(local and domain) and sound and len(address) <= LONGEST_ADDRESS


def filled(pattern: str, recipient: bytes) -> bytes:
    """Return PATTERN with the parts of RECIPIENT, empty where that makes no address."""
    local, at, domain = recipient.rpartition(b"@")
    if not at:
        return b""
    parts = {b"local": local, b"domain": domain}
    made = _FILLED.sub(lambda found: parts[found[1]], pattern.encode())
    return made if is_address(recipient) and is_address(made) else b""


def filled_for(patterns: Iterable[str], recipients: Iterable[bytes]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Fill in PATTERNS for each of RECIPIENTS: return the addresses, each once, and the recipients without one."""
    chosen = tuple(patterns)
    made = [(recipient, filled(pattern, recipient)) for recipient in recipients for pattern in chosen]
    addresses = dict.fromkeys(address for _, address in made if address)
    without = dict.fromkeys(recipient for recipient, address in made if not address)
    return tuple(addresses), tuple(without)
