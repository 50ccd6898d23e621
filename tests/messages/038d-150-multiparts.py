"""A hundred and fifty multiparts inside each other: the file, or a limit, is found."""

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
Content-Type: multipart/mixed; boundary="n{n}"

--n{n}
{entity}
--n{n}--"""


def nested(levels: int, newline: bytes) -> bytes:
    """Return an entity with the file at the bottom of LEVELS multiparts."""
    entity = written(LEAF, newline)
    for level in range(levels):
        entity = written(LEVEL, newline, n=b"%d" % level, entity=entity)
    return entity


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, entity=nested(150, newline))
