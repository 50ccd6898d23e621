"""Reads values out of the tables of a configuration, whichever table it is.

Guarantee: what is wrong is a ConfigError that names file, table, key and what would be right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qsfilter import options
from qsfilter.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping


def table(parent: Mapping[str, Any], key: str, where: str, known: tuple[str, ...] | None = None) -> dict[str, Any]:
    """Return a copy of the table KEY of PARENT, empty where there is none; with KNOWN, it has no other keys."""
    found: dict[str, Any] = options.checked(parent.get(key, {}), dict, f"{where}: {key}")
    for name in found:
        if known is not None and name not in known:
            raise options.unknown_key(f"{where}: {key}", name, known)
    return dict(found)


def choice(value: object, known: tuple[str, ...], where: str) -> str:
    """Return VALUE, which is one of KNOWN."""
    if not isinstance(value, str) or value not in known:
        raise ConfigError(f"{where}: takes one of {', '.join(known)}, not {value!r}")
    return value


def positive(value: object, where: str) -> float:
    """Return VALUE, a finite number above 0."""
    number: float = options.checked(value, float, where)
    if not 0 < number < float("inf"):  # TOML knows nan and inf, which no timer does
        raise ConfigError(f"{where}: takes a number above 0")
    return number


def count(value: object, where: str) -> int:
    """Return VALUE, a whole number from 1 up."""
    number: int = options.checked(value, int, where)
    if number < 1:
        raise ConfigError(f"{where}: takes a number from 1 up")
    return number
