"""The EICAR test file below thirty zips."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import eicar, zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    data = eicar()
    for level in range(30):
        data = zip_of({f"{level}.zip" if level else "a.txt": data})
    return mailed(data, "report.zip", newline)
