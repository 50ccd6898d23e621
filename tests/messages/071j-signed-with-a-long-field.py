"""A signed part whose content begins with a field longer than what tells a message."""

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
Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"
Content-Transfer-Encoding: base64

{signed}
--b1--
"""


INNER = """\
Comments: {long}
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{short}
"""


def der(tag: int, *contents: bytes) -> bytes:
    """Return one value in DER."""
    content = b"".join(contents)
    length = len(content)
    size = b"%c" % length if length < 128 else b"\x82" + length.to_bytes(2, "big")
    return b"%c%b%b" % (tag, size, content)


def signed(content: bytes) -> bytes:
    """Return CONTENT as SignedData (RFC 5652) without a signer."""
    data, signed_data = (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07" + kind for kind in (b"\x01", b"\x02"))
    inside = der(0x30, data, der(0xA0, content))
    return der(0x30, signed_data, der(0xA0, der(0x30, b"\x02\x01\x01", der(0x31), inside, der(0x31))))


def build(newline: bytes) -> bytes:
    """Return the message."""
    lines = [b64encode(eicar())[at : at + 20] for at in range(0, 92, 20)]
    inner = written(INNER, newline, long=b"a" * 5000, short=newline.join(lines))
    return written(TEXT, newline, signed=encodebytes(signed(der(0x04, inner))).strip().replace(b"\n", newline))
