"""Reads one part under every plausible reading and yields what is inside it.

Guarantees: every entity is a span of the part's bytes, or what its transfer coding makes of such a span; the usual
reading comes first and is all there is for a well-formed part; another reading is yielded only if it shows a leaf or a
name that the usual one does not, and then the part is marked AMBIGUOUS; iterative, one level at a time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached
from qsfilter.mime import base_views
from qsfilter.mime.children import children, with_other_headers
from qsfilter.mime.codes import odd
from qsfilter.mime.coding import coding_of, loose_coding
from qsfilter.mime.entity import KNOWN, MESSAGES, read_entity
from qsfilter.mime.header import by_name, structural
from qsfilter.mime.leaf import inside_leaf
from qsfilter.mime.splits import read_multipart, read_undeclared
from qsfilter.mime.tokens import tokens, types
from qsfilter.model import Child
from qsfilter.names import as_text
from qsfilter.words import unscannable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qsfilter.limits import Limits
    from qsfilter.model import Field, Finding, Part


_ONE_TYPE = re.compile(rb"[ \t]*[\w.+-]+/[\w.+-]+[ \t]*(?:;|$)")


def read_part(part: Part, limits: Limits) -> Iterator[Child | Finding]:
    """Yield what PART holds: entities, other readings of it, encoded files in it; and what is odd about it."""
    fields = structural(part.header)
    said = by_name(fields)
    others = _other_types(said.get(b"content-type", ()), fields)
    if part.origin == "message" or part.declared in MESSAGES:
        yield from _message(part, limits)
        if any(kind.startswith("multipart/") for kind in others):
            yield from read_multipart(part, fields, limits)
        return
    for field in fields:
        if len(field.value) > limits.field_bytes:
            raise LimitReached("field_bytes", limits.field_bytes)
    found_any = False
    if others & MESSAGES:
        yield from _message(part, limits)
        yield odd("duplicate-content-type", part)
    if part.declared.startswith("multipart/") or _mentions_boundary(fields):
        for answer in read_multipart(part, fields, limits):
            found_any = found_any or isinstance(answer, Child)
            yield answer
        # In a digest a part without a type is a message, in any other multipart a text.
        if found_any and ({"multipart/digest"} < others or any(not kind.startswith("multipart/") for kind in others)):
            yield odd("duplicate-content-type", part)
    else:
        yield from read_undeclared(part, limits)
    if part.declared == "message/partial" or "message/partial" in others:
        yield odd("message-partial", part)
    elif part.declared == "message/external-body":
        yield odd("external-body", part)
    if not found_any:
        yield from _unknown_coding(part, said.get(b"content-transfer-encoding", ()), fields)
        yield from inside_leaf(part, limits, said)


def _other_types(declared: Sequence[bytes], fields: tuple[Field, ...]) -> set[str]:
    """Return every media type in FIELDS where several are DECLARED or an unusual one; nothing for the usual field."""
    if not declared or (len(declared) == 1 and _ONE_TYPE.match(declared[0])):
        return set()
    return set(types(fields))


def _mentions_boundary(fields: tuple[Field, ...]) -> bool:
    return b"bound" in b"".join([field.value for field in fields]).lower()


def _unknown_coding(part: Part, declared: Sequence[bytes], fields: tuple[Field, ...]) -> Iterator[Finding]:
    """Mark a leaf whose coding nobody knows: its bytes were scanned, what a reader makes of them was not."""
    if KNOWN.issuperset([value.strip().lower() for value in declared]):
        return
    words = tokens(fields)
    if words and all(coding_of(word) not in KNOWN and not loose_coding(word) for word in words):
        yield unscannable("unknown-coding", part, as_text(words[0])[:80])


def _message(part: Part, limits: Limits) -> Iterator[Child | Finding]:
    """Read PART as header and body, and as a message for readers that begin or end the header elsewhere."""
    start, end = part.blob.span
    base = part.blob.base
    usual = read_entity(base, start, end, limits)
    yield from children(part, base, usual, "", 1)
    yield from with_other_headers(part, base, usual, 1)
    if part.span is None:  # what stands verbatim in its parent was looked at there
        for view in base_views.other_bases(part.blob):
            entity = read_entity(view.base, view.start, len(view.base), limits)
            if base_views.differs(base, usual, view, entity, limits):
                yield odd(view.code, part)
                yield from children(part, view.base, entity, view.code, 1, copied=True)
            else:
                yield odd("odd-line-ends" if view.code != "leading-junk" else "odd-header", part)
                if view.code == "nul":  # the leaves are the same but for the NUL in them, which would hide a signature
                    yield from children(part, view.base, entity, view.code, 1, copied=True)
