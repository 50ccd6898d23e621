"""A file in base64 in a business card (vCard 2.1), with an empty line behind it."""

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
VERSION:2.1
FN:Carol
PHOTO;ENCODING=BASE64;JPEG:{data}

END:VCARD
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(
        TEXT, newline, data=(newline + b" ").join(b64encode(eicar())[at : at + 60] for at in range(0, 92, 60))
    )
