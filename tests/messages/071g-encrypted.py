"""An encrypted part: it cannot be read, and is not clean."""

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
Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"
Content-Transfer-Encoding: base64

{signed}
--b1--
"""


def der(tag: int, *contents: bytes) -> bytes:
    """Return one value in DER."""
    content = b"".join(contents)
    length = len(content)
    size = b"%c" % length if length < 128 else b"\x82" + length.to_bytes(2, "big")
    return b"%c%b%b" % (tag, size, content)


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(
        TEXT,
        newline,
        signed=encodebytes(
            der(
                0x30,
                b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03",
                der(0xA0, der(0x30, b"\x02\x01\x00", der(0x31), der(0x30))),
            )
        )
        .strip()
        .replace(b"\n", newline),
    )
