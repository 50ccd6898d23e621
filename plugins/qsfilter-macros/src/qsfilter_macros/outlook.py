"""Takes attachments and texts out of messages that Outlook saved as files (MS-OXMSG), also of those in each other.

Guarantee: a property is known by its tag and its storage, wherever in the file that lies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from qsfilter.names import as_text, name_from_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Name
    from qsfilter_macros.compound import CompoundFile, Entry

PROPERTY = "__substg1.0_"
ATTACHMENT = "__attach_version1.0_"
PROPERTIES = "__properties_version1.0"
NAMES = ("3707001F", "3707001E", "3704001F", "3704001E", "3001001F", "3001001E")
"""The long name, the short one, and the one that is shown, each in UTF-16 and in a code page."""
CONTENT = "37010102"
PACKED = "10090102"
TEXTS = {
    "1000001F": "body.txt", "1000001E": "body.txt", "10130102": "body.html", "1013001F": "body.html",
    "1013001E": "body.html", PACKED: "body.rtf",
}  # fmt: skip
LONGEST_NAME = 4096


class Piece(NamedTuple):
    """One attachment or text of a message."""

    stream: Entry
    names: tuple[Name, ...]
    wide: bool = False
    """A text in UTF-16."""
    packed: bool = False
    """A text in compressed RTF."""


def is_message(file: CompoundFile) -> bool:
    """Whether FILE is a message: its root holds a message's properties."""
    return any(entry.name.lower() == PROPERTIES for entry in file.kept_in(0))


def pieces(file: CompoundFile) -> Iterator[Piece]:
    """Yield attachments and texts of FILE, in the order of its directory."""
    names: dict[int, tuple[Name, ...]] = {}  # a storage may hold any number of contents
    for stream in file.streams():
        storage = file.entries.get(file.parents.get(stream.number, -1))
        tag = stream.name[len(PROPERTY) :].upper() if stream.name.lower().startswith(PROPERTY) else ""
        if storage is None or not tag:
            continue
        if tag == CONTENT and storage.name.lower().startswith(ATTACHMENT):
            if storage.number not in names:
                names[storage.number] = tuple(_names(file, storage))
            yield Piece(stream, names[storage.number])
        elif tag in TEXTS and not storage.name.lower().startswith(ATTACHMENT):
            name = (name_from_text(TEXTS[tag], "msg"),)
            yield Piece(stream, name, wide=tag.endswith("001F"), packed=tag == PACKED)


def _names(file: CompoundFile, storage: Entry) -> Iterator[Name]:
    known = {entry.name.upper()[len(PROPERTY) :]: entry for entry in file.kept_in(storage.number)}
    for tag in NAMES:
        if tag in known:
            raw = file.read(known[tag], LONGEST_NAME)
            text = raw.decode("utf-16-le", "replace") if tag.endswith("F") else as_text(raw)
            if text := text.split("\0", 1)[0]:
                yield name_from_text(text, "msg", raw)
