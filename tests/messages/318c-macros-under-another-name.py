"""A Visual Basic project under a harmless name in a package."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.documents import compound
from qsfilter.testing.messages import zip_of

PROJECT = {"VBA/dir": b"\x01\xb0\x80", "VBA/_VBA_PROJECT": b"\xcc\x61", "PROJECT": b"ID={}"}


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_of({"[Content_Types].xml": b"<Types/>", "word/media/image1.png": compound(PROJECT)}), "report.docx", newline
    )
