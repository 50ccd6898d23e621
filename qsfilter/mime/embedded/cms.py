"""Contents of CMS (RFC 5652), which S/MIME (RFC 8551) and files named .p7m are made of: signed, compressed, encrypted.

Guarantees: nothing is decrypted and no signature checked; DER and BER; iterative; bounded output; what an unbroken
signature encloses is a span of the part and not copied.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached
from qsfilter.mime.embedded.ber import CONSTRUCTED, OCTETS, Element, behind, element, pieces
from qsfilter.mime.embedded.messages import HEAD, begins_as_entity
from qsfilter.model import Blob, Child
from qsfilter.names import name
from qsfilter.words import unscannable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from mmap import mmap

    from qsfilter.mime.embedded.leaf_text import LeafText
    from qsfilter.model import Finding, Name

_PKCS7 = bytes.fromhex("2a864886f70d0107")
_SMIME = bytes.fromhex("2a864886f70d01091001")
DATA, SIGNED, ENVELOPED, BOTH, DIGESTED, ENCRYPTED = (_PKCS7 + bytes((kind,)) for kind in (1, 2, 3, 4, 5, 6))
AUTHENTICATED, COMPRESSED, AUTH_ENVELOPED = (_SMIME + bytes((kind,)) for kind in (2, 9, 23))
_SECRET = frozenset({ENVELOPED, BOTH, ENCRYPTED, AUTH_ENVELOPED})
_ENCLOSING = frozenset({SIGNED, DIGESTED, AUTHENTICATED, COMPRESSED})
_SEQUENCE, _OID, _EXPLICIT = 0x30, 0x06, 0xA0
MOST_LAYERS = 17
_MOST_BEFORE = 8
"""Elements that are looked at before the EncapsulatedContentInfo; the richest type has five."""
ENDINGS = (b"p7m", b"p7s", b"p7z", b"p7c")


@dataclass(frozen=True, slots=True)
class _Layer:
    base: bytes | mmap
    kind: bytes
    content: Element | None


def children(leaf: LeafText) -> Iterator[Child | Finding]:
    """Yield what LEAF encloses, where it begins a ContentInfo of a type known here. Raises LimitReached."""
    part = leaf.part
    base, (start, end) = part.blob.base, part.blob.span
    layer = _content_info(base, start, end)
    if layer is None or layer.kind not in _SECRET | _ENCLOSING | {DATA}:
        return
    for _ in range(MOST_LAYERS):
        if layer is None:
            yield unscannable("corrupt", part, "the CMS content can't be read")
            return
        if layer.kind in _SECRET:
            yield unscannable("encrypted", part, "CMS")
            return
        if layer.content is None:
            return  # a detached signature, or nothing but certificates
        if layer.kind in _ENCLOSING:
            layer = _enclosed(layer, leaf.limits.unpacked_bytes)
            continue
        blob, cut = _octets(layer)
        if cut:
            yield unscannable("corrupt", part, "the CMS content is cut short")
        if blob.size:
            message = begins_as_entity(bytes(blob.base[blob.span[0] : min(blob.span[1], blob.span[0] + HEAD)]))
            names = () if message else _names(part.names)
            yield Child(data=blob, names=names, declared="message/rfc822" if message else "", origin="cms")
        return
    raise LimitReached("CMS layers", MOST_LAYERS)


def _content_info(base: bytes | mmap, at: int, end: int) -> _Layer | None:
    """Read a ContentInfo or EncapsulatedContentInfo: a type, and the content in `[0]` (RFC 5652, 3 and 5.2)."""
    outer = element(base, at, end)
    kind = element(base, outer.start, outer.end) if outer and outer.tag == _SEQUENCE else None
    if outer is None or kind is None or kind.tag != _OID:
        return None
    explicit = element(base, kind.end, outer.end)
    content = element(base, explicit.start, explicit.end) if explicit and explicit.tag == _EXPLICIT else None
    return _Layer(base, bytes(base[kind.start : kind.end][:32]), content)


def _enclosed(layer: _Layer, most: int) -> _Layer | None:
    """Read the EncapsulatedContentInfo of LAYER, a SignedData or its kin; MOST octets are decompressed, and one more.

    It is the first sequence in a SignedData; in all others an AlgorithmIdentifier stands before it.
    """
    base, outer = layer.base, layer.content
    if outer is None:
        return None
    if outer.tag & ~CONSTRUCTED == OCTETS:  # the inner type of an outer signature, in its octet string
        blob, _ = _octets(layer)
        base, (start, end) = blob.base, blob.span
        outer = element(base, start, end)
        if outer is None:
            return None
    at = outer.start
    passed_over = 0 if layer.kind == SIGNED else 1
    for _ in range(_MOST_BEFORE):
        found = element(base, at, outer.end)
        if found is None:
            return None
        if found.tag == _SEQUENCE:
            passed_over -= 1
            if passed_over < 0:
                inner = _content_info(base, at, outer.end)
                compressed = layer.kind == COMPRESSED and inner is not None
                return _decompressed(inner, most) if compressed and inner else inner
        at = behind(base, found)
    return None


def _octets(layer: _Layer) -> tuple[Blob, bool]:
    """Return the content of LAYER, and whether it is cut short."""
    found = layer.content
    if found is None:
        return Blob(b""), False
    if found.tag & ~CONSTRUCTED != OCTETS:  # PKCS #7 1.5 encloses any type
        return Blob(layer.base, (found.start, found.end)), found.cut
    spans = pieces(layer.base, found)
    if len(spans) == 1:
        return Blob(layer.base, spans[0]), found.cut
    return Blob(b"".join([bytes(layer.base[first:last]) for first, last in spans])), found.cut


def _decompressed(layer: _Layer, most: int) -> _Layer | None:
    """Undo the compression of what LAYER encloses (RFC 3274: zlib), at most MOST octets and one more."""
    blob, _ = _octets(layer)
    if not blob.size:
        return layer
    try:
        data = zlib.decompressobj().decompress(blob.data, most + 1)
    except zlib.error:
        return None
    return _Layer(data, layer.kind, Element(OCTETS, 0, len(data), indefinite=False, cut=False))


def _names(outer: tuple[Name, ...]) -> tuple[Name, ...]:
    """Return the names in OUTER without their endings."""
    found: list[Name] = []
    for candidate in outer:
        stem, _, ending = candidate.raw.rpartition(b".")
        if stem and ending.lower() in ENDINGS:
            found.append(name(stem, "cms"))
    return tuple(dict.fromkeys(found))
