"""Tells from libarchive's errors whether a content is encrypted, of a method it does not know, or broken.

Guarantee: what is not known for anything else is broken; a lack of memory is a MemoryError and says nothing about the
content.
"""

from __future__ import annotations

import re
from errno import ENOMEM
from typing import NamedTuple

ENCRYPTED = re.compile(r"encrypt|crypto codec", re.IGNORECASE)
UNKNOWN = re.compile(
    r"codec id|codec is unsupported|unsupported form of|unsupported filter \w+ for|many filters"
    r"|unsupported (?:compression|lzh|lha header|header version|cab compression)"
    r"|solid archive support unavailable|parsing filters is unsupported|rar vm|compiled without"
    r"|(?:size|method|compression|sizes|zisofs) (?:is |are )?not supported",
    re.IGNORECASE,
)
"""What it says of methods that it knows by name and has no code for; "unsupported" alone it also says of rubbish."""
MEMORY = re.compile(r"(?:llocate|out of|no|not enough|udn't allocate) memory", re.IGNORECASE)
NO_NAME = re.compile(r"can(?:no|')t be converted|cannot be converted", re.IGNORECASE)
LONGEST = 150


class Trouble(NamedTuple):
    """Why something could not be read: one of `actions.UNSCANNABLE_NAMES`, and libarchive's words."""

    name: str
    detail: str


def trouble(text: bytes | None, number: int) -> Trouble:
    """Read an error's TEXT and NUMBER (errno.h, or libarchive's own). Raises MemoryError."""
    said = (text or b"it does not say why").decode("utf-8", "replace")[:LONGEST]
    if number == ENOMEM or (MEMORY.search(said) and not said.startswith("XML")):
        raise MemoryError(said)
    if ENCRYPTED.search(said):
        return Trouble("encrypted", said)
    return Trouble("no-unpacker" if UNKNOWN.search(said) else "corrupt", said)
