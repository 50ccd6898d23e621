"""Archives of rarer kinds with nothing but texts in them."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import ar, cabinet, cpio, lha, rar4, rar5, seven_zip, xar

TEXT = b"Dear Bob,\r\nsee the table.\r\n" * 20
FILES = {
    "report.7z": seven_zip("a.txt", TEXT),
    "report.rar": rar5(b"a.txt", TEXT),
    "old.rar": rar4(b"a.txt", TEXT),
    "report.cab": cabinet(b"a.txt", TEXT),
    "report.lzh": lha(b"a.txt", TEXT),
    "report.cpio": cpio(b"a.txt", TEXT),
    "report.a": ar(b"a.txt", TEXT),
    "report.xar": xar("a.txt", TEXT),
}


def build(data: bytes, name: str, newline: bytes) -> bytes:
    """Return the message."""
    return mailed(data, name, newline)


MESSAGES = {name: partial(build, data, name) for name, data in FILES.items()}
