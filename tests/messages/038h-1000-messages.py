"""A thousand messages inside each other: a limit is found, and nothing fails."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
{entity}
"""


LEAF = """\
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}"""
LEVEL = """\
Content-Type: message/rfc822

Subject: inner
MIME-Version: 1.0
{entity}"""


def nested(levels: int, newline: bytes) -> bytes:
    """Return an entity with the file at the bottom of LEVELS messages."""
    entity = written(LEAF, newline)
    for _ in range(levels):
        entity = written(LEVEL, newline, entity=entity)
    return entity


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, entity=nested(1_000, newline))
