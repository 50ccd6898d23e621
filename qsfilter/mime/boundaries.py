"""Lists every boundary that some reader takes from a Content-Type field: the one of RFC 2046 first, then the others.

Guarantees: a field in the form that mailers write has one boundary and costs one pattern match; none is left out, more
than MOST raise LimitReached.
"""

from __future__ import annotations

import re

from qsfilter.errors import LimitReached
from qsfilter.mime.parameters import read_value
from qsfilter.names import decode_words

_USUAL = re.compile(
    rb"[\w.+-]+/[\w.+-]+\s*"
    rb"(?:;\s*(?!boundary)[\w-]+\s*=\s*(?:\"[^\"\\]*\"|[^\s\";()]+)\s*)*"
    rb";\s*boundary=(?:\"([\w'()+,./:=?&%#@~!$^`{|}<>\[\] -]+)\"|([\w'+,./:?=&#@~!$-]+))\s*"
    rb"(?:;\s*(?!boundary)[\w-]+\s*=\s*(?:\"[^\"\\]*\"|[^\s\";()]+)\s*)*;?\s*",
    re.IGNORECASE,
)
_ANYWHERE = re.compile(rb"boundary[\s\0]*(?:\*\d*\*?)?[\s\0]*=[\s\0]*", re.IGNORECASE)
_COMMENT = re.compile(rb"\((?:[^()\\]|\\.)*\)")
_CUTS = re.compile(rb"[\s;,\"'()\0=<>]")
_SPELLINGS = re.compile(rb"\n|=\?|  ")
LONGEST = 70
"""Characters of a boundary (RFC 2046, 5.1.1); some readers cut at it."""
MOST = 48


def boundaries(value: bytes) -> list[bytes]:
    """Return the boundaries in VALUE, a Content-Type as it stands, folds and all; the usual reading's first.

    Raises LimitReached.
    """
    usual = _USUAL.fullmatch(value.strip())
    if usual and _is_plain(boundary := usual[1] or usual[2]):
        return [boundary]
    found: dict[bytes, None] = {}
    for text in dict.fromkeys((_to_blank(value), _to_nothing(value), _to_one_blank(value))):
        _add(found, read_value(text).get(b"boundary"))
        _collect(text, found)
    if len(found) > MOST:
        raise LimitReached("boundaries", MOST)
    return [boundary for boundary in found if boundary]


def _is_plain(boundary: bytes) -> bool:
    """Whether every reader spells BOUNDARY in the same way."""
    return len(boundary) <= LONGEST and boundary == boundary.strip() and not _SPELLINGS.search(boundary)


def has_empty(value: bytes) -> bool:
    """Whether VALUE has a boundary parameter with nothing in it."""
    return any(not rest.strip(b" \t\r\n\"';") for rest in _ANYWHERE.split(value)[1:])


def _to_blank(value: bytes) -> bytes:
    return re.sub(rb"\r?\n(?=[ \t])", b"", value).strip()


def _to_nothing(value: bytes) -> bytes:
    return re.sub(rb"[\r\n]+[ \t]*", b"", value).strip()


def _to_one_blank(value: bytes) -> bytes:
    return re.sub(rb"[\r\n]+[ \t]*", b" ", value).strip()


def _add(found: dict[bytes, None], boundary: bytes | None) -> None:
    if boundary:
        found.setdefault(boundary)


def _collect(text: bytes, found: dict[bytes, None]) -> None:
    parsed = read_value(text)
    for name, value in parsed.parameters:
        if name == b"boundary":
            _variants(value, found)
    for decoded in parsed.extended(b"boundary"):
        _variants(decoded.encode("utf-8", "surrogatepass"), found)
    segments = [value for name, value in parsed.parameters if name.startswith(b"boundary*")]
    for segment in segments:
        _variants(segment, found)
    _variants(b"".join(segments), found)
    bare = _COMMENT.sub(b"", text)
    if bare != text:
        _add(found, read_value(bare).get(b"boundary"))
    for place in _ANYWHERE.finditer(text):
        rest = text[place.end() : place.end() + 400]
        _variants(rest, found)
        _variants(_COMMENT.sub(b"", rest), found)
        _variants(_COMMENT.sub(b" ", rest), found)


def _variants(raw: bytes, found: dict[bytes, None]) -> None:
    """Add RAW, which follows `boundary=`, as readers with other ideas of quotes, blanks and ends take it."""
    for text in (raw, raw.replace(b"\0", b""), decode_words(raw).encode("utf-8", "surrogatepass")):
        cut = re.split(rb"[;\r\n]", text, maxsplit=1)[0]
        candidates = [text, cut, cut.strip(), cut.strip(b" \t\"'")]
        if text[:1] in (b'"', b"'"):
            inside = text[1:].split(text[:1], 1)[0]
            candidates += [inside, inside.strip(), inside.replace(b"\\", b""), text[1:]]
            candidates.append(re.sub(rb"\\(.)", rb"\1", inside))
        candidates += [part for part in _CUTS.split(text.lstrip(b" \t\"'"), maxsplit=1)[:1] if part]
        candidates += cut.split()[:1]
        candidates += [cut.replace(b'"', b""), cut.replace(b"\\", b"").strip(b'"')]
        for candidate in candidates:
            if candidate:
                found.setdefault(candidate)
                if len(candidate) > LONGEST:
                    found.setdefault(candidate[:LONGEST])
