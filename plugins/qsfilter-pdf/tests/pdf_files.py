"""Writes PDF documents for tests, object by object, and says what the plugin finds in one."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from qsfilter import Filter, Limits
from qsfilter.testing import attachment, examine, message, part
from qsfilter_pdf import Pdf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qsfilter import Report

PAGES = {2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"}
CATALOG = b"<</Type/Catalog/Pages 2 0 R%b>>"
IN_NAMES = b"/Names<</EmbeddedFiles<</Names[(tree.exe)4 0 R]>>>>"
FILE = b"<</Type/Filespec/F(old.exe)/UF(new.exe)/EF<</F 5 0 R/UF 5 0 R>>>>"
PROGRAM = b"MZ" + bytes(range(32, 132))
TESTFILES = Path("/usr/share/clamav-testfiles")


def stream(data: bytes, keys: bytes = b"") -> bytes:
    """Return a stream object."""
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(data), keys, data)


def deflated(data: bytes) -> bytes:
    """Return a stream object that is deflated."""
    return stream(zlib.compress(data, 9), b"/Filter/FlateDecode")


def document(objects: Mapping[int, bytes], *, trailer: bytes = b"") -> bytes:
    """Return a document with OBJECTS; number 1 is the catalog."""
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, content in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start, size = len(out), max(objects) + 1
    rows = b"".join(b"%010d 00000 n \n" % places.get(number, 0) for number in range(1, size))
    out += b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root 1 0 R%b>>\n" % (size, rows, size, trailer)
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % start


def holding(embedded: bytes) -> bytes:
    """Return a document with one file, the object EMBEDDED."""
    return document({1: CATALOG % IN_NAMES, **PAGES, 4: FILE, 5: embedded})


def in_object_stream(objects: Mapping[int, bytes], keys: bytes = b"", padding: bytes = b"") -> bytes:
    """Return a document whose OBJECTS (1 to n) are in one object stream, coded as KEYS say."""
    head, body = b"", b""
    for number, content in objects.items():
        head += b"%d %d " % (number, len(body))
        body += content + b" "
    packed = head + body + padding
    packed = packed if keys else zlib.compress(packed, 9)
    count = len(objects)
    keys = keys or b"/Filter/FlateDecode"
    out = bytearray(b"%PDF-1.7\n")
    first = len(out)
    out += b"%d 0 obj\n" % (count + 1)
    out += stream(packed, b"/Type/ObjStm/N %d/First %d%b" % (count, len(head), keys)) + b"\nendobj\n"
    second = len(out)
    rows = bytes(6) + b"".join(b"\2" + (count + 1).to_bytes(4) + bytes((index,)) for index in range(count))
    rows += b"\1" + first.to_bytes(4) + b"\0\1" + second.to_bytes(4) + b"\0"
    table = stream(rows, b"/Type/XRef/W[1 4 1]/Size %d/Root 1 0 R" % (count + 3))
    out += b"%d 0 obj\n%b\nendobj\n" % (count + 2, table)
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % second


def examined(data: bytes, plugin: object = None, **limits: int) -> Report:
    """Examine a message with DATA attached."""
    chosen = Filter(plugin or Pdf(), limits=Limits(**limits))
    chosen.start()
    return examine(chosen, message(part(b"text"), attachment(data, "a.pdf")))


def found(data: bytes, plugin: object = None) -> list[str]:
    """Return what is found in DATA."""
    return [str(one) for one in examined(data, plugin).findings]


def members(report: Report) -> list[tuple[bytes, list[str]]]:
    """Return content and names of what was taken out."""
    parts = [one for one in report.message.parts if one.origin == "pdf"]
    return [(one.blob.data, [name.text for name in one.names]) for one in parts]
