"""A link to a page of Windows' settings, which runs a program."""

from __future__ import annotations

from qsfilter.testing.archives import mailed


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(b"<PCSettings/>", "report.settingcontent-ms", newline)
