"""Reads the options `rules` and `sensitive`: tables as they stand in the configuration, checked key by key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter import ConfigError, Kind
from qsfilter.legacy import HeaderRule
from qsfilter.options import checked, unknown_key
from qsfilter.words import MODES
from qsfilter_headers.values import LEAKS, key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

KEYS: dict[str, type] = {"field": str, "pattern": str, "kind": str, "name": str, "ignore_case": bool, "mode": str}
MARKER_KEYS = ("field", "pattern", "ignore_case")
KINDS = (Kind.POLICY, Kind.MALWARE, Kind.SPAM)
_FIELD = re.compile(r"[!-9;-~]+")


def read_tables(tables: Iterable[Mapping[str, object]]) -> Iterator[HeaderRule]:
    """Yield the rule of each of TABLES that is not off. Raises ConfigError naming the table and its mistake."""
    for index, table in enumerate(tables):
        rule = _rule(table, f"rules[{index}]", KEYS)
        if table.get("mode") != "off":
            yield rule


def read_markers(tables: Iterable[Mapping[str, object]]) -> Iterator[HeaderRule]:
    """Yield each of TABLES, which say what makes a message sensitive, as a rule. Raises ConfigError as above."""
    for index, table in enumerate(tables):
        rule = _rule(table, f"sensitive[{index}]", MARKER_KEYS)
        if key(rule.field) in LEAKS:
            raise ConfigError(f"{rule.where}.field: {rule.field} is what comes of it")
        yield rule


def _rule(table: Mapping[str, object], where: str, known: Collection[str]) -> HeaderRule:
    checked(table, dict, where)
    for name, value in table.items():
        if name not in known:
            raise unknown_key(where, name, known)
        checked(value, KEYS[name], f"{where}.{name}")
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
