"""An archive that is labelled as base64 and stands there as it is."""

from __future__ import annotations

from qsfilter.testing.messages import written, zip_of

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/zip; name="report.zip"
Content-Transfer-Encoding: base64

{zip}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, zip=zip_of({"report.txt": b"hello"}))
