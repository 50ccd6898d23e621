"""Splits one part by every boundary and at every delimiter that some reader takes, and yields the entities.

Guarantees: the usual split first; another only for the entities in it that hold a leaf the usual one has not; regions
of clean base64, in which no delimiter can stand, are searched once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.mime.boundaries import boundaries, has_empty
from qsfilter.mime.children import children, with_other_headers
from qsfilter.mime.codes import odd
from qsfilter.mime.entity import MESSAGES, default_type, entities_between, leaves, read_entity, trimmed
from qsfilter.mime.multipart import Split, guessed_boundary, loose_split, mentions, split
from qsfilter.model import Child

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from qsfilter.limits import Limits
    from qsfilter.model import Field, Finding, Part, Span


def read_multipart(part: Part, fields: tuple[Field, ...], limits: Limits) -> Iterator[Child | Finding]:
    """Split PART by each boundary and in each way that shows something new."""
    base, (start, end) = part.blob.base, part.blob.span
    declared_multipart = part.declared.startswith("multipart/")
    candidates = _boundaries(fields)
    usual: Split | None = None
    gaps: list[Span] = []
    if declared_multipart and candidates:
        found = split(base, start, end, candidates[0][0])
        if found.parts:
            usual = found
            opaque = yield from _usual_split(part, found, limits)
            gaps = _complement(start, end, opaque)
    loose = [boundary for boundary, _ in candidates]
    if usual:
        used = {candidates[0][0]: usual.delimiters}
        loose = [
            boundary
            for boundary in loose
            if sum(mentions(base, first, last, boundary) for first, last in gaps) > used.get(boundary, 0)
        ]
    if usual is None or len(candidates) > 1 or loose:
        yield from _other_splits(part, candidates, usual, loose, limits)
    if usual and not usual.closed:
        yield from _inner_wins(part, candidates[0][0], usual, limits)
    if declared_multipart and usual is None:
        yield odd("no-delimiter" if candidates else "no-boundary", part)


def _other_splits(
    part: Part, candidates: list[tuple[bytes, str]], usual: Split | None, loose: list[bytes], limits: Limits
) -> Iterator[Child | Finding]:
    """Split PART by its other boundaries, at loose delimiters, and where it has none at a guessed one."""
    base, (start, end) = part.blob.base, part.blob.span
    multipart = part.declared.startswith("multipart/")
    spans = usual.parts if usual else ()
    known = leaves(base, entities_between(base, spans, limits, default_type(part.declared)), limits)
    for boundary, code in candidates[1:] if usual else candidates:
        other = split(base, start, end, boundary)
        yield from _other_split(part, other.parts, code if multipart else "leaf-or-multipart", known, limits)
    for boundary in loose:
        code = "after-close" if usual and usual.closed and base.find(b"--" + boundary, usual.after, end) >= 0 else ""
        code = code or ("loose-delimiter" if multipart else "leaf-or-multipart")
        yield from _other_split(part, loose_split(base, start, end, boundary), code, known, limits)
    if multipart and usual is None:
        boundary_guess = guessed_boundary(base, start, end, declared=True)
        if boundary_guess is not None:
            found = split(base, start, end, boundary_guess)
            yield from _other_split(part, found.parts, "boundary-guessed", known, limits)


def read_undeclared(part: Part, limits: Limits) -> Iterator[Child | Finding]:
    """Split a leaf whose content begins like a multipart's, as readers do that look for themselves."""
    base, (start, end) = part.blob.base, part.blob.span
    if base[start : min(end, start + 80)].lstrip()[:2] == b"--":
        boundary = guessed_boundary(base, start, min(end, start + 400), declared=False)
        if boundary is not None:
            yield from _other_split(part, split(base, start, end, boundary).parts, "leaf-or-multipart", set(), limits)


def _complement(start: int, end: int, spans: list[Span]) -> list[Span]:
    """Return what lies between START and END beside SPANS, which are in order."""
    found: list[Span] = []
    for first, last in spans:
        found.append((start, first))
        start = last
    return [*found, (start, end)]


