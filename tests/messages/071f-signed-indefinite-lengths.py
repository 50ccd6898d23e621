"""A signed part in BER, with indefinite lengths, as OpenSSL streams it."""

from __future__ import annotations

from base64 import encodebytes

from qsfilter.testing.messages import written

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
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
"""


def open_ended(tag: int, *contents: bytes) -> bytes:
    """Return one value in BER whose end is marked."""
    return b"%c\x80%b\0\0" % (tag, b"".join(contents))


def signed(content: bytes) -> bytes:
    """Return CONTENT as SignedData (RFC 5652) without a signer, in pieces of 100 octets."""
    data, signed_data = (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07" + kind for kind in (b"\x01", b"\x02"))
    pieces = [content[at : at + 100] for at in range(0, len(content), 100)]
    octets = open_ended(0x24, *(b"\x04%c%b" % (len(piece), piece) for piece in pieces))
    inside = open_ended(0x30, data, open_ended(0xA0, octets))
    return open_ended(0x30, signed_data, open_ended(0xA0, open_ended(0x30, b"\x02\x01\x01\x31\0", inside, b"\x31\0")))


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, signed=encodebytes(signed(written(INNER, newline))).strip().replace(b"\n", newline))
