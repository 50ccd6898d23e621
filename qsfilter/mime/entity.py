"""One MIME entity as a span of bytes with its header, and the leaves that the usual reading finds in it.

Guarantee: iterative and without copies; what it costs is linear in the spans it looks at, and its steps are bounded.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from qsfilter.mime.boundaries import boundaries
from qsfilter.mime.coding import CODED, IDENTITY, coding_of
from qsfilter.mime.header import read_header, structural, unfold
from qsfilter.mime.multipart import split
from qsfilter.mime.parameters import read_value
from qsfilter.names import as_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from mmap import mmap

    from qsfilter.limits import Limits
    from qsfilter.model import Field, Span

MESSAGES = frozenset({"message/rfc822", "message/global", "message/news", "message/delivery-status+rfc822"})
KNOWN = IDENTITY | CODED
_USUAL_TYPE = re.compile(rb"[ \t]*([\w.+-]+/[\w.+-]+)[ \t]*(?:;|$)")
MOST_STEPS = 12_000
STEP = 4096
Leaf = tuple[int, int, bytes]
"""First and last offset of the body without the white space around it, and the coding."""


class Entity(NamedTuple):
    """Header and body, as offsets in one base."""

    start: int
    body: int
    end: int
    header: tuple[Field, ...]
    structural: tuple[Field, ...]
    """Those fields that say what the entity is."""
    default: str = "text/plain"
    odd: bool = False
    """Another reader may read the header otherwise."""
    ended: bool = True
    """An empty line ended the header."""

    @property
    def declared(self) -> str:
        """The media type that the first Content-Type declares, in lower case."""
        for field in self.structural:
            if field.name.lower() == b"content-type":
                usual = _USUAL_TYPE.match(field.value)
                return as_text(usual[1].lower() if usual else read_value(unfold(field.value)).main) or self.default
        return self.default

    @property
    def coding(self) -> bytes:
        """The coding that the first Content-Transfer-Encoding declares."""
        for field in self.structural:
            if field.name.lower() == b"content-transfer-encoding":
                plain = field.value.strip().lower()
                return plain if plain in KNOWN else coding_of(read_value(unfold(plain)).main)
        return b""


def read_entity(base: bytes | mmap, start: int, end: int, limits: Limits, default: str = "text/plain") -> Entity:
    """Read the entity from START to END in BASE in the usual way. Raises LimitReached."""
    header = read_header(base, start, end, limits)
    return Entity(
        start,
        header.body,
        end,
        header.fields,
        structural(header.fields) if header.structural is None else header.structural,
        default,
        header.odd,
        header.ended,
    )


def entities_between(base: bytes | mmap, spans: Iterable[Span], limits: Limits, default: str) -> list[Entity]:
    """Read an entity in each of SPANS."""
    return [read_entity(base, start, end, limits, default) for start, end in spans]


def default_type(declared: str) -> str:
    """Return the type of an entity without Content-Type in a multipart of the type DECLARED (RFC 2046, 5.1.5)."""
    return "message/rfc822" if declared == "multipart/digest" else "text/plain"


def leaves(base: bytes | mmap, entities: Iterable[Entity], limits: Limits) -> set[Leaf]:
    """Return the leaves of ENTITIES under the usual reading; blank ones are left out."""
    found: set[Leaf] = set()
    todo = [(entity, 0) for entity in entities]
    steps = 0
    while todo and steps < MOST_STEPS:
        steps += 1
        entity, depth = todo.pop()
        declared = entity.declared
        open_it = depth < limits.depth and entity.coding in IDENTITY
        if open_it and declared in MESSAGES:
            todo.append((read_entity(base, entity.body, entity.end, limits), depth + 1))
            continue
        if open_it and declared.startswith("multipart/"):
            content_types = [field.value for field in entity.structural if field.name.lower() == b"content-type"]
            known = boundaries(content_types[0]) if content_types else []
            parts = split(base, entity.body, entity.end, known[0]) if known else None
            if parts and parts.parts:
                inner = entities_between(base, parts.parts, limits, default_type(declared))
                todo += [(entity, depth + 1) for entity in inner]
                continue
        first, last = trimmed(base, entity.body, entity.end)
        if first < last:
            found.add((first, last, entity.coding))
    return found


def trimmed(base: bytes | mmap, start: int, end: int) -> Span:
    """Return the span from START to END in BASE without white space at its ends."""
    while start < end:
        piece = base[start : min(end, start + STEP)]
        rest = piece.lstrip()
        start += len(piece) - len(rest)
        if rest:
            break
    while end > start:
        piece = base[max(start, end - STEP) : end]
        rest = piece.rstrip()
        end -= len(piece) - len(rest)
        if rest:
            break
    return start, end
