"""Files in address cards (vCard: RFC 2426, RFC 6350; LDIF: RFC 2849) and calendars (iCalendar: RFC 5545).

They stand there in base64 or as `data:`.

Guarantees: folded lines are joined, also where a writer forgot the blanks; linear.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached
from qsfilter.mime.embedded import data_uri
from qsfilter.mime.embedded.armour import from_base64
from qsfilter.model import Child
from qsfilter.names import as_text, name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.mime.embedded.leaf_text import LeafText

LEAST = 16
_FOLDS = (b"\r\n ", b"\r\n\t", b"\n ", b"\n\t", b"\r ", b"\r\t")
_CODED = re.compile(
    rb"^[\w.-]{1,80}+(:|(?:;(?:[^:;\"\r\n]++|\"[^\"\r\n]*+\"|\")*+)++):"
    rb"([A-Za-z0-9+/= \t]*+(?:(?:\r\n?|\n)[A-Za-z0-9+/= \t]*+(?=[\r\n]|\Z))*+)",
    re.MULTILINE,
)
"""A property with parameters (RFC 5545, 3.1), or with the second colon by which LDIF marks base64.

And as many lines of nothing but base64 as follow.
"""
_ENCODING = re.compile(rb";[ \t]*(?:encoding=)?\"?(?:b|base64)\"?[ \t]*(?:;|\Z)", re.IGNORECASE)
_FILE_NAME = re.compile(rb";[ \t]*[\w-]*?(?:filename|x-title|x-name)=(?:\"([^\"]*)\"|([^;]*))", re.IGNORECASE)
_MEDIA_TYPE = re.compile(rb";[ \t]*(?:fmttype|mediatype)=\"?([\w.+-]+/[\w.+-]+)", re.IGNORECASE)


def children(leaf: LeafText) -> Iterator[Child]:
    """Yield the content of each property of LEAF that holds a file. Raises LimitReached."""
    unfolded = leaf.text
    for fold in _FOLDS:
        unfolded = unfolded.replace(fold, b"")
    start = unfolded.lower()
    origin = "vcard" if b"begin:vcard" in start else "icalendar" if b"begin:v" in start else "ldif"
    count = 0
    for found in _CODED.finditer(unfolded):
        parameters = found[1]
        if parameters != b":" and not _ENCODING.search(parameters):
            continue
        data = from_base64(found[2])
        names = tuple(name(match[1] or match[2] or b"", origin) for match in _FILE_NAME.finditer(parameters))
        if len(data) < LEAST and not names:
            continue
        leaf.taken.append((0, len(leaf.text)))
        count += 1
        if count > leaf.limits.members:
            raise LimitReached("members", leaf.limits.members)
        media = _MEDIA_TYPE.search(parameters)
        yield Child(
            data=data,
            names=names,
            declared=as_text(media[1].lower()) if media else "",
            origin=origin,
        )
    yield from data_uri.contents(unfolded, leaf.limits.members)
