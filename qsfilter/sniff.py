"""Tells containers by their first bytes, so that one which nothing here can open is never taken for a checked leaf.

Guarantee: neither name nor declared type counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qsfilter.model import Blob

SIGNATURES: tuple[tuple[str, int, bytes], ...] = (
    ("zip", 0, b"PK\x03\x04"),
    ("zip", 0, b"PK\x05\x06"),
    ("zip", 0, b"PK00PK\x03\x04"),
    ("gzip", 0, b"\x1f\x8b\x08"),
    ("bzip2", 4, b"1AY&SY"),
    ("xz", 0, b"\xfd7zXZ\x00"),
    ("zstd", 0, b"\x28\xb5\x2f\xfd"),
    ("7z", 0, b"7z\xbc\xaf\x27\x1c"),
    ("rar", 0, b"Rar!\x1a\x07"),
    ("cab", 0, b"MSCF\x00\x00\x00\x00"),
    ("lha", 2, b"-lh"),
    ("arj", 0, b"\x60\xea"),
    ("ar", 0, b"!<arch>\n"),
    ("xar", 0, b"xar!"),
    ("tar", 257, b"ustar"),
    ("iso", 32769, b"CD001"),
    ("tnef", 0, b"\x78\x9f\x3e\x22"),
    ("compress", 0, b"\x1f\x9d"),
)
"""Name of the container, offset in bytes, and what stands there."""


def container(blob: Blob) -> str:
    """Name the container that BLOB begins as, or return the empty string."""
    start, end = blob.span
    head = blob.base[start : min(end, start + 8)]
    for name, offset, signature in SIGNATURES:
        if offset:
            at = start + offset
            if blob.base[at : min(end, at + len(signature))] == signature:
                return name
        elif head.startswith(signature):
            return name
    return ""
