"""Writes a commented configuration in TOML (the standard library only reads it).

Guarantees: what is written is read back as the same values; no value and no comment begins a line of its own; a table
of which nothing is on is a comment from its first line to its last.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter.names import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 118
_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of the configuration with its value."""

    table: str
    """As TOML has it, without brackets; empty for the top level, `[policy]` for one of an array of tables."""
    key: str = ""
    """Empty where the table is all that is wanted."""
    value: object = ""
    why: str = ""
    """The comment above it."""
    on: bool = True
    """Else it is a comment."""


def toml(value: object) -> str:
    """Return VALUE, a text, number, truth value, list or table, as it stands behind the `=`.

    Raises TypeError for anything else.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        # What UTF-8 can't have is shown, not written; JSON leaves DEL alone, which TOML does not know.
        whole = value.encode("utf-8", "backslashreplace").decode("utf-8")
        return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(toml, value)) + "]"
    raise TypeError(f"{type(value).__name__} has no form in TOML")


def comment(text: str) -> list[str]:
    """Return TEXT as lines of a comment; each of its lines begins a new one."""
    lines = [line for piece in text.split("\n") for line in textwrap.wrap(printable(piece), WIDTH) or [""]]
    return [f"# {line}".rstrip() for line in lines]


def written(settings: Iterable[Setting], about: Mapping[str, str], head: str, tail: str = "") -> str:
    """Return the configuration of SETTINGS, tables in the order in which each is first named, the top level in front.

    ABOUT has the comment above a table; HEAD and TAIL are comments in front of everything and behind it.
    """
    tables: dict[str, list[Setting]] = {"": []}
    for setting in settings:
        tables.setdefault(setting.table, []).append(setting)
    blocks = [comment(head), *(_table(name, found, about.get(name, "")) for name, found in tables.items())]
    if tail:
        blocks.append(comment(tail))
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def _table(name: str, settings: list[Setting], about: str) -> list[str]:
    on = any(setting.on for setting in settings)
    lines = comment(about) if about else []
    if name:
        lines.append(f"{'' if on else '#'}[{name}]")
    for setting in settings:
        lines += comment(setting.why) if setting.why else []
        if setting.key:
            lines.append(f"{'' if setting.on else '#'}{_key(setting.key)} = {toml(setting.value)}")
    return lines


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else toml(key)
