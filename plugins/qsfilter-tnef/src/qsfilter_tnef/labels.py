"""What one attachment is called: its names in the order in which readers prefer them, and its media type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.names import as_text, name, name_from_text

if TYPE_CHECKING:
    from qsfilter import Name
    from qsfilter_tnef.faults import Faults

ORDER = ("tnef-long-filename", "tnef-filename", "tnef-title", "tnef-transport-name", "tnef-display-name")
MOST = 64


class Labels:
    """The names of one attachment while it is read; each is kept as it stands and in every reading."""

    LONGEST = 4096
    """Octets of a name that are read; a file's name has at most 255 characters, a path 32,767 in theory."""

    def __init__(self, faults: Faults) -> None:
        self.declared = ""
        self._faults = faults
        self._names: dict[tuple[bytes, str], str] = {}

    def add(self, raw: bytes, source: str, charset: str) -> None:
        """Take RAW, a value with its terminating NUL, in CHARSET; what is longer than `LONGEST` is cut and noted."""
        if len(raw) > self.LONGEST:
            self._faults.corrupt(f"a name of more than {self.LONGEST} octets")
            raw = raw[: self.LONGEST]
        if not raw.strip(b"\0") or (raw, source) in self._names:
            return
        if len(self._names) < MOST:
            self._names[raw, source] = charset
        else:
            self._faults.corrupt(f"an attachment with more than {MOST} names")

    def declare(self, raw: bytes, charset: str) -> None:
        """Take RAW, in CHARSET, as the media type."""
        text = raw.decode(charset, "replace").split("\0", 1)[0].split(";", 1)[0].strip().lower()
        if "/" in text and text.isascii() and text.isprintable():
            self.declared = text

    def names(self) -> tuple[Name, ...]:
        """Return all names; the first one is shown."""
        found: list[Name] = []
        for (raw, source), charset in sorted(self._names.items(), key=_preference):
            found += _readings(raw, source, charset)
        return tuple(found)


def _preference(item: tuple[tuple[bytes, str], str]) -> int:
    source = item[0][1]
    return ORDER.index(source) if source in ORDER else len(ORDER)


def _readings(raw: bytes, source: str, charset: str) -> list[Name]:
    if charset == "utf-16-le":
        return [name_from_text(raw.decode(charset, "replace").rstrip("\0"), source, raw)]
    stripped = raw.rstrip(b"\0")
    as_it_stands = name(stripped, source)
    text = as_text(stripped, charset) if charset else as_it_stands.text
    if text == as_it_stands.text:
        return [as_it_stands]
    return [name_from_text(text, source, stripped), as_it_stands]
