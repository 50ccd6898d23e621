"""A package whose relationships have a document type, so that what they say can be in an entity."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import zip_of

PART = b"<!DOCTYPE Relationships [<!ENTITY x 'http://192.0.2.1/'>]><Relationships/>"


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_of(
            {
                "[Content_Types].xml": b"<Types/>",
                "word/document.xml": b"<document/>",
                "word/_rels/settings.xml.rels": PART,
            }
        ),
        "report.docx",
        newline,
    )
