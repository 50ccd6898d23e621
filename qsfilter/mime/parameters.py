"""Reads structured MIME values: `type; attribute=value` (RFC 2045, 5.1), with RFC 2231's continuations and charsets.

Guarantee: linear in the value's length, and never raises: what follows no grammar is passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter.names import as_text, decode_extended, unpercent

if TYPE_CHECKING:
    from collections.abc import Iterable

_PARAMETER = re.compile(rb'\s*([^=;\s]+)\s*=\s*(?:"((?:[^"\\]|\\[\s\S])*)"?|([^;]*))[^;]*;?')
_SEGMENT = re.compile(rb"[^;]*;*")
_ESCAPED = re.compile(rb'\\(["\\])')
_CONTINUED = re.compile(rb"([^*]+)\*([+-]?\d{1,18})(\*?)")
_COMMENT = re.compile(rb"\([^()]*\)")
Piece = tuple[int, bytes, bool]
"""Number, value, and whether it is percent-coded."""


@dataclass(frozen=True, slots=True)
class Value:
    """One structured value: what stands in front, and its parameters in their order, names in lower case."""

    main: bytes
    parameters: tuple[tuple[bytes, bytes], ...]

    def get(self, attribute: bytes) -> bytes | None:
        """Return the first parameter named ATTRIBUTE, also where it is extended or continued (RFC 2231)."""
        for name, value in self.parameters:
            if name == attribute:
                return value
        texts = self.extended(attribute)
        return texts[0].encode("utf-8", "surrogatepass") if texts else None

    def extended(self, attribute: bytes) -> list[str]:
        """Return the text of `ATTRIBUTE*` and of its continuations `ATTRIBUTE*0`, `ATTRIBUTE*1*`, … joined (RFC 2231).

        A continuation that stands there twice counts once, as it stands there first.
        """
        texts = [decode_extended(value) for name, value in self.parameters if name == attribute + b"*"]
        if pieces := self._pieces(attribute):
            texts.append(_joined(_by_number(reversed(pieces))))
        return list(dict.fromkeys(texts))

    def loosely_extended(self, attribute: bytes) -> list[str]:
        """Return what other readers make of the continuations of ATTRIBUTE.

        They join them as they stand, whatever is behind the star, take the last of two, or take the first piece alone.
        """
        starred = [
            (0, value, name.endswith(b"*")) for name, value in self.parameters if name.startswith(attribute + b"*")
        ]
        texts = [_joined(starred)] if starred else []
        if pieces := self._pieces(attribute):
            texts += [_joined(_by_number(pieces)), _joined(_by_number(reversed(pieces))[:1])]
        return list(dict.fromkeys(texts))

    def _pieces(self, attribute: bytes) -> list[Piece]:
        """Return the continuations of ATTRIBUTE as they stand."""
        if not any(name.startswith(attribute + b"*") for name, _ in self.parameters):
            return []
        return [
            (int(match[2]), value, bool(match[3]))
            for name, value in self.parameters
            if (match := _CONTINUED.fullmatch(name)) and match[1] == attribute
        ]


def _by_number(pieces: Iterable[Piece]) -> list[Piece]:
    """Sort PIECES by their numbers; of two with the same number the last stays."""
    return sorted({piece[0]: piece for piece in pieces}.values())


def _joined(pieces: list[Piece]) -> str:
    charset = "utf-8"
    texts: list[bytes] = []
    for index, (_, value, coded) in enumerate(pieces):
        piece = value
        if coded and index == 0 and value.count(b"'") > 1:
            head, _, piece = value.split(b"'", 2)
            charset = head.decode("ascii", "replace") or charset
        texts.append(unpercent(piece) if coded else piece)
    return as_text(b"".join(texts), charset)


def read_value(text: bytes) -> Value:
    """Read TEXT, an unfolded field value."""
    main, _, rest = text.partition(b";")
    parameters: list[tuple[bytes, bytes]] = []
    at = 0
    while at < len(rest):
        found = _PARAMETER.match(rest, at)
        if found:
            name, quoted, plain = found.groups()
            value = _ESCAPED.sub(rb"\1", quoted) if plain is None else _COMMENT.sub(b"", plain).strip()
            parameters.append((name.lower(), value))
            at = found.end()
        else:
            segment = _SEGMENT.match(rest, at)
            at = segment.end() if segment and segment.end() > at else len(rest)
    return Value(main=_COMMENT.sub(b"", main).strip().lower(), parameters=tuple(parameters))
