"""The other ways to read a header: fields that only tolerant readers see, and other lines at which it ends.

Guarantee: asked only for headers that `header.read_header` calls odd; bounded in lines, octets and readings; a
header of more than LONGEST octets raises LimitReached.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached
from qsfilter.mime.header import Header, field_between, next_line
from qsfilter.model import Field

if TYPE_CHECKING:
    from collections.abc import Iterator
    from mmap import mmap

STRUCTURAL = frozenset({b"content-type", b"content-transfer-encoding", b"content-disposition"})
"""The fields that decide what a reader gets."""
LONGEST = 1 << 17
"""Octets of a header that are looked at for other readings."""
MOST_LINES = 400
MOST_READINGS = 6
_BEGINS_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_LOOSE = re.compile(
    rb"^[^:|\n]{0,80}?(?<![\w-])(?:content-)*(content-(?:type|transfer-encoding|disposition))[\"'>)]?[ \t:;=.,]*"
    rb"(?=([^\n]*(?:\n[ \t][^\n]*)*))",
    re.IGNORECASE | re.MULTILINE,
)
_PLAUSIBLE = {
    b"content-type": re.compile(rb"[\"'(]*(?:[\w.+-]+/[\w.+-]+(?![|\w])|[\w-]+\s*;)", re.IGNORECASE),
    b"content-transfer-encoding": re.compile(
        rb"[\"'(=]*(?:transfer-encoding:\s*)?(?:bas|b64|quoted|q|7|8|bin|x-|uu)", re.IGNORECASE
    ),
    b"content-disposition": re.compile(rb"[\"']*(?:attachment|inline|[\w-]+\s*;)", re.IGNORECASE),
}
_LINE_ENDS = bytes.maketrans(b"\r", b"\n")
_VERTICAL = bytes.maketrans(b"\v\f", b"\n\n")
_UNSEEN = bytes(octet for octet in range(256) if (octet < 32 and octet not in b"\r\n\t") or octet > 126)
_FOLDS = re.compile(rb"\n[ \t]+")


def other_headers(base: bytes | mmap, start: int, end: int, usual: Header) -> list[tuple[str, Header]]:
    """Return the readings of the header from START in BASE other than USUAL, each with its code."""
    if usual.body - start > LONGEST:
        raise LimitReached("octets of an odd header", LONGEST)
    found: list[tuple[str, Header]] = []
    known = _structure(usual.fields)
    for body in (usual.body, *_other_ends(base, start, end, usual)):
        fields = usual.fields if body == usual.body else _fields_through(base, start, body)
        code = "hidden-field" if body == usual.body else "header-end"
        hidden = _hidden(base, start, body, fields)
        if hidden:
            found.append((code, Header((*hidden, *fields), body)))
        if body != usual.body and _structure(fields) != known:
            found.append((code, Header(fields, body)))
    return found[:MOST_READINGS]


def has_blank_before_colon(base: bytes | mmap, fields: tuple[Field, ...]) -> bool:
    """Whether a structural field has white space before its colon, so that strict readers take it for no field."""
    return any(
        base[field.span[0] + len(field.name) : field.span[0] + len(field.name) + 1] != b":"
        for field in fields
        if field.name.lower() in STRUCTURAL
    )


def _structure(fields: tuple[Field, ...]) -> list[tuple[bytes, bytes]]:
    return [(field.name.lower(), field.value.strip()) for field in fields if field.name.lower() in STRUCTURAL]


def _other_ends(base: bytes | mmap, start: int, end: int, usual: Header) -> list[int]:
    """Return where else the header ends: behind lines of white space or NUL, and behind what follows the usual end."""
    inside = [
        after
        for line, after in _lines(base, start, usual.body)
        if line.strip(b"\r\n") and _is_blank(line) and not _goes_on(base, after, usual.body)
    ]
    stop = min(end, usual.body + LONGEST)
    # A delimiter that follows without an empty line is no header line, and real mailers write it so.
    begun = not usual.ended and base[usual.body : usual.body + 2] != b"--"
    for line, after in _lines(base, usual.body, stop):
        if _is_blank(line):
            if begun:
                inside.append(after)
            begun = False
        elif not begun:
            if not (_BEGINS_FIELD.match(line) or _LOOSE.match(line)):
                break
            begun = True
    return [after for after in dict.fromkeys(inside) if after != usual.body]


def _goes_on(base: bytes | mmap, at: int, end: int) -> bool:
    """Whether a field or a fold stands at AT, so that the white space in front of it is a fold of no use."""
    line = bytes(base[at : min(end, at + 200)])
    return line[:1] in (b" ", b"\t") or bool(_BEGINS_FIELD.match(line))


def _lines(base: bytes | mmap, start: int, end: int) -> Iterator[tuple[bytes, int]]:
    """Yield the beginning of each line, and the offset behind it, for MOST_LINES lines."""
    at = start
    for _ in range(MOST_LINES):
        if at >= end:
            return
        after = next_line(base, at, end)
        yield bytes(base[at : min(after, at + 200)]), after
        at = after


def _is_blank(line: bytes) -> bool:
    return not line.strip(b" \t\r\n\0")


def _fields_through(base: bytes | mmap, start: int, end: int) -> tuple[Field, ...]:
    """Read every field between START and END, whatever stands between them.

    A line that is no field goes on inside the quotes that the one before it leaves open.
    """
    found: list[Field] = []
    first = colon = -1
    at = start
    for line, after in _lines(base, start, end):
        cut = colon >= 0 and not _BEGINS_FIELD.match(line) and base[colon:at].count(b'"') % 2
        if (line[:1] not in b" \t" and not cut) or _is_blank(line):
            if colon >= 0:
                found.append(field_between(base, first, colon, at))
            first, colon = at, -1
            if _BEGINS_FIELD.match(line):
                colon = base.find(b":", at, after)
        at = after
    if colon >= 0:
        found.append(field_between(base, first, colon, at))
    return tuple(found)


def _hidden(base: bytes | mmap, start: int, end: int, known: tuple[Field, ...]) -> tuple[Field, ...]:
    """Return the structural fields between START and END that tolerant readers see beside those KNOWN.

    They stand in a fold, behind blanks, words, NUL, controls or 8-bit octets, have no colon or several, or are folded
    inside their name.
    """
    region = bytes(base[start : min(end, start + LONGEST)]).replace(b"\r\n", b"\n").translate(_LINE_ENDS)
    plain = region.translate(None, _UNSEEN)
    texts = [plain, _FOLDS.sub(b"", plain)]
    if b"\v" in region or b"\f" in region:  # line ends for some readers
        texts.append(region.translate(_VERTICAL).translate(None, _UNSEEN))
    seen = {(name, _squeezed(value)) for name, value in _structure(known)}
    found: list[Field] = []
    for text in texts:
        for match in _LOOSE.finditer(text):
            name, value = match[1].lower(), match[2]
            if (name, _squeezed(value)) not in seen and _PLAUSIBLE[name].match(value):
                seen.add((name, _squeezed(value)))
                found.append(Field(name=match[1], value=b" " + value, span=(start, end)))
    return tuple(found[:MOST_READINGS])


def _squeezed(value: bytes) -> bytes:
    return value.translate(None, b" \t\r\n" + _UNSEEN)
