"""Facts for rules against leaks: whether a message is sensitive, and in which ways something in it is encrypted.

Guarantees: contents count, and not what a part is called or declared to be; a signature is no encryption; past the
bound on the work for markers a message counts as sensitive; armour past the bound is a finding. What only a plugin in
shadow mode found makes nothing sensitive.
"""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING

from qsfilter import Kind, LimitReached, Part
from qsfilter.mime.header import unfold
from qsfilter.sniff import containers
from qsfilter_headers.values import CRYPTO, SENSITIVE, values

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from qsfilter import Finding, Message
    from qsfilter_headers.engine import Matcher
    from qsfilter_headers.values import Value

LEVELS = frozenset({b"personal", b"private", b"company-confidential"})
"""What the field Sensitivity may say (RFC 2156; RFC 4021, 2.1.55)."""
MOST_WORK = 1_000_000_000
"""Octets times instructions that the markers may cost; as for the rules."""
MOST_UNPACKED = 1 << 16
"""Octets of an OpenPGP message that are decompressed to see whether it is encrypted within."""
MOST_ARMOURED = 10_000
"""OpenPGP messages within the texts of one message that are looked into, as many as `limits.members` allows."""
ARMOUR = b"-----BEGIN PGP MESSAGE-----"
_ARMOUR = re.compile(rb"^%b[ \t]*+\r?\n(?:[A-Za-z-]++: [^\n]*+\n)*+\s*+" % ARMOUR, re.MULTILINE)
_CONTROL = "application/pgp-encrypted"
_END = re.compile(rb"[(;]")


def facts(message: Message, wanted: Container[bytes], markers: Mapping[bytes, Matcher]) -> Iterator[Value]:
    """Yield the virtual headers about MESSAGE whose key is WANTED; MARKERS make it sensitive where they match.

    Raises LimitReached as `ways` does.
    """
    told = ways(message)
    if told and CRYPTO in wanted:
        yield CRYPTO, None, (",".join(told).encode("ascii"),)
    if not told and SENSITIVE in wanted and is_sensitive(message, markers):
        yield SENSITIVE, None, (b"yes",)


def is_sensitive(message: Message, markers: Mapping[bytes, Matcher]) -> bool:
    """Whether the field Sensitivity of MESSAGE says so, or a value that one of MARKERS matches."""
    for field in message.header:
        if field.name.lower() == b"sensitivity":
            word = _END.split(unfold(field.value))[0].lower()
            if b"-".join(word.split()) in LEVELS:
                return True
    left = MOST_WORK
    for key, where, spellings in values(message, markers):
        if isinstance(where, Part) and where.shadow:
            continue
        for value in spellings:
            left -= len(value) * markers[key].size
            if left < 0 or markers[key].hits(value):
                return True
    return False


def ways(message: Message) -> tuple[str, ...]:
    """Return in which ways something in MESSAGE is encrypted, sorted.

    `pgp-mime` (RFC 3156), `pgp` (RFC 9580, a file or within a text), `smime` (RFC 8551), or a kind of container that
    takes a password, as `zip`. Raises LimitReached where more than MOST_ARMOURED would have to be looked into.
    """
    parts = {part.path: part for part in message.parts}
    by_steps = {part.path.steps: part for part in message.parts}
    found = {
        _way(one, parts[one.part], by_steps)
        for one in message.findings
        if one.kind is Kind.UNSCANNABLE and one.name == "encrypted" and not one.shadow and one.part in parts
    }
    armoured = chain.from_iterable(map(_armoured, message.parts))
    if any(map(_is_encrypted, islice(armoured, MOST_ARMOURED))):
        found.add("pgp")
    elif next(armoured, None) is not None:
        raise LimitReached("armoured", MOST_ARMOURED)
    return tuple(sorted(found - {""}))


def _way(found: Finding, part: Part, by_steps: Mapping[tuple[tuple[int, str], ...], Part]) -> str:
    """Return in which way PART is encrypted, as FOUND says; nothing for what only says that another part is."""
    if found.detail == "CMS":
        return "smime"
    if found.detail == "OpenPGP":
        if part.declared == _CONTROL and part.blob.data[:64].lstrip().lower().startswith(b"version:"):
            return ""
        parent = by_steps.get(part.path.steps[:-1], part)
        return "pgp-mime" if parent.declared == "multipart/encrypted" else "pgp"
    return next((container.kind for container in containers(part.blob)), "other")


def _armoured(part: Part) -> Iterator[bytes]:
    """Yield the packets of each OpenPGP message that stands in PART, if that is a text."""
    is_text = part.declared.startswith("text/") or not part.declared
    if part.shadow or not part.path.steps or not is_text:
        return
    base, span = part.blob.base, part.blob.span
    if base.find(ARMOUR, *span) < 0:
        return
    from qsfilter.mime.embedded.armour import base64_lines  # noqa: PLC0415 - few messages hold any

    text = part.blob.data
    for begin in _ARMOUR.finditer(text):
        yield base64_lines(text, begin.end())[0]


def _is_encrypted(packets: bytes) -> bool:
    from qsfilter.mime.embedded.pgp import content  # noqa: PLC0415 - few messages hold any

    try:
        return content(packets, MOST_UNPACKED).encrypted
    except LimitReached:  # a long text that is only compressed or signed
        return False
