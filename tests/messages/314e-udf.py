"""A disc with UDF alone."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise


def build(newline: bytes) -> bytes:
    """Return the message."""
    first = b"".join(b"\0" + one + b"\1" + bytes(2041) for one in (b"BEA01", b"NSR02", b"TEA01"))
    return mailed(bytes(16 * 2048) + first + noise(40_000), "report.bin", newline)
