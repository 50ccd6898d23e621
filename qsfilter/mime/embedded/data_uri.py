"""Contents in `data:` addresses (RFC 2397), as HTML, SVG, style sheets and address cards have them.

Guarantees: base64 and percent-coded ones, also where character references, line ends or the shifts of ISO 2022 cut up
the address; what is only base64 by its last word is taken as well; linear.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached
from qsfilter.mime.embedded.armour import from_base64
from qsfilter.model import Child, Field
from qsfilter.names import as_text, name, unpercent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.mime.embedded.leaf_text import LeafText
    from qsfilter.model import Name

LEAST = 16
"""Octets below which a content without a name is no file."""
MOST_SMALL = 20
"""Addresses with less in them for each one that counts."""
_URI = re.compile(
    rb"[Dd](?<![A-Za-z0-9].)[Aa][Tt][Aa]:((?:[^,:\r\n]++|(?<![^A-Za-z0-9][Dd][Aa][Tt][Aa]):)*+),", re.DOTALL
)
"""What stands before the comma; no second `data:` does, so that no octet is looked at twice."""
_META = re.compile(rb"[ ]*+([\w.+-]{1,120}+/[\w.+-]{1,120}+)?[ ]*+((?:;[^,;\"'<>()\r\n]{0,500}+){0,16}+)[ ]*+")
"""Type and parameters; what fits this and what does not are both base64 to a browser if the last word says so."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/=_%-]*")
_BASE64_QUOTED = re.compile(rb"[A-Za-z0-9+/=_%\s-]*")
_PERCENT = {
    b'"': re.compile(rb'[^"]*'),
    b"'": re.compile(rb"[^']*"),
    b"": re.compile(rb"[^\s\"'<>)]*"),
}
_REFERENCE = re.compile(
    rb"&(?:#0*(?:58|65|68|84|97|100|116)(?![0-9])|#x0*(?:3a|41|44|54|61|64|74)(?![0-9a-f])|(?:colon|tab|newline|quot);)",
    re.IGNORECASE,
)
"""A character reference for a letter of `data:`, for what may stand among them, or for the quote in front."""
_WHOLE = re.compile(rb"data:[^\"'<>&]*+", re.IGNORECASE)
_SHIFTS = re.compile(rb"\x1b(?:\$[()*+]?[@-_]|[(-/][ -~])|[\x0e\x0f]")
"""What switches from one set of letters to another (ISO-2022-JP: RFC 1468; ISO-2022-KR: RFC 1557)."""
_CUTS = b"\t\r\n"
"""What URL readers pass over inside an address (URL Standard, 4.4)."""
_ESCAPE = re.compile(rb"%[0-9A-Fa-f]{2}")
_NAMED = re.compile(rb";[ ]*(?:file)?name=([^;]+)", re.IGNORECASE)
_DOWNLOAD = re.compile(rb"\sdownload\s*=\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s\"'>]+))", re.IGNORECASE)
_TAG = 1_000
"""Octets before and behind an address in which the tag around it is looked for."""


def children(leaf: LeafText) -> Iterator[Child]:
    """Yield the content of each address in LEAF; markup may spell it otherwise. Raises LimitReached."""
    known = set()
    for text in _spellings(leaf.text) if leaf.markup else (leaf.text,):
        for child in contents(text, leaf.limits.members):
            if (child.data, child.names) not in known:
                known.add((child.data, child.names))
                yield child


def contents(text: bytes, most: int) -> Iterator[Child]:
    """Yield the content of each address in TEXT, at most MOST. Raises LimitReached."""
    at = count = 0
    for _ in range(most * MOST_SMALL):
        uri = _URI.search(text, at)
        if uri is None:
            return
        meta = _META.fullmatch(uri[1])
        data, at = _content(text, uri, meta)
        names = _names(text, uri, at)
        if len(data) < LEAST and not (data and names):
            continue
        count += 1
        if count > most:
            break
        declared = ((meta and meta[1]) or b"").lower()
        yield Child(
            data=data,
            names=names,
            declared=as_text(declared),
            header=_header(declared, meta[2] if meta else b""),
            origin="data-uri",
        )
    raise LimitReached("members", most)


def _spellings(text: bytes) -> Iterator[bytes]:
    """Yield TEXT, and as a browser's address reader sees it, where that can show other addresses."""
    yield text
    other = _SHIFTS.sub(b"", text) if b"\x1b" in text or b"\x0e" in text else text
    if _REFERENCE.search(other) or any(
        other[found.end() : found.end() + 1] == b"&" for found in _WHOLE.finditer(other)
    ):
        import html  # noqa: PLC0415 - most markup needs no references to be read

        other = html.unescape(other.decode("latin-1")).encode("utf-8", "replace")
    if other != text or _is_cut(text):
        yield other.translate(None, _CUTS)


def _is_cut(text: bytes) -> bool:
    """Whether line ends or tabs in TEXT may cut up an address."""
    if text.translate(None, _CUTS).lower().count(b"data:") > text.lower().count(b"data:"):
        return True
    metas = (found[0].partition(b",")[0] for found in _WHOLE.finditer(text))
    return any(meta.translate(None, _CUTS) != meta for meta in metas)


def _content(text: bytes, uri: re.Match[bytes], meta: re.Match[bytes] | None) -> tuple[bytes, int]:
    """Decode what follows URI's comma, before which META stands; return it and the offset behind it."""
    quote = text[max(0, uri.start() - 8) : uri.start()].rstrip()[-1:]
    quote = quote if quote in (b'"', b"'") else b""
    if uri[1].rpartition(b";")[2].strip().lower() == b"base64":
        payload = (_BASE64_QUOTED if quote else _BASE64).match(text, uri.end())
        if payload is None:
            return b"", uri.end()
        letters = unpercent(payload[0]) if b"%" in payload[0] else payload[0]
        return from_base64(letters.replace(b"-", b"+").replace(b"_", b"/")), payload.end()
    typed = meta and uri[1].strip()
    if not typed and not _ESCAPE.search(text, uri.end(), uri.end() + _TAG):
        return b"", uri.end()  # "data: this, and that" is a sentence
    payload = _PERCENT[quote].match(text, uri.end())
    return (unpercent(payload[0]), payload.end()) if payload else (b"", uri.end())


def _names(text: bytes, uri: re.Match[bytes], end: int) -> tuple[Name, ...]:
    """Return the names that the address and the HTML attribute `download` give the content."""
    found = [name(unpercent(match[1].strip()), "data-uri") for match in _NAMED.finditer(uri[1])]
    before = text[max(0, uri.start() - _TAG) : uri.start()]
    behind = text[end : end + _TAG]
    tag = before[before.rfind(b"<") + 1 :] + b" " + behind[: max(0, behind.find(b">"))]
    found += [name(match[1] or match[2] or match[3], "download") for match in _DOWNLOAD.finditer(tag)]
    return tuple(dict.fromkeys(found))


def _header(declared: bytes, parameters: bytes) -> tuple[Field, ...]:
    """Return a Content-Type that keeps the charset, where the address names one."""
    if b"charset" not in parameters.lower():
        return ()
    return (Field(name=b"Content-Type", value=b" " + (declared or b"text/plain") + parameters, span=(0, 0)),)
