"""A file in base64 in a business card in base64."""

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
Content-Type: text/x-vcard; name="carol.vcf"
Content-Transfer-Encoding: base64

{card}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(
        TEXT,
        newline,
        card=encodebytes(b"BEGIN:VCARD\r\nKEY;ENCODING=b:" + b64encode(eicar()) + b"\r\nEND:VCARD\r\n")
        .strip()
        .replace(b"\n", newline),
    )