def _boundaries(structural_fields: tuple[Field, ...]) -> list[tuple[bytes, str]]:
    """Return every boundary that some reader takes, with the code of its reading."""
    fields = [field for field in structural_fields if field.name.lower() == b"content-type"]
    others = [field for field in structural_fields if field not in fields]
    found: dict[bytes, str] = {}
    for number, field in enumerate((*fields, *others)):
        spelled = boundaries(field.value)
        several = field.value.lower().count(b"boundary") > 1 and len(spelled) > 1
        for boundary in spelled:
            code = "two-boundaries" if several or number else "boundary-spelling"
            found.setdefault(boundary, code)
        if has_empty(field.value):
            found.setdefault(b"", "boundary-spelling")
    return list(found.items())


def _usual_split(part: Part, found: Split, limits: Limits) -> Generator[Child | Finding, None, list[Span]]:
    """Yield the entities that the usual delimiters separate; return the spans in which no other delimiter can be."""
    base = part.blob.base
    default = default_type(part.declared)
    opaque: list[Span] = []
    for ordinal, (first, last) in enumerate(found.parts, 1):
        entity = read_entity(base, first, last, limits, default)
        clean = yield from children(part, base, entity, "", ordinal)
        if clean:
            opaque.append((entity.body, entity.end))
        yield from with_other_headers(part, base, entity, ordinal)
    if not found.closed:
        yield odd("no-close-delimiter", part)
    for reading, span in (("preamble", found.preamble), ("epilogue", (found.after, part.blob.span[1]))):
        yield from _beside(part, reading, span, limits)
    return opaque


def _beside(part: Part, reading: str, span: Span, limits: Limits) -> Iterator[Child | Finding]:
    """Yield what stands before the first delimiter or behind the last, which some readers show."""
    start, end = span
    offset, base = part.blob.span[0], part.blob.base
    first, last = trimmed(base, start, end)
    if first < last:
        entity = read_entity(base, first, end, limits)
        if entity.structural:
            yield odd("part-beside", part, reading)
            yield from children(part, base, entity, "part-beside", 1)
        yield Child(
            data=part.blob.part_of(start - offset, end - offset),
            declared="text/plain",
            origin="mime",
            reading=reading,
            span=(start - offset, end - offset),
        )


def _other_split(
    part: Part, spans: tuple[Span, ...], code: str, known: set[tuple[int, int, bytes]], limits: Limits
) -> Iterator[Child | Finding]:
    """Yield those entities in SPANS that hold a leaf which is not KNOWN, and mark the part with CODE."""
    base = part.blob.base
    fresh = False
    for ordinal, entity in enumerate(entities_between(base, spans, limits, default_type(part.declared)), 1):
        found = leaves(base, [entity], limits)
        if (entity.header or entity.default in MESSAGES) and found - known:
            fresh = True
            known |= found
            yield from children(part, base, entity, code, ordinal)
    if fresh:
        yield odd(code, part)


def _inner_wins(part: Part, boundary: bytes, usual: Split, limits: Limits) -> Iterator[Child | Finding]:
    """Read an unclosed multipart on behind the delimiter of the outer one that cut it short."""
    base, (start, end) = part.blob.base, part.blob.span
    if part.span is None or base.find(b"--" + boundary, end, len(base)) < 0:
        return
    longest = split(base, start, len(base), boundary)
    spans = longest.parts
    if not longest.closed and len(spans) <= len(usual.parts):
        return
    default = default_type(part.declared)
    known = leaves(base, entities_between(base, usual.parts, limits, default), limits)
    longer = entities_between(base, spans, limits, default)
    fresh = [entity for entity in longer if leaves(base, [entity], limits) - known]
    for ordinal, entity in enumerate(fresh, 1):
        yield from children(part, base, entity, "nesting-conflict", ordinal, copied=entity.end > end)
    if fresh:
        yield odd("nesting-conflict", part)
