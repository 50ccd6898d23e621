"""Reads the tables `[[policy]]` and `[[allow]]` of the configuration.

Guarantee: every key and value is checked, and a mistake names file, table, number, key and the nearest right one.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from qsfilter import options
from qsfilter.actions import Action, Kind
from qsfilter.errors import ConfigError
from qsfilter.patterns import checked_address, checked_client
from qsfilter.site_policy import AllowEntry, Match, PolicyRule

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHA256 = re.compile(r"[0-9a-f]{64}")
ACTIONS = tuple(str(action) for action in Action)
CONDITIONS = tuple(field.name for field in fields(Match))
RULE_KEYS = ("match", "action", "keep", "hours", "then")
ALLOW_MATCH = ("recipient", "sender", "client", "user", "relay", "direction", "larger", "smaller", "file", "sha256")
ALLOW_KEYS = ("silence", "until", "comment", *ALLOW_MATCH)


def read_rules(tables: object, where: str) -> tuple[PolicyRule, ...]:
    """Return the rules in TABLES, the list `policy` of the file WHERE. Raises ConfigError."""
    return tuple(_rule(table, place) for table, place in _tables(tables, where, "policy", RULE_KEYS))


def read_allow(tables: object, where: str) -> tuple[AllowEntry, ...]:
    """Return the entries in TABLES, the list `allow` of the file WHERE. Raises ConfigError."""
    return tuple(_entry(table, place) for table, place in _tables(tables, where, "allow", ALLOW_KEYS))


def _tables(tables: object, where: str, name: str, known: tuple[str, ...]) -> list[tuple[dict[str, Any], str]]:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError(f"{where}: {name}: takes tables, each with the heading [[{name}]]")
    found = [(table, f"{where}: {name}[{number}]") for number, table in enumerate(tables, 1)]
    for table, place in found:
        _refuse_unknown(table, place, known)
    return found


def _refuse_unknown(table: Mapping[str, Any], where: str, known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            raise options.unknown_key(where, key, known)


def _rule(table: Mapping[str, Any], where: str) -> PolicyRule:
    conditions = options.checked(table.get("match", {}), dict, f"{where}.match")
    _refuse_unknown(conditions, f"{where}.match", CONDITIONS)
    if "action" not in table:
        raise ConfigError(f"{where}: action must be set")
    then, hours = table.get("then"), options.checked(table.get("hours", 0.0), float, f"{where}.hours")
    if (then is None) is not (hours == 0) or not 0 <= hours < float("inf"):
        raise ConfigError(f"{where}: hours, a number above 0, and then go together")
    return PolicyRule(
        match=_match(conditions, f"{where}.match"),
        action=_action(table["action"], f"{where}.action"),
        keep=options.checked(table.get("keep", False), bool, f"{where}.keep"),
        hours=hours,
        then=None if then is None else _action(then, f"{where}.then"),
        where=where,
    )


def _entry(table: Mapping[str, Any], where: str) -> AllowEntry:
    silence = _texts(table.get("silence", []), f"{where}.silence")
    if not silence:
        raise ConfigError(f"{where}: silence must be set: the findings to leave out, as 'policy extension .exe'")
    for text in silence:
        kind = text.partition(" ")[0]
        if kind not in tuple(Kind) and not kind.startswith("*"):
            raise options.unknown_key(f"{where}.silence", kind, Kind)
    return AllowEntry(
        silence=silence,
        match=_match({key: table[key] for key in ALLOW_MATCH if key in table}, where),
        until=_end_of(table.get("until"), f"{where}.until"),
        comment=options.checked(table.get("comment", ""), str, f"{where}.comment"),
        where=where,
    )


def _match(table: Mapping[str, Any], where: str) -> Match:
    values: dict[str, Any] = {}
    for key, value in table.items():
        place = f"{where}.{key}"
        if key == "relay":
            values[key] = options.checked(value, bool, place)
        elif key == "direction":
            values[key] = _one_of(value, ("in", "out"), place)
        elif key in {"larger", "smaller"}:
            values[key] = options.checked(value, int, place)
        else:
            values[key] = tuple(_checked(key, text, place) for text in _texts(value, place))
            if not values[key]:
                raise ConfigError(f"{place}: is empty, so it would never fit; leave it out")
    return Match(**values)


def _checked(key: str, text: str, where: str) -> str:
    if key in {"recipient", "sender"}:
        return checked_address(text, where)
    if key == "client":
        return checked_client(text, where)
    if key == "kind":
        return _one_of(text, tuple(Kind), where)
    if key == "sha256" and not _SHA256.fullmatch(text.lower()):
        raise ConfigError(f"{where}: takes 64 hexadecimal digits")
    return text.lower() if key == "sha256" else text


def _texts(value: object, where: str) -> tuple[str, ...]:
    """Return VALUE, one text or a list of them."""
    found: tuple[str, ...] = (value,) if isinstance(value, str) else options.checked(value, tuple[str, ...], where)
    return found


def _one_of(value: object, known: tuple[str, ...], where: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise ConfigError(f"{where}: takes one of {', '.join(map(str, known))}, not {value!r}")
    return str(value)


def _action(value: object, where: str) -> Action:
    return Action[_one_of(value, ACTIONS, where).upper()]


def _end_of(value: object, where: str) -> float | None:
    """Return when VALUE, a date or a date with time, is over, in seconds since the epoch; days end in UTC."""
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return (value if value.tzinfo else value.replace(tzinfo=dt.UTC)).timestamp()
    if isinstance(value, dt.date):
        day = dt.datetime.combine(value, dt.time(), dt.UTC)
        return (day + dt.timedelta(days=1)).timestamp()
    raise ConfigError(f"{where}: takes a date, as 2027-01-31 without quotes")
