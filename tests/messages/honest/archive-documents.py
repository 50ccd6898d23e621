"""Documents with nothing in them that runs, and nothing that is fetched."""

from __future__ import annotations

import struct
import zlib
from functools import partial

from qsfilter.testing.archives import STORED, mailed, member, zip_file
from qsfilter.testing.containers import noise
from qsfilter.testing.documents import (
    attribute,
    compound,
    ole_package,
    pdf,
    pdf_stream,
    properties,
    tnef,
    tnef_attachment,
)
from qsfilter.testing.messages import zip_of

TYPES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="xml" ContentType="application/xml"/></Types>'
)
LINKS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"'
    b' Target="https://www.example.org/" TargetMode="External"/></Relationships>'
)
TEXT = b"<w:document>hello</w:document>"
PICTURE = b"\x89PNG\r\n\x1a\n" + noise(300)
WORD = struct.pack("<HHIHH", 0xA5EC, 0xC1, 0, 0, 0).ljust(5000, b"\0")
SHEET = b"".join(
    struct.pack("<HH", kind, len(data)) + data
    for kind, data in ((0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)), (0x85, b"\0\0\0\0\0\0\1\0x"), (10, b""))
)
PAGE = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R /Annots [5 0 R] >>",
    pdf_stream(zlib.compress(b"BT (hello) Tj ET"), b"/Filter /FlateDecode"),
    b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://www.example.org/) >> >>",
)
INVOICE = (
    b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(factur-x.xml) 3 0 R] >> >> >>",
    b"<< /Type /Pages /Kids [] /Count 0 >>",
    b"<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) /EF << /F 4 0 R >> >>",
    pdf_stream(zlib.compress(b"<rsm:CrossIndustryInvoice/>"), b"/Type /EmbeddedFile /Filter /FlateDecode"),
)
MAIL = {"__properties_version1.0": bytes(32), "__substg1.0_1000001F": "hello".encode("utf-16-le")}
FILES = {
    "letter.docx": zip_of(
        {
            "[Content_Types].xml": TYPES,
            "word/document.xml": TEXT,
            "word/_rels/document.xml.rels": LINKS,
            "word/media/image1.png": PICTURE,
        }
    ),
    "table.xlsx": zip_of({"[Content_Types].xml": TYPES, "xl/workbook.xml": b"<workbook/>"}),
    "with-a-table.docx": zip_of(
        {
            "[Content_Types].xml": TYPES,
            "word/document.xml": TEXT,
            "word/embeddings/table.xlsx": zip_of({"[Content_Types].xml": TYPES, "xl/workbook.xml": b"<workbook/>"}),
        }
    ),
    "letter.odt": zip_file(
        member(b"mimetype", b"application/vnd.oasis.opendocument.text", STORED),
        member(b"content.xml", b"<office:document-content/>"),
        member(b"META-INF/manifest.xml", b"<manifest:manifest/>"),
    ),
    "book.epub": zip_file(
        member(b"mimetype", b"application/epub+zip", STORED), member(b"META-INF/container.xml", b"<container/>")
    ),
    "library.zip": zip_of({"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\r\n\r\n", "a/B.txt": b"hello"}),
    "letter.doc": compound({"WordDocument": WORD, "1Table": bytes(5000), "\x05SummaryInformation": bytes(200)}),
    "table.xls": compound({"Workbook": SHEET.ljust(4096, b"\0")}),
    "with-a-file.doc": compound(
        {"WordDocument": WORD, "ObjectPool/_1/\x01Ole10Native": ole_package(b"a.txt", b"hello")}
    ),
    "letter.msg": compound(MAIL),
    "page.pdf": pdf(*PAGE),
    "invoice.pdf": pdf(*INVOICE),
    "winmail.dat": tnef(
        attribute(0x89006, struct.pack("<I", 0x10000), 1),
        attribute(0x78008, b"IPM.Microsoft Mail.Note\0", 1),
        attribute(0x69003, properties((0x1000, 0x1F, "hello".encode("utf-16-le"))), 1),
        tnef_attachment(b"a.txt", b"hello", more=attribute(0x69005, properties((0x3707, 0x1E, b"a.txt\0")))),
    ),
    "empty-winmail.dat": tnef(attribute(0x89006, struct.pack("<I", 0x10000), 1)),
}


def build(data: bytes, name: str, newline: bytes) -> bytes:
    """Return the message."""
    return mailed(data, name, newline)


MESSAGES = {name: partial(build, data, name) for name, data in FILES.items()}
