"""Messages that are not declared as such: a mail in an attachment, MHTML, the messages of an mbox (RFC 4155).

Guarantees: told by their first bytes; a text that only quotes a header is left alone, because a child is made of a
text only where its header says that something in it is encoded; every message is a span.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.mime.codes import odd
from qsfilter.mime.embedded.armour import extensions
from qsfilter.mime.embedded.leaf_text import FIELDS
from qsfilter.model import Child

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.mime.embedded.leaf_text import LeafText
    from qsfilter.model import Finding, Part

_ENDINGS = frozenset({"eml", "mht", "mhtml", "mim", "mime", "mbox", "mbx", "nws", "emlx"})
_FIRST = re.compile(
    rb"(\s*+(?:\d{1,10}[ \t]*+\r?\n\s*+)?)(?:>?From [^\n]{1,1000}\n)?([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:"
)
"""The first field; before it white space, the length that .emlx files begin with, or an mbox separator."""
_WEB_ARCHIVE = re.compile(rb"([\s\S]*?\n)(MIME-Version)[ \t]*:", re.IGNORECASE)
_OFFICE = frozenset({"doc", "dot", "xls", "ppt", "rtf", "mht", "mhtml"})
"""Names under which a word processor opens MHTML, also with something else in front of it."""
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
    return header[:1].isalpha() and _FIRST.match(header) is not None and b"content-" in header.lower()


def children(leaf: LeafText) -> Iterator[Child | Finding]:
    """Yield the message, or each message of the mbox, that LEAF is."""
    told = not leaf.part.declared.startswith("text/")
    for child in _messages(leaf.part, leaf.head):
        if not told:
            told = True
            yield odd("coded-text", leaf.part, "message")
        leaf.taken.append((0, leaf.part.blob.size))
        yield child


def _messages(part: Part, head: bytes) -> Iterator[Child]:
    endings = extensions(part.names)
    first = _FIRST.match(head) or (_WEB_ARCHIVE.match(head) if endings & _OFFICE else None)
    if first is None or first[2].lower() not in FIELDS:
        return
    base, (start, end) = part.blob.base, part.blob.span
    stated = bool(endings & _ENDINGS) or not part.declared.startswith(("text/", "message/"))
    separator = _SEPARATOR.match(head)
    if separator and (stated or _CODED.search(base, start, end)):
        yield from _mbox(part)
        return
    begun = start + first.end(1)
    region = bytes(base[begun : min(end, begun + HEAD)])
    header = _header(region)
    body = region[len(header) :]
    if len({found.lower() for found in _NAME.findall(header)} & FIELDS) < 2 or not body.strip():
        return
    if stated or _CODED.search(header):
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
