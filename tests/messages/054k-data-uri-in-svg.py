"""A data: URI in base64 in a drawing."""

from __future__ import annotations

from base64 import b64encode

from qsfilter.testing.messages import eicar, written, zip_of

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: image/svg+xml; name="report.svg"

<svg xmlns="http://www.w3.org/2000/svg"><image href="data:application/zip;base64,{data}"/></svg>
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, data=b64encode(zip_of({"report.bin": eicar()})))
