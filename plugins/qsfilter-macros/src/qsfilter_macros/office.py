"""Says of a document by its streams whether it has macros, and whether it is encrypted.

Guarantee: linear in the streams that are read; what is known is known by names and records, never by the file's name.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qsfilter_macros.compound import CompoundFile, Entry

FILEPASS, BOUNDSHEET, END = 0x2F, 0x85, 0x0A
SHEETS = ("workbook", "book")
FIRST_SHEETS = 4 << 20
"""Bytes of a workbook in which its table of sheets is looked for; it stands near the start."""


def vba(file: CompoundFile) -> str:
    """Return the name of a storage with a project in Visual Basic (MS-OVBA 2.2.1), or nothing."""
    for entry in file.entries.values():
        if entry.name.lower() == "_vba_project" and entry.kind == 2:
            return _above(file, entry)
        if entry.name.lower() == "vba" and any(one.name.lower() == "dir" for one in file.kept_in(entry.number)):
            return _above(file, entry)
    return ""


def _above(file: CompoundFile, entry: Entry) -> str:
    parent = file.entries.get(file.parents.get(entry.number, -1))
    return parent.name if parent is not None else entry.name


def encrypted(file: CompoundFile, streams: dict[str, Entry]) -> str:
    """Return how the document in FILE is encrypted, or nothing; STREAMS are those by their names in lower case."""
    if "encryptedpackage" in streams:
        return "an encrypted package"  # MS-OFFCRYPTO 2.3.4.4
    word = streams.get("worddocument")
    if word is not None:
        head = file.read(word, 12)
        if len(head) == 12 and head[11] & 0x01:  # MS-DOC 2.5.2, fEncrypted
            return "an encrypted text"
    user = streams.get("current user")
    if user is not None and file.read(user, 16)[12:16] == b"\xdf\xc4\xd1\xf3":  # MS-PPT 2.3.2, headerToken
        return "an encrypted presentation"
    return ""


def sheets(stream: bytes) -> tuple[bool, list[str]]:
    """Read the first records of a workbook (MS-XLS 2.1.4): whether it is encrypted, and its sheets with Excel 4 macros.

    STREAM is its beginning. In an encrypted workbook the names of the sheets are not readable.
    """
    at, hidden, found = 0, False, []
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        record = stream[at + 4 : at + 4 + length]
        at += 4 + length
        if kind == END:
            break
        if kind == FILEPASS:
            hidden = True
        if kind == BOUNDSHEET and len(record) > 7 and not hidden and record[5] == 1:  # MS-XLS 2.4.28, dt
            wide = record[7] & 1 and len(record) > 8
            text = record[8:].decode("utf-16-le", "replace") if wide else record[8:].decode("latin-1")
            found.append(text[: record[6]])
    return hidden, found
