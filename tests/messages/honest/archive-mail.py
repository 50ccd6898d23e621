"""Mail in archives, and archives of mail."""

from __future__ import annotations

import gzip
from functools import partial

from qsfilter.testing.archives import mailed, tar_file, tar_member
from qsfilter.testing.messages import message, zip_of

LETTER = message(b"Dear Bob,\nsee the table.\n")
WITH_TABLE = mailed(zip_of({"table.csv": b"a;b\r\n" * 20}), "table.zip")
BOX = b"".join(b"From alice Sun Nov 22 12:00:00 2026\n" + one + b"\n" for one in (LETTER, WITH_TABLE, LETTER))
FILES = {
    "letter.eml": LETTER,
    "with-table.eml": WITH_TABLE,
    "letters.zip": zip_of({"1.eml": LETTER, "2.eml": WITH_TABLE}),
    "box.mbox": BOX,
    "box.mbox.gz": gzip.compress(BOX, mtime=0),
    "maildir.tar": tar_file(
        tar_member(b"new/1795348800.1.mx", LETTER), tar_member(b"cur/1795348801.1.mx:2,S", WITH_TABLE)
    ),
}


def build(data: bytes, name: str, newline: bytes) -> bytes:
    """Return the message."""
    return mailed(data, name, newline)


MESSAGES = {name: partial(build, data, name) for name, data in FILES.items()}
