"""A page in UTF-7 by a name that only mail programs know."""

from __future__ import annotations

from base64 import b64encode

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b0"

--b0
Content-Type: text/plain

hello
--b0
Content-Type: text/html; charset=x-unicode-2-0-utf-7

+ADw-a href+AD0AIg-data:a/b+ADs-base64,{file}+ACIAPg-report
--b0--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, file=b64encode(eicar()).replace(b"+", b"+-").replace(b"=", b"+AD0-"))
