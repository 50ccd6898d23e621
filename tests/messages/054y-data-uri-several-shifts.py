"""Shifts to other letters and back in the word data."""

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
Content-Type: text/html; charset=iso-2022-jp

<a href="da\x1b$B\x1b(Bta:a/b;base64,{file}" download="report.bin">report</a>
--b0--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, file=b64encode(eicar()))
