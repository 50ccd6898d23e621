"""A data: URI in base64 over several lines in a page."""

from __future__ import annotations

from base64 import encodebytes

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: text/html

<a href="data:application/octet-stream;base64,
{data}
">open</a>
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, data=encodebytes(eicar()).replace(b"\n", newline))
