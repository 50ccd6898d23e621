"""Compressed files as programs write them that people use."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from functools import partial

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import compressed, lz4, lzip, zstandard

LOG = b"Nov 22 12:00:00 mx qmail: 1795348800.000000 status: local 0/10 remote 0/20\n" * 200


def named() -> bytes:
    """Return a table in gzip, with its name and its time, as the tool writes them."""
    file = io.BytesIO()
    with gzip.GzipFile("table.csv", "wb", 9, file, 1_795_348_800) as stream:
        stream.write(b"a;b\r\n1;2\r\n" * 50)
    return file.getvalue()


FILES = {
    "log.gz": gzip.compress(LOG, mtime=0),
    "log.1.gz": gzip.compress(LOG, mtime=0) + gzip.compress(LOG[:750], mtime=0),
    "table.csv.gz": named(),
    "padded.gz": gzip.compress(LOG, mtime=0) + bytes(512),
    "empty.gz": gzip.compress(b"", mtime=0),
    "log.bz2": bz2.compress(LOG),
    "logs.bz2": bz2.compress(LOG) + bz2.compress(LOG[:750]),
    "empty.bz2": bz2.compress(b""),
    "log.xz": lzma.compress(LOG),
    "logs.xz": lzma.compress(LOG) + lzma.compress(LOG[:750]) + bytes(4),
    "log.lzma": lzma.compress(LOG, lzma.FORMAT_ALONE),
    "log.zst": zstandard(LOG[:200]),
    "log.lz": lzip(LOG),
    "log.lz4": lz4(LOG),
    "log.Z": compressed(LOG[:200]),
    "example.org!example.com!1795262400!1795348799.xml.gz": gzip.compress(b"<feedback/>", mtime=0),
    "picture.svgz": gzip.compress(b'<svg xmlns="http://www.w3.org/2000/svg"/>', mtime=0),
}


def build(data: bytes, name: str, newline: bytes) -> bytes:
    """Return the message."""
    return mailed(data, name, newline)


MESSAGES = {name: partial(build, data, name) for name, data in FILES.items()}
