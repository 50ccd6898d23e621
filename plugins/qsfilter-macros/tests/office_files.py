"""Writes what stands in Office documents, and says what the plugin finds in one and takes out of it."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING

from qsfilter import Filter, Limits
from qsfilter.testing import attachment, examine, message, part
from qsfilter_macros import Macros

if TYPE_CHECKING:
    from qsfilter import Report

PROGRAM = b"MZ" + bytes(100)
VBA = {"VBA": {"dir": b"\x01\xb0", "_VBA_PROJECT": b"\xcc\x61"}, "PROJECT": b"ID={}"}
TESTFILES = Path("/usr/share/clamav-testfiles")


def examined(data: bytes, plugin: object = None, name: str = "a.bin", **limits: int) -> Report:
    """Examine a message with DATA attached."""
    chosen = Filter(plugin or Macros(), limits=Limits(**limits))
    chosen.start()
    return examine(chosen, message(part(b"text"), attachment(data, name)))


def found(data: bytes, plugin: object = None) -> list[str]:
    """Return what is found in DATA."""
    return [str(one) for one in examined(data, plugin).findings]


def members(report: Report) -> list[tuple[bytes, list[str]]]:
    """Return content and names of what was taken out."""
    return [
        (one.blob.data, [name.text for name in one.names])
        for one in report.message.parts
        if one.origin in {"ole", "msg"}
    ]


def package(data: bytes, label: bytes = b"x.exe", size: int | None = None) -> bytes:
    """Return a stream Ole10Native with DATA."""
    body = b"\x02\0" + label + b"\0C:\\in\\x.exe\0\0\0\3\0" + struct.pack("<I", 11) + b"C:\\t\\x.tmp\0"
    body += struct.pack("<I", len(data) if size is None else size) + data
    return struct.pack("<I", len(body)) + body


def word(flags: int = 0) -> bytes:
    """Return the beginning of a text."""
    return struct.pack("<HHIHH", 0xA5EC, 0xC1, 0, 0, flags) + bytes(100)


def workbook(*records: tuple[int, bytes]) -> bytes:
    """Return a workbook with RECORDS in front of the end of its globals."""
    return b"".join(
        struct.pack("<HH", kind, len(data)) + data for kind, data in ((0x809, bytes(16)), *records, (10, b""))
    )


def sheet(name: str, kind: int) -> tuple[int, bytes]:
    """Return the record of a sheet."""
    return 0x85, struct.pack("<IBBBB", 0, 0, kind, len(name), 1) + name.encode("utf-16-le")
