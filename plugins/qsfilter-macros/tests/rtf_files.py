"""Writes RTF with objects in it, and says what the plugin finds in one and takes out of it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from qsfilter import Filter, Limits
from qsfilter.testing import attachment, examine, message, part
from qsfilter_macros import Macros

if TYPE_CHECKING:
    from qsfilter import Report

PROGRAM = b"MZ" + bytes(range(256))


def examined(data: bytes, plugin: object = None, **limits: int) -> Report:
    """Examine a message with DATA attached."""
    chosen = Filter(plugin or Macros(), limits=Limits(**limits))
    chosen.start()
    return examine(chosen, message(part(b"text"), attachment(data, "letter.doc")))


def members(data: bytes, plugin: object = None) -> list[bytes]:
    """Return what is taken out of the RTF DATA."""
    return [one.blob.data for one in examined(data, plugin).message.parts if one.origin == "rtf"]


def found(data: bytes) -> list[str]:
    """Return what is found in DATA."""
    return [str(one) for one in examined(data).findings]


def prefixed(text: bytes) -> bytes:
    """Return TEXT as OLE 1 writes it."""
    return struct.pack("<I", len(text) + 1) + text + b"\0" if text else bytes(4)


def ole(data: bytes, name: bytes = b"Equation.3", size: int | None = None, kind: int = 2) -> bytes:
    """Return an object of OLE 1 with DATA in it and a picture behind it."""
    head = struct.pack("<II", 0x501, kind) + prefixed(name) + prefixed(b"") + prefixed(b"")
    picture = struct.pack("<II", 0x501, 0)
    return head + struct.pack("<I", len(data) if size is None else size) + data + picture


def link(target: bytes) -> bytes:
    """Return a link of OLE 1 to TARGET."""
    head = struct.pack("<II", 0x501, 1) + prefixed(b"htmlfile") + prefixed(target) + prefixed(b"")
    return head + prefixed(b"") + bytes(8)


def package(data: bytes = PROGRAM) -> bytes:
    """Return a packaged file."""
    body = b"\x02\0invoice.exe\0C:\\in\\i.exe\0\0\0\3\0" + struct.pack("<I", 11) + b"C:\\t\\x.tmp\0"
    return ole(body + struct.pack("<I", len(data)) + data, b"Package")


def document(spelt: bytes) -> bytes:
    """Return an RTF with an object that is SPELT so."""
    return rb"{\rtf1\ansi Read this: {\object\objemb\objw1{\*\objclass Package}{\*\objdata " + spelt + b"}} bye}"


def lines(raw: bytes) -> bytes:
    """Spell RAW as Word does."""
    text = raw.hex().encode()
    return b"\r\n".join(text[at : at + 128] for at in range(0, len(text), 128))


HEX = package().hex().encode()
