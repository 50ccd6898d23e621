"""OpenPGP messages (RFC 9580): what is only signed or compressed is taken out, what is encrypted is told apart.

Guarantees: iterative, bounded output, no keys and no checks of signatures.
"""

from __future__ import annotations

import bz2
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached
from qsfilter.model import Child
from qsfilter.names import name
from qsfilter.words import unscannable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.mime.embedded.leaf_text import LeafText
    from qsfilter.model import Finding, Name

_ENCRYPTED = frozenset({1, 3, 9, 18, 20})
"""Session keys for a key or a passphrase, and the encrypted data itself (RFC 9580, 5)."""
_COMPRESSED, _LITERAL = 8, 11
_PASSED_OVER = frozenset({2, 4, 10, 21})
"""Signatures, markers and padding."""
MOST_PACKETS = 64
_CONTROL = "application/pgp-encrypted"
_ENDINGS = frozenset({"asc", "gpg", "pgp"})


@dataclass(frozen=True, slots=True)
class Content:
    """What was found: a literal with its name, or whether the message is encrypted."""

    literal: bytes | None = None
    name: bytes = b""
    encrypted: bool = False


def children(leaf: LeafText) -> Iterator[Child | Finding]:
    """Yield what LEAF, a file of packets or the control part of PGP/MIME (RFC 3156, 4), holds; see `content`."""
    part = leaf.part
    found = content(leaf.text, leaf.limits.unpacked_bytes)
    if found.literal is not None:
        yield child(found, part.names)
    elif found.encrypted or part.declared == _CONTROL:
        yield unscannable("encrypted", part, "OpenPGP")


def content(data: bytes, most: int) -> Content:
    """Return what DATA, a sequence of packets, holds; no more than MOST octets are decompressed.

    Raises LimitReached.
    """
    at = 0
    for _ in range(MOST_PACKETS):
        if at >= len(data) or not data[at] & 0x80:
            break
        tag = _tag(data[at])
        body, at = _body(data, at)
        if tag in _ENCRYPTED:
            return Content(encrypted=True)
        if tag == _LITERAL:
            length = body[1] if len(body) > 1 else 0
            return Content(body[2 + length + 4 :], body[2 : 2 + length])
        if tag == _COMPRESSED:
            data, at = _decompressed(body, most), 0
            if len(data) > most:
                raise LimitReached("unpacked_bytes", most)
        elif tag not in _PASSED_OVER:
            break
    return Content()


def child(found: Content, outer: tuple[Name, ...]) -> Child:
    """Make the child for FOUND's literal; its names are its own and those of OUTER without their endings."""
    names = [name(found.name, "pgp")] if found.name else []
    for candidate in outer:
        stem, _, ending = candidate.raw.rpartition(b".")
        if stem and ending.lower().decode("ascii", "replace") in _ENDINGS:
            names.append(name(stem, "pgp"))
    return Child(data=found.literal or b"", names=tuple(dict.fromkeys(names)), origin="pgp")


def _tag(first: int) -> int:
    return first & 0x3F if first & 0x40 else (first >> 2) & 0x0F


def _body(data: bytes, at: int) -> tuple[bytes, int]:
    """Return the body of the packet at AT, its partial lengths joined (RFC 9580, 4.2.1), and the offset behind it."""
    first = data[at]
    at += 1
    if not first & 0x40:  # the old format
        octets = (1, 2, 4, 0)[first & 3]
        length = int.from_bytes(data[at : at + octets], "big") if octets else len(data)
        at += octets
        return data[at : at + length], at + length
    pieces: list[bytes] = []
    while at < len(data):
        octet = data[at]
        at += 1
        if octet < 192:
            length = octet
        elif octet < 224:
            length = ((octet - 192) << 8) + int.from_bytes(data[at : at + 1], "big") + 192
            at += 1
        elif octet == 255:
            length = int.from_bytes(data[at : at + 4], "big")
            at += 4
        else:
            length = 1 << (octet & 0x1F)
        pieces.append(data[at : at + length])
        at += length
        if not 224 <= octet < 255:
            break
    return b"".join(pieces), at


def _decompressed(body: bytes, most: int) -> bytes:
    """Undo the compression of BODY (RFC 9580, 5.6), as far as it goes."""
    algorithm, packed = body[:1], body[1:]
    try:
        if algorithm == b"\1":
            return zlib.decompressobj(-15).decompress(packed, most + 1)
        if algorithm == b"\2":
            return zlib.decompressobj().decompress(packed, most + 1)
        if algorithm == b"\3":
            return bz2.BZ2Decompressor().decompress(packed, most + 1)
    except (zlib.error, OSError, ValueError, EOFError):
        return b""
    return packed if algorithm == b"\0" else b""
