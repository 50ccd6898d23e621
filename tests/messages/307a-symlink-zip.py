"""A symbolic link to a program, in a zip."""

from __future__ import annotations

from qsfilter.testing.archives import STORED, mailed, member, zip_file


def build(newline: bytes) -> bytes:
    """Return the message."""
    return mailed(
        zip_file(member(b"a.txt", b"../../bin/x.exe", STORED, entry={"attributes": 0o120777 << 16})),
        "report.zip",
        newline,
    )
