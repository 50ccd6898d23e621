"""Reads assignments of plain values out of a Perl script, as text; nothing of it is ever run.

Known are `my $name = 'text';` (also `our`, `local` or nothing), double quotes with variables that were assigned before,
numbers and their products, and `@name = ("a", 'b');` or `qw(a b)`, over any number of lines. The first assignment
counts: settings stand at the top, and what the script does with them below is none.

Guarantees: nothing is raised, and a value that is none of these is left out; time grows with the size of the text.
"""

from __future__ import annotations

import re

LONGEST_LIST = 65_536
LONGEST_VALUE = 8_192
_SCALAR = re.compile(r"^[ \t]*(?:(?:my|our|local)[ \t]+)?\$(\w+)[ \t]*=[ \t]*(?![=~])", re.MULTILINE)
_LIST = re.compile(r"^[ \t]*(?:(?:my|our|local)[ \t]+)?@(\w+)[ \t]*=[ \t]*", re.MULTILINE)
_SINGLE = re.compile(r"'((?:[^'\\]|\\.)*+)'", re.DOTALL)
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?")
_PRODUCT = re.compile(r"(\d{1,9})(?:[ \t]*\*[ \t]*(\d{1,9}))(?:[ \t]*\*[ \t]*(\d{1,9}))?")
_WORDS = re.compile(r"qw[ \t]*(?:\(([^()]*+)\)|/([^/]*+)/|\[([^\[\]]*+)\]|\{([^{}]*+)\})")
_END = re.compile(r"[ \t]*(?:;|$)", re.MULTILINE)
_GAP = re.compile(r"(?:[\s,]|=>|\#[^\n]*)*+")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
Value = str | tuple[str, ...]


def assignments(text: str) -> dict[str, Value]:
    """Return what TEXT assigns, by the variable's name without `$` or `@`."""
    found: dict[str, Value] = {}
    starts = [(match.start(), match) for match in _SCALAR.finditer(text)]
    starts += [(match.start(), match) for match in _LIST.finditer(text)]
    for _, match in sorted(starts, key=lambda start: start[0]):
        name = match[1]
        is_list = match.re is _LIST
        value = _list(text, match.end(), found) if is_list else _scalar(text, match.end(), found)
        if value is not None:
            found.setdefault(name, value)
    return found


def _scalar(text: str, at: int, known: dict[str, Value]) -> str | None:
    """Read the one value at AT, behind which the statement ends; None for anything else."""
    value, end = _value(text, at, known)
    return value if value is not None and _END.match(text, end) else None


def _value(text: str, at: int, known: dict[str, Value]) -> tuple[str | None, int]:
    """Read a quoted text or a number at AT; return it, and where it ends."""
    limit = at + LONGEST_VALUE
    if match := _SINGLE.match(text, at, limit):
        return re.sub(r"\\(['\\])", r"\1", match[1]), match.end()
    if match := _DOUBLE.match(text, at, limit):
        return _interpolated(match[1], known), match.end()
    if match := _PRODUCT.match(text, at, limit):
        product = int(match[1]) * int(match[2]) * int(match[3] or 1)
        return str(product), match.end()
    if match := _NUMBER.match(text, at, limit):
        return match[0], match.end()
    return None, at


def _interpolated(raw: str, known: dict[str, Value]) -> str | None:
    """Return RAW, which stood in double quotes, with scalars in their places; None where one is not known."""
    pieces: list[str] = []
    at = 0
    for match in re.finditer(r"\\(.)|\$(?:(\w+)|\{(\w+)\})", raw, re.DOTALL):
        pieces.append(raw[at : match.start()])
        at = match.end()
        if match[1]:
            pieces.append(_ESCAPES.get(match[1], match[1]))
            continue
        value = known.get(match[2] or match[3])
        if not isinstance(value, str):
            return None
        pieces.append(value)
    whole = "".join([*pieces, raw[at:]])
    return whole if len(whole) <= LONGEST_VALUE else None


def _list(text: str, at: int, known: dict[str, Value]) -> tuple[str, ...] | None:
    """Read a list at AT; None where something else than plain values is in it, or it has no end."""
    limit = at + LONGEST_LIST
    if match := _WORDS.match(text, at, limit):
        return tuple(next(group for group in match.groups() if group is not None).split())
    if text[at : at + 1] != "(":
        return None
    at += 1
    found: list[str] = []
    while at < limit:
        gap = _GAP.match(text, at)
        at = gap.end() if gap else at
        if text[at : at + 1] == ")":
            return tuple(found)
        if match := _WORDS.match(text, at, limit):
            found += next(group for group in match.groups() if group is not None).split()
            at = match.end()
            continue
        value, end = _value(text, at, known)
        if value is None:
            return None
        found.append(value)
        at = end
    return None
