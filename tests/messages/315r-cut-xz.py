"""An xz stream that is cut behind the EICAR test file."""

from __future__ import annotations

import lzma

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise
from qsfilter.testing.messages import eicar


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(lzma.compress(eicar() + noise(3000).hex().encode())[:-1500], "report.xz", newline)
