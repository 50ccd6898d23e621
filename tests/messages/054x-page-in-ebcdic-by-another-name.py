"""A page in EBCDIC by a name that only mail programs know."""

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
Content-Type: text/html; charset=x-ebcdic-germany
Content-Transfer-Encoding: base64

{page}
--b0--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(
        TEXT, newline, page=b64encode((b'<a href="data:a/b;base64,%b">' % b64encode(eicar())).decode().encode("cp037"))
    )
