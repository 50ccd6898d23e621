"""A disc in whose first sectors, which no disc uses, stands a zip."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import disc
from qsfilter.testing.messages import eicar, zip_of


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_of({"a.txt": eicar()}).ljust(32768, b"\0") + disc(b"A.TXT;1", b"hello")[32768:], "report.bin", newline
    )
