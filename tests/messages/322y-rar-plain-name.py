"""A member of a RAR whose Unicode name is a text's, and its plain name a program's."""

from __future__ import annotations

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import rar4

CODED = b"\0" + b"\0x.ex" + b"\0e"
"""x.exe in RAR's own coding: the upper octet of all, and before each four letters that it is so."""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        rar4(b"x.exe\0" + CODED.replace(b"x.ex", b"a.tx").replace(b"e", b"t"), b"hello", flags=0x200),
        "report.rar",
        newline,
    )
