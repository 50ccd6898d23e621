"""The EICAR test file in a zip, by the method xz."""

from __future__ import annotations

import lzma

from qsfilter.testing.archives import mailed, member, zip_file
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_file(member(b"a.txt", eicar() + b" " * 200, 95, data=lzma.compress(eicar() + b" " * 200))),
        "report.zip",
        newline,
    )
