"""Messages that are not declared as such: a mail in an attachment, MHTML, the messages of an mbox (RFC 4155).

Guarantees: told by their names or their first bytes; a text that only quotes a header is left alone, because a child is
made of a text only where it is named as a message or its header says that something in it is encoded; every message is
a span.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.mime.codes import odd
from qsfilter.mime.embedded.armour import extensions
from qsfilter.mime.embedded.leaf_text import FIELDS, MESSAGE_ENDINGS, OFFICE_ENDINGS
from qsfilter.model import Child

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.mime.embedded.leaf_text import LeafText
    from qsfilter.model import Finding, Part

_FIRST = re.compile(
    rb"((?:\xef\xbb\xbf)?\s*+(?:\d{1,10}[ \t]*+\r?\n\s*+)?)(?:>?From [^\n]{1,1000}\n)?"
    rb"([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:"
)
"""The first field.

Before it a byte order mark, white space, the length that .emlx files begin with, or an mbox separator.
"""
_WEB_ARCHIVE = re.compile(rb"([\s\S]*?\n)(MIME-Version)[ \t]*:", re.IGNORECASE)
_NAME = re.compile(rb"^([A-Za-z][A-Za-z0-9-]{1,60}+)[ \t]*+:", re.MULTILINE)
_HEADER_END = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")
_CODED = re.compile(
    rb"[Cc](?<![^\n].)ontent-(?:transfer-encoding[ \t]*+:\s*+[\"'(]?(?:base|quoted|b\b|q\b|x?-?uu|x-)"
    rb"|type[ \t]*+:\s*+[\"'(]?(?:multipart|message)/)",
    re.IGNORECASE | re.DOTALL,
)
_SEPARATOR = re.compile(
    rb"From (?<![^\n].{5})[^\r\n]{0,300}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? [^\r\n]{0,60}?\d\d:\d\d[^\r\n]{0,60}\r?\n"
    rb"(?=[!-9;-~]{1,100}[ \t]*:)",
    re.DOTALL,
)
HEAD = 1 << 16
"""Octets in which a header is looked for."""


def begins_as_entity(head: bytes) -> bool:
    """Whether HEAD begins with a header in which there is a MIME field, as what is signed by S/MIME does."""
    header = _header(head)
    said = b"content-" in header.lower() or len(header) >= HEAD
    return header[:1].isalpha() and _FIRST.match(header) is not None and said


def children(leaf: LeafText) -> Iterator[Child | Finding]:
    """Yield the message, or each message of the mbox, that LEAF is."""
    told = not leaf.part.declared.startswith("text/")
    for child in _messages(leaf):
        if not told:
            told = True
            yield odd("coded-text", leaf.part, "message")
        leaf.taken.append((0, leaf.part.blob.size))
        yield child


def _messages(leaf: LeafText) -> Iterator[Child]:
    part, endings = leaf.part, extensions(leaf.part.names)
    base, (start, end) = part.blob.base, part.blob.span
    named = bool(endings & MESSAGE_ENDINGS)
    head = bytes(base[start : min(end, start + HEAD)]) if endings & (MESSAGE_ENDINGS | OFFICE_ENDINGS) else leaf.head
    first = _FIRST.match(head) or (_WEB_ARCHIVE.match(head) if endings & OFFICE_ENDINGS else None)
    if first is None:
        if named and _NAME.search(head):
            yield Child(data=part.blob, declared="message/rfc822", origin="mime")
        return
    if not named and first[2].lower() not in FIELDS:
        return
    stated = named or not part.declared.startswith(("text/", "message/"))
    separator = _SEPARATOR.match(head)
    if separator and (stated or _CODED.search(base, start, end)):
        yield from _mbox(part)
        return
    begun = start + first.end(1)
    region = bytes(base[begun : min(end, begun + HEAD)])
    header = _header(region)
    body = region[len(header) :]
    certain = len({found.lower() for found in _NAME.findall(header)} & FIELDS) > 1 and body.strip()
    if named or (certain and (stated or _CODED.search(header))):
        blob = part.blob.part_of(first.end(1), end - start) if first.end(1) else part.blob
        yield Child(data=blob, declared="message/rfc822", origin="mime")


def _header(region: bytes) -> bytes:
    """Return the header that REGION begins with, white space before it included."""
    at = len(region) - len(region.lstrip())
    end = _HEADER_END.search(region, at)
    return region[: end.start()] if end else region


def _mbox(part: Part) -> Iterator[Child]:
    """Yield each message that a separator line begins, behind an empty line or not."""
    base, (start, end) = part.blob.base, part.blob.span
    begun = start
    for separator in _SEPARATOR.finditer(base, start, end):
        at = separator.start()
        if at > start and base[max(start, at - 4) : at].endswith((b"\n\n", b"\n\r\n")):
            yield _message(part, begun - start, at - start)
            begun = at
    yield _message(part, begun - start, end - start)


def _message(part: Part, first: int, last: int) -> Child:
    return Child(data=part.blob.part_of(first, last), declared="message/rfc822", origin="mbox")
