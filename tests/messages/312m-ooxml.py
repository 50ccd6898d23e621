"""A document that Office encrypted: a compound file with the package in it."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise
from qsfilter.testing.documents import compound


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        compound({"EncryptionInfo": b"\4\0\4\0\x40\0\0\0<encryption/>", "EncryptedPackage": noise(5000)}),
        "report.docx",
        newline,
    )
