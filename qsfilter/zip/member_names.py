"""The names that readers may give a member: directory, local header, Unicode field, by every coding of the octets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.names import as_text, name, name_from_text
from qsfilter.zip.records import UTF8, extra_fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsfilter.model import Name
    from qsfilter.zip.records import Header

UNICODE_PATH = 0x7075
_UNICODE_PATH = UNICODE_PATH.to_bytes(2, "little")


def names_of(headers: Sequence[Header], source: str = "zip") -> tuple[Name, ...]:
    """Return every candidate name in HEADERS, that of the first one first."""
    first = headers[0]
    if len(headers) == 1 and first.name.isascii() and _UNICODE_PATH not in first.extra:
        return (name(first.name, source),)
    found: dict[str, Name] = {}
    for header in headers:
        for one in _names(header, source):
            found.setdefault(one.text, one)
    return tuple(found.values())


def conflict(headers: Sequence[Header]) -> str:
    """Say which names in HEADERS two readers may take for one member; empty where they mean the same."""
    names = {header.name for header in headers}
    if len(names) > 1:
        return " and ".join(ascii(one) for one in sorted(names))[:150]
    for header in headers:
        if _UNICODE_PATH in header.extra and (text := _unicode_path(header.extra)) is not None:
            plain = as_text(header.name)
            # Octets of another character set are what the field is for; what follows the last dot is ASCII in all.
            if (plain.isascii() and text != plain) or _ending(text) != _ending(plain):
                return f"{header.name!a} and {text!a}"[:150]
    return ""


def _names(header: Header, source: str) -> list[Name]:
    raw = header.name
    if raw.isascii():
        found = [name(raw, source)]
    elif header.flags & UTF8:
        found = [name_from_text(as_text(raw), source, raw)]
    else:
        found = [name(raw, source)]
    if not raw.isascii() and not _is_utf8(raw):  # appendix D: code page 437 is the coding of those without the flag
        found.append(name_from_text(raw.decode("cp437"), source, raw))
    if _UNICODE_PATH in header.extra and (text := _unicode_path(header.extra)) is not None:
        found.append(name_from_text(text, source))
    return found


def _unicode_path(extra: bytes) -> str | None:
    """Return the name in the Info-ZIP Unicode Path field (4.6.9), whether or not its checksum is that of the name."""
    field = extra_fields(extra).get(UNICODE_PATH, b"")
    return as_text(field[5:]) if len(field) > 5 and field[0] == 1 else None


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _ending(text: str) -> str:
    """Return what follows the last dot."""
    return text.rpartition(".")[2].lower()
