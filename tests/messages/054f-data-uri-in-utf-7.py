"""A data: URI in base64 in a page in UTF-7."""

from __future__ import annotations

from base64 import b64encode

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: text/html; charset=utf-7

{text}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(
        TEXT,
        newline,
        text=b"+"
        + b64encode(
            (b'<a href="data:application/octet-stream;base64,' + b64encode(eicar()) + b'">open</a>')
            .decode()
            .encode("utf-16-be")
        ).rstrip(b"=")
        + b"-",
    )
