"""An archive that stands in itself many times over, as the same content; the EICAR test file is in the last one."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.messages import eicar, zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    inner = zip_of({"a.txt": eicar()})
    for level in range(10):
        inner = zip_of({f"{level}{side}.zip": inner for side in "abcdefgh"})
    return mailed(inner, "report.zip", newline)
