"""Makes Children of one entity: as most readers decode it, and then as the others do.

Guarantee: an entity in the usual form is decoded once; where its bytes stand verbatim in the part, nothing is copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.mime.codes import odd
from qsfilter.mime.coding import CODED, coding_of, decodings, loose_coding
from qsfilter.mime.entity import KNOWN, MESSAGES, Entity
from qsfilter.mime.header import Header, structural, unfold
from qsfilter.mime.other_headers import has_blank_before_colon, other_headers
from qsfilter.mime.parameters import read_value
from qsfilter.mime.part_names import extensions, part_names
from qsfilter.mime.tokens import tokens
from qsfilter.model import Child

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from mmap import mmap

    from qsfilter.model import Field, Finding, Part


def children(
    part: Part, base: bytes | mmap, entity: Entity, reading: str, ordinal: int, *, copied: bool = False
) -> Generator[Child | Finding, None, bool]:
    """Yield ENTITY as most readers decode it, and then as the others do; return whether it is clean base64.

    COPIED says that BASE is not the part's own, so that offsets in it mean nothing to others.
    """
    names = part_names(entity.structural, entity.header) if entity.structural else ()
    declared = entity.declared
    where = f"entity {ordinal}"
    if len(names) > 1 and len(extensions(names)) > 1:
        yield odd("conflicting-names", part, where)

    def child(data: bytes | None, code: str, *, coded: bool = False) -> Child:
        verbatim = data is None and not copied
        offset = part.blob.span[0]
        span = (entity.body - offset, entity.end - offset)
        if data is None and copied:
            data = bytes(base[entity.body : entity.end])
        return Child(
            data=part.blob.part_of(*span) if data is None else data,
            names=names,
            declared=declared,
            header=entity.header,
            origin="mime",
            reading=code,
            ordinal=ordinal,
            span=span if verbatim else None,
            coded=span if coded and not copied else None,
        )

    codings = _codings(entity.structural)
    usual = codings[0][0]
    body = base[entity.body : entity.end] if usual in CODED or len(codings) > 1 else b""
    results = decodings(body, usual) if usual in CODED else []
    if results:
        alike = len(results) == len(codings) == 1 and (usual != b"base64" or _is_all_base64(body, results[0][1]))
        yield child(results[0][1], reading, coded=alike)
        for code, data in results[1:]:
            yield odd(code, part, where)
            if data:
                yield child(data, code)
    else:
        yield child(None, reading)
    clean = usual == b"base64" and len(results) == 1
    if len(codings) == 1 and not _is_coded_container(usual, declared):
        return clean
    seen = {results[0][1] if results else bytes(body)}
    for coding, code in codings[1:]:
        for _, data in decodings(body, coding)[:4] if coding in CODED else [("", bytes(body))]:
            if data and data not in seen:
                seen.add(data)
                yield odd(code, part, where)
                yield child(data if coding in CODED else None, code)
    if _is_coded_container(usual, declared) and bytes(body) not in seen and b"--" in body[: 1 << 16]:
        yield odd("coded-container", part, where)
        yield child(None, "coded-container")
    return clean


def _is_all_base64(body: bytes, decoded: bytes) -> bool:
    """Whether BODY is what makes DECODED, and line ends: of other octets, which readers skip, no leaf tells."""
    letters = len(body) - body.count(b"\n") - body.count(b"\r")
    tail = body[-80:].rstrip()
    return letters * 3 == (len(decoded) + len(tail) - len(tail.rstrip(b"="))) * 4


def _is_coded_container(coding: bytes, declared: str) -> bool:
    return coding in CODED and (declared.startswith("multipart/") or declared in MESSAGES)


def _codings(fields: tuple[Field, ...]) -> list[tuple[bytes, str]]:
    """Return every coding that some reader takes from FIELDS, the usual one first, with the code of its reading."""
    declared = [field.value for field in fields if field.name.lower() == b"content-transfer-encoding"]
    if not declared:
        return [(b"", "")]
    plain = declared[0].strip().lower()
    if plain in KNOWN and all(value.strip().lower() == plain for value in declared):
        return [(plain if plain in CODED else b"", "")]
    return _odd_codings(fields, coding_of(read_value(unfold(declared[0])).main))


def _odd_codings(fields: tuple[Field, ...], usual: bytes) -> list[tuple[bytes, str]]:
    """Return the codings of a part that declares several, or one that not every reader knows."""
    found: dict[bytes, str] = {}
    if usual in KNOWN:
        found[usual if usual in CODED else b""] = ""
    else:
        found[b""] = "loose-transfer-encoding"
        loose = loose_coding(usual)
        if loose in CODED:
            found[loose] = "loose-transfer-encoding"
    for token in tokens(fields):
        coding = coding_of(token)
        coding = coding if coding in KNOWN else loose_coding(token)
        found.setdefault(coding if coding in CODED else b"", "duplicate-transfer-encoding")
    found.setdefault(b"", "loose-transfer-encoding")
    return list(found.items())


def with_other_headers(part: Part, base: bytes | mmap, usual: Entity, ordinal: int) -> Iterator[Child | Finding]:
    """Yield the readings of an entity whose header other readers read otherwise."""
    if not usual.odd or (usual.ended and usual.declared.startswith("message/")):
        return  # behind the empty line of a message stands the header of the inner one
    where = f"entity {ordinal}"
    first = Header(usual.header, usual.body, odd=True, ended=usual.ended)
    readings = other_headers(base, usual.start, usual.end, first)
    for code, header in readings:
        entity = Entity(usual.start, header.body, usual.end, header.fields, structural(header.fields), usual.default)
        yield odd(code, part, where)
        yield from children(part, base, entity, code, ordinal)
    if not readings and has_blank_before_colon(base, usual.structural):
        yield odd("hidden-field", part, where)
    elif not readings and not usual.ended:
        yield odd("odd-header", part, where)
