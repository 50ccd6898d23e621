"""A PDF whose objects are in a compressed stream, those that lead to the EICAR test file among them."""

from __future__ import annotations

import struct
import zlib

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.documents import pdf_stream


def build(newline: bytes) -> bytes:
    """Return the message."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a) 3 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        b"<< /Type /Filespec /F (a.gz) /EF << /F 4 0 R >> >>",
    )
    places = (0, len(objects[0]) + 1, len(objects[0]) + len(objects[1]) + 2)
    index = b" ".join(b"%d %d" % pair for pair in enumerate(places, 1)) + b" "
    kept = zlib.compress(index + b" ".join(objects))
    file = pdf_stream(zlib.compress(packed_eicar()), b"/Type /EmbeddedFile /Filter /FlateDecode")
    found = b"%PDF-1.7\n"
    fourth = len(found)
    found += b"4 0 obj\n" + file + b"\nendobj\n"
    fifth = len(found)
    about = b"/Type /ObjStm /N 3 /First %d /Filter /FlateDecode" % len(index)
    found += b"5 0 obj\n" + pdf_stream(kept, about) + b"\nendobj\n"
    rows = [(0, 0, 255), (2, 5, 0), (2, 5, 1), (2, 5, 2), (1, fourth, 0), (1, fifth, 0), (1, len(found), 0)]
    table = b"".join(struct.pack(">BHB", *row) for row in rows)
    start = len(found)
    found += b"6 0 obj\n" + pdf_stream(table, b"/Type /XRef /Size 7 /W [1 2 1] /Root 1 0 R") + b"\nendobj\n"
    return mailed(found + b"startxref\n%d\n%%%%EOF\n" % start, "report.pdf", newline)
