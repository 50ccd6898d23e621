"""A package with an embedded program in a compound file."""

from __future__ import annotations

from qsfilter.testing.archives import mailed, packed_eicar
from qsfilter.testing.documents import compound, ole_package
from qsfilter.testing.messages import zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_of(
            {
                "[Content_Types].xml": b"<Types/>",
                "word/embeddings/oleObject1.bin": compound({"\x01Ole10Native": ole_package(b"x.exe", packed_eicar())}),
            }
        ),
        "report.docx",
        newline,
    )
