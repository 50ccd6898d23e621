"""Writes TNEF as old and new writers do, each length and count a lie where a test wants it; reads what came out."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from qsfilter import Filter
from qsfilter.testing import attachment, examine, message, part
from qsfilter.testing.documents import attribute
from qsfilter_tnef import Tnef

if TYPE_CHECKING:
    from qsfilter import Report

PLAIN = Filter(Tnef())
PLAIN.start()
STRING, UNICODE, OBJECT, BINARY = 0x1E, 0x1F, 0x0D, 0x102
LONG, SHORT, DISPLAY, DATA, MIME_TAG = 0x3707, 0x3704, 0x3001, 0x3701, 0x370E
RTF = b"{\\rtf1\\ansi\\ansicpg1252 hello hello hello hello}"
HUGE = 0xFFFFFFF0
QUICK = 30.0
"""Seconds; what takes longer hangs."""
IMESSAGE = bytes.fromhex("0703020000000000c000000000000046")
ISTORAGE = bytes.fromhex("0b00000000000000c000000000000046")


def rend_data() -> bytes:
    """Return what every attachment begins with."""
    return attribute(0x69002, bytes(14))


def attached(name: bytes, data: bytes) -> bytes:
    """Return an attachment as old writers make it, by attributes alone."""
    return rend_data() + attribute(0x18010, name + b"\0") + attribute(0x6800F, data)


def prop(number: int, kind: int, value: bytes, length: int | None = None, count: int = 1, name: bytes = b"") -> bytes:
    """Return one MAPI property with a length of its own; NAME is what a named property has in front."""
    size = len(value) if length is None else length
    return struct.pack("<HH", kind, number) + name + struct.pack("<II", count, size) + value + bytes(-len(value) % 4)


def props(*properties: bytes, count: int | None = None) -> bytes:
    """Return a list of PROPERTIES."""
    return struct.pack("<I", len(properties) if count is None else count) + b"".join(properties)


def mapi_attached(*properties: bytes, count: int | None = None) -> bytes:
    """Return an attachment as new writers make it, by MAPI properties alone."""
    return rend_data() + attribute(0x69005, props(*properties, count=count))


def of_message(*properties: bytes, count: int | None = None) -> bytes:
    """Return the properties of the message itself."""
    return attribute(0x69003, props(*properties, count=count), level=1)


def opened(data: bytes, chosen: Filter = PLAIN) -> Report:
    """Examine a message with DATA attached."""
    return examine(chosen, message(part(b"text"), attachment(data, "winmail.dat", "application/ms-tnef")))


def members(report: Report) -> list[bytes]:
    """Return the contents of what was unpacked from TNEF."""
    return [one.blob.data for one in report.message.parts if one.origin == "tnef"]


def names(report: Report) -> list[list[str]]:
    """Return the names of each member of TNEF."""
    return [[name.text for name in one.names] for one in report.message.parts if one.origin == "tnef"]


def codes(report: Report) -> list[str]:
    """Return kind and name of each finding."""
    return [str(found) for found in report.findings]
