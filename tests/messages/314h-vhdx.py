"""A disk image of Hyper-V (VHDX)."""

from __future__ import annotations

from qsfilter.testing.archives import mailed


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"vhdxfile" + "Microsoft Windows".encode("utf-16-le").ljust(70_000, b"\0"), "report.bin", newline)
