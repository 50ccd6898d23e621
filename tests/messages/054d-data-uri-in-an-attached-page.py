"""A data: URI in base64 in a page that is attached."""

from __future__ import annotations

from base64 import b64encode, encodebytes

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: text/html; name="report.html"
Content-Transfer-Encoding: base64

{text}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(
        TEXT,
        newline,
        text=encodebytes(b'<a href="data:application/octet-stream;base64,' + b64encode(eicar()) + b'">open</a>')
        .strip()
        .replace(b"\n", newline),
    )
