"""A file as a data: URI in a business card (vCard 4)."""

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
Content-Type: text/vcard; name="carol.vcf"

BEGIN:VCARD
VERSION:4.0
FN:Carol
PHOTO:data:image/jpeg;base64,{data}
END:VCARD
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(
        TEXT, newline, data=(newline + b" ").join(b64encode(eicar())[at : at + 60] for at in range(0, 92, 60))
    )
