"""Contents in base64 between `-----BEGIN …-----` lines (RFC 7468; RFC 9580, 6.2): certificates, CMS, OpenPGP, others.

Guarantees: every block is found, whatever it calls itself, because tools decode it whatever it calls itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached
from qsfilter.mime.codes import odd
from qsfilter.mime.embedded.armour import base64_lines
from qsfilter.model import Child
from qsfilter.words import unscannable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.mime.embedded.leaf_text import LeafText
    from qsfilter.model import Finding, Name

_BEGIN = re.compile(rb"-----BEGIN ([^\r\n-]{1,64}+)-----[ \t]*+(?:\r\n?|\n)", re.IGNORECASE)
_HEADERS = re.compile(rb"(?:(?:[A-Za-z][A-Za-z0-9-]*+:[^\r\n]*+(?:\r\n?|\n)(?:[ \t]++[^\r\n]*+(?:\r\n?|\n))*+)++)?\s*+")
"""Headers of an armour (RFC 1421, 4.6; RFC 9580, 6.2.2)."""
_END = re.compile(rb"\s*+(?:=[A-Za-z0-9+/]{4}\s*+)?-----END [^\r\n-]{1,64}+-----\s*+", re.IGNORECASE)
"""The end, and OpenPGP's checksum before it."""
_DER = b"\x30"
"""The first octet of certificates, keys and CMS."""
_SEVERAL_WORDS = re.compile(rb"[^\s][ \t]++[^\s]")
_PGP_MESSAGE = b"PGP MESSAGE"
_PGP_TEXT = b"PGP SIGNED MESSAGE"
"""What follows is the text itself, with no armour around it."""
_SAMPLE = 4096


def children(leaf: LeafText) -> Iterator[Child | Finding]:
    """Yield the content of each block in LEAF; an OpenPGP message is opened where it can be.

    One that is encrypted is a finding where it is all that LEAF holds. Signatures and keys of OpenPGP are passed over.
    Raises LimitReached.
    """
    text, part = leaf.text, leaf.part
    at = 0
    for number in range(leaf.limits.members):
        begin = _BEGIN.search(text, at)
        if begin is None:
            return
        label = begin[1].upper()
        at = begin.end()
        if label == _PGP_TEXT:
            continue
        headers = _HEADERS.match(text, at)
        first = headers.end() if headers else at
        data, at = base64_lines(text, first)
        leaf.taken.append((begin.start(), at))
        end = _END.match(text, at)
        if end is None and _SEVERAL_WORDS.search(text, first, min(at, first + _SAMPLE)):
            continue
        alone = number == 0 and end is not None and end.end() == len(text) and not text[: begin.start()].strip()
        names = part.names if alone else ()
        if label == _PGP_MESSAGE:
            yield from _message(data, leaf, names, alone=alone)
        elif data and not (label.startswith(b"PGP ") and data[0] & 0x80):
            if not data.startswith(_DER):
                yield odd("coded-text", part, "pem")
            yield Child(data=data, names=names, origin="pem")
    raise LimitReached("members", leaf.limits.members)


def _message(data: bytes, leaf: LeafText, names: tuple[Name, ...], *, alone: bool) -> Iterator[Child | Finding]:
    from qsfilter.mime.embedded import pgp  # noqa: PLC0415 - few armours hold a message

    found = pgp.content(data, leaf.limits.unpacked_bytes)
    if found.literal is not None:
        yield pgp.child(found, names)
    elif alone:
        yield unscannable("encrypted", leaf.part, "OpenPGP")
