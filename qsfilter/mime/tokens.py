"""Lists the words in the values of structural fields that some reader takes for the type or the coding.

Guarantee: none is left out, more than MOST raise LimitReached.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached
from qsfilter.mime.header import values
from qsfilter.mime.parameters import read_value
from qsfilter.names import as_text, decode_words

if TYPE_CHECKING:
    from qsfilter.model import Field

_WORDS = re.compile(rb"[A-Za-z0-9_-]+")
_TYPES = re.compile(rb"[A-Za-z0-9_.+-]+/[A-Za-z0-9_.+-]+")
_COMMENT = re.compile(rb"\([^()]*\)")
MOST = 12


def tokens(header: tuple[Field, ...]) -> list[bytes]:
    """Return every word of every Content-Transfer-Encoding in HEADER: in comments, quotes and encoded words as well.

    Raises LimitReached.
    """
    found: dict[bytes, None] = {}
    for value in values(header, b"content-transfer-encoding"):
        main = read_value(value).main.strip(b'"')
        if main:
            found.setdefault(main)
        for text in (value, value.replace(b"\0", b""), decode_words(value).encode("utf-8", "surrogatepass")):
            whole = text.strip(b' \t"').lower()
            if whole != main:
                found |= dict.fromkeys(word.lower() for word in _WORDS.findall(text.replace(b"\\", b"")))
    _check("transfer encodings", len(found))
    return list(found)


def types(header: tuple[Field, ...]) -> list[str]:
    """Return every media type in the Content-Type fields of HEADER, in lower case, the usual reading's first.

    Raises LimitReached.
    """
    found: dict[str, None] = {}
    for value in values(header, b"content-type"):
        if main := read_value(value).main:
            found.setdefault(as_text(main))
        front = value.split(b";", 1)[0]
        # A comment may hold the semicolon at which the type seems to end.
        bare = _COMMENT.sub(b"", value).split(b";", 1)[0]
        for text in (front, bare, decode_words(front).encode("utf-8", "surrogatepass")):
            found |= dict.fromkeys(as_text(word.lower()) for word in _TYPES.findall(text))
    _check("media types", len(found))
    return list(found)


def _check(what: str, count: int) -> None:
    if count > MOST:
        raise LimitReached(what, MOST)
