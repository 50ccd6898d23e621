"""Reads the option `rules`: tables as they stand in the configuration, checked key by key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter import ConfigError, Kind
from qsfilter.legacy import HeaderRule
from qsfilter.options import checked, unknown_key
from qsfilter.words import MODES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

KEYS: dict[str, type] = {"field": str, "pattern": str, "kind": str, "name": str, "ignore_case": bool, "mode": str}
KINDS = (Kind.POLICY, Kind.MALWARE, Kind.SPAM)
_FIELD = re.compile(r"[!-9;-~]+")


def read_tables(tables: Iterable[Mapping[str, object]]) -> Iterator[HeaderRule]:
    """Yield the rule of each of TABLES that is not off. Raises ConfigError naming the table and its mistake."""
    for index, table in enumerate(tables):
        rule = _rule(table, f"rules[{index}]")
        if table.get("mode") != "off":
            yield rule


def _rule(table: Mapping[str, object], where: str) -> HeaderRule:
    checked(table, dict, where)
    for key, value in table.items():
        if key not in KEYS:
            raise unknown_key(where, key, KEYS)
        checked(value, KEYS[key], f"{where}.{key}")
    field, pattern = str(table.get("field", "")), str(table.get("pattern", ""))
    if not pattern or not _FIELD.fullmatch(field):
        raise ConfigError(f"{where}: takes the name of a header field (without the colon) and a pattern")
    kind = table.get("kind", Kind.POLICY)
    if kind not in KINDS:
        raise ConfigError(f"{where}.kind: takes one of {', '.join(KINDS)}, not {kind!r}")
    mode = table.get("mode", MODES[0])
    if mode not in MODES:
        raise ConfigError(f"{where}.mode: takes one of {', '.join(MODES)}, not {mode!r}")
    return HeaderRule(
        kind=Kind(str(kind)),
        field=field,
        pattern=b"(?i)" * bool(table.get("ignore_case")) + _octets(pattern),
        description=str(table.get("name", "")),
        where=where,
        shadow=mode == "shadow",
    )


def _octets(pattern: str) -> bytes:
    """Write PATTERN as one of the spellings of a value: in Latin-1, where a class of letters works, else in UTF-8."""
    try:
        return pattern.encode("latin-1")
    except UnicodeEncodeError:
        return pattern.encode("utf-8", "replace")
