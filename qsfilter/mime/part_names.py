"""Collects every name that some reader gives a part, from its header fields.

Guarantees: duplicates, folds, quotes, RFC 2231 and RFC 2047 are taken under every reading; a field in the form that
mailers write is read once; what it costs is linear in the header; no name is left out, more than MOST_NAMES raise.

The source of a name that no reader gives who follows the standards ends with `~`: such names can be forbidden as any
other, but they contradict nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached
from qsfilter.mime.parameters import read_value
from qsfilter.names import decode_extended, decode_words, name, name_from_text, unpercent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.model import Field, Name

FIELDS = frozenset({b"content-disposition", b"content-type"})
"""The fields with a parameter that names the part (RFC 2183, 2.3; RFC 2045); each may have that of the other."""
ATTRIBUTES = (b"filename", b"name")
_OTHER = rb'(?:;\s*+(?!(?:file)?name)[\w-]++\s*+=\s*+(?:"[^"\\\r\n]*+"|[^\s";()*]++)\s*+)*+'
_USUAL = re.compile(
    rb"[\w/.+-]++\s*+" + _OTHER + rb'(?:;\s*+((?:file)?name)="([^"\\\r\n;]*+)"\s*+)?+' + _OTHER + rb";?\s*+",
    re.IGNORECASE,
)
_ANYWHERE = re.compile(
    rb"(?:file)?name[\s\0]*+(?:\([^()]{0,200}\)[\s\0]*+)?(?:\*([+-]?\d*)\*?)?[\s\0]*+=[\s\0]*+", re.IGNORECASE
)
_FOLDS = re.compile(rb"[\r\n]+[ \t]*")
_TO_BLANK = re.compile(rb"\r?\n(?=[ \t])")
_LINE = re.compile(rb"[^\r\n]*")
_TO_PARAMETER = re.compile(rb"[^;]*+(?:;(?![^;=]*+=)[^;]*+)*+")
_FIRST_WORD = re.compile(rb"[^\s,]+")
_IN_QUOTES = re.compile(rb'"((?:[^"\\]|\\.)*)', re.DOTALL)
_LIKE_A_FILE = re.compile(r"[^\s/:@]{1,200}\.[A-Za-z0-9]{1,8}")
_EXTENSION = re.compile(r"[a-z0-9]{1,8}", re.ASCII)
_IN_URL = re.compile(rb"(?:[a-z][a-z0-9+.-]*://[^/?#]*)?([^?#]*)", re.IGNORECASE)
_TYPE = re.compile(rb'[\s"]*([\w.+-]+/[\w.+-]+)')
_NO_FILES = (b"text/", b"message/", b"multipart/")
MOST_NAMES = 64
_LONGEST = 2000
"""Octets behind `name=` that other readings look at."""

BY_TYPE = {
    b"application/bat": "bat",
    b"application/dos-exe": "exe",
    b"application/exe": "exe",
    b"application/hta": "hta",
    b"application/java-archive": "jar",
    b"application/javascript": "js",
    b"application/msdos-windows": "exe",
    b"application/vnd.microsoft.portable-executable": "exe",
    b"application/x-bat": "bat",
    b"application/x-chm": "chm",
    b"application/x-com": "com",
    b"application/x-dosexec": "exe",
    b"application/x-exe": "exe",
    b"application/x-iso9660-image": "iso",
    b"application/x-java-jnlp-file": "jnlp",
    b"application/x-javascript": "js",
    b"application/x-ms-application": "application",
    b"application/x-ms-installer": "msi",
    b"application/x-ms-shortcut": "lnk",
    b"application/x-msdos-program": "exe",
    b"application/x-msdownload": "exe",
    b"application/x-msi": "msi",
    b"application/x-winexe": "exe",
    b"text/javascript": "js",
    b"text/scriptlet": "sct",
    b"text/vbscript": "vbs",
    b"vms/exe": "exe",
}
"""Media types of files that are run → the extension that a reader invents for a file without a name."""


@dataclass(slots=True)
class _Found:
    """The names found so far."""

    exact: dict[Name, None] = field(default_factory=dict)
    loose: dict[tuple[bytes, str], Name] = field(default_factory=dict)
    """By bytes and text: the same name from many readings is one."""

    def add(self, candidate: Name) -> None:
        """Take a name that stands where the standards want it. Raises LimitReached."""
        self.exact[candidate] = None
        self._check(len(self.exact))

    def add_loose(self, candidate: Name) -> None:
        """Take a name that only some readers see. Raises LimitReached."""
        self.loose.setdefault((candidate.raw, candidate.text), candidate)
        self._check(len(self.loose))

    def names(self) -> tuple[Name, ...]:
        """Return all names, each once, the likeliest first. Raises LimitReached."""
        names = sorted(self.exact, key=lambda candidate: not candidate.source.startswith("filename"))
        if self.loose:
            known = {(candidate.raw, candidate.text) for candidate in names}
            names += [candidate for key, candidate in self.loose.items() if key not in known]
            self._check(len(names))
        return tuple(names)

    @staticmethod
    def _check(count: int) -> None:
        if count > MOST_NAMES:
            raise LimitReached("names", MOST_NAMES)


def part_names(structural: tuple[Field, ...], header: tuple[Field, ...] = ()) -> tuple[Name, ...]:
    """Return every candidate name in the STRUCTURAL fields, the likeliest first.

    Raises LimitReached for more than MOST_NAMES.

    A part that has none is named by its type, if that is a program's, or else by its Subject, if HEADER has one.
    """
    found = _Found()
    for each in structural:
        kind = each.name.lower()
        if kind in FIELDS:
            _from_value(each.value, found)
        elif kind == b"content-description":
            if described := _like_a_file(each.value, "description"):
                found.add(described)
        elif kind == b"content-location":
            located = _IN_URL.match(_FOLDS.sub(b"", each.value).strip(b" \t\"'<>"))
            last = unpercent(located[1].rpartition(b"/")[2]) if located else b""
            if described := _like_a_file(last, "location"):
                found.add(described)
    return found.names() or tuple(_invented(structural, header))


def extensions(names: tuple[Name, ...]) -> set[str]:
    """Return the last extensions that parameters give in the standard way, in lower case; two of them are a conflict.

    What is no extension (letters and digits, at most eight) contradicts none.
    """
    found = set()
    for candidate in names:
        if candidate.source.rstrip("*") in {"filename", "name"}:
            extension = candidate.forms[-1].rpartition(".")[1:]
            if extension[0] and _EXTENSION.fullmatch(folded := extension[1].casefold()):
                found.add(folded)
    return found


def _like_a_file(raw: bytes, source: str) -> Name | None:
    """Return RAW, a field that may name the part, as a name, if it looks like that of a file and not of a host."""
    text = raw.strip(b" \t\r\n\"'")
    if not text or len(text) > _LONGEST:
        return None
    candidate = name(_TO_BLANK.sub(b"", text), source)
    fits = _LIKE_A_FILE.fullmatch(candidate.text.strip()) and not candidate.text.lower().startswith("www.")
    return candidate if fits else None


def _invented(structural: tuple[Field, ...], header: tuple[Field, ...]) -> Iterator[Name]:
    """Yield the name that readers give a part without any."""
    types = [
        found[1].lower()
        for each in structural
        if each.name.lower() == b"content-type"
        if (found := _TYPE.match(each.value))
    ]
    for kind in types:
        if kind in BY_TYPE:
            yield name_from_text(f"unnamed.{BY_TYPE[kind]}", "type")
            return
    if types and not types[0].startswith(_NO_FILES):
        for each in header:
            if each.name.lower() == b"subject" and (named := _like_a_file(each.value, "subject")):
                yield named
                return


def _from_value(value: bytes, found: _Found) -> None:
    """Add the names in VALUE, that of a Content-Type or Content-Disposition."""
    plain = value.lower()
    if b"name" not in plain and b"\n" not in plain and b"=?" not in plain:
        return
    usual = _USUAL.fullmatch(value.strip())
    if usual and plain.count(b"name") == (usual[1] is not None):
        if usual[1] is not None:
            found.add(name(usual[2], usual[1].decode("ascii").lower()))
        return
    texts = dict.fromkeys((_TO_BLANK.sub(b"", value), _FOLDS.sub(b"", value), _FOLDS.sub(b" ", value)))
    for reading, text in enumerate(texts):
        _from_text(text, found, exact=reading == 0)
    for place in _places(value) if len(texts) > 1 else ():
        line = _LINE.match(value, place)
        _variants(line[0][:_LONGEST] if line else b"", found)


def _from_text(text: bytes, found: _Found, *, exact: bool) -> None:
    """Add the names in TEXT, an unfolded value; EXACT says that it was unfolded by the standard."""
    parsed = read_value(text.strip())
    for attribute in ATTRIBUTES:
        source = attribute.decode("ascii")
        add, mark = (found.add, "") if exact else (found.add_loose, "~")
        for key, raw in parsed.parameters:
            if key == attribute:
                add(name(raw, f"{source}{mark}"))
        by_standard = parsed.extended(attribute)
        for decoded in by_standard:
            add(name_from_text(decoded, f"{source}*{mark}"))
        for decoded in (*by_standard, *parsed.loosely_extended(attribute)):
            found.add_loose(name_from_text(decoded, f"{source}*~"))
            if "=?" in decoded:
                found.add_loose(name(decoded.encode("utf-8", "surrogatepass"), f"{source}*~"))
    for place in _places(text):
        _variants(text[place : place + _LONGEST], found)
    if b"=?" in text:
        decoded_text = decode_words(text).encode("utf-8", "surrogatepass")
        for place in _places(decoded_text):
            _variants(decoded_text[place : place + _LONGEST], found)


def _places(text: bytes) -> Iterator[int]:
    """Yield where the value of each mention of `name=` begins, but for pieces that follow a first one (RFC 2231).

    Raises LimitReached.
    """
    count = 0
    for place in _ANYWHERE.finditer(text):
        if not (place[1] or b"").strip(b"+-0"):
            count += 1
            if count > MOST_NAMES:
                raise LimitReached("names", MOST_NAMES)
            yield place.end()


def _variants(raw: bytes, found: _Found) -> None:
    """Add RAW, which follows `name=`, as readers with other ideas of quotes and ends take it."""
    cut = raw.split(b";", 1)[0].strip()
    candidates = [cut, cut.strip(b"\"' ")]
    if raw[:1] in (b'"', b"'"):
        inside = raw[1:].split(raw[:1], 1)[0]
        escaped = _IN_QUOTES.match(raw)
        candidates += [inside, cut.replace(b'"', b"")]
        if escaped and b"\\" in escaped[1]:
            candidates += [escaped[1], re.sub(rb"\\(.)", rb"\1", escaped[1])]
    elif word := _FIRST_WORD.match(cut):
        whole = _TO_PARAMETER.match(raw)
        candidates += [cut.split()[0], word[0], whole[0].strip() if whole else cut]
    for candidate in dict.fromkeys(candidates):
        if candidate:
            found.add_loose(name(candidate, "name~"))
            if candidate.count(b"'") > 1 and b"%" in candidate:
                found.add_loose(name_from_text(decode_extended(candidate), "name~"))
