"""The EICAR test file in a zip, by the method LZMA."""

from __future__ import annotations

import io
import zipfile

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(zipfile.ZipInfo("a.txt"), eicar(), zipfile.ZIP_LZMA)
    return mailed(file.getvalue(), "report.zip", newline)
