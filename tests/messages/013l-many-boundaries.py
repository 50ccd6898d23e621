"""The boundary stands behind more boundaries than anybody looks at, of which the first splits."""

from __future__ import annotations

from base64 import b64encode

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed;
 boundary=d0;
 boundary=d1;
 boundary=d2;
 boundary=d3;
 boundary=d4;
 boundary=d5;
 boundary=d6;
 boundary=d7;
 boundary=d8;
 boundary=d9;
 boundary=d10;
 boundary=d11;
 boundary=d12;
 boundary=d13;
 boundary=d14;
 boundary=d15;
 boundary=d16;
 boundary=d17;
 boundary=d18;
 boundary=d19;
 boundary=d20;
 boundary=d21;
 boundary=d22;
 boundary=d23;
 boundary=d24;
 boundary=d25;
 boundary=d26;
 boundary=d27;
 boundary=d28;
 boundary=d29;
 boundary=d30;
 boundary=d31;
 boundary=d32;
 boundary=d33;
 boundary=d34;
 boundary=d35;
 boundary=d36;
 boundary=d37;
 boundary=d38;
 boundary=d39;
 boundary=d40;
 boundary=d41;
 boundary=d42;
 boundary=d43;
 boundary=d44;
 boundary=d45;
 boundary=d46;
 boundary=d47;
 boundary=d48;
 boundary=d49;
 boundary=d50;
 boundary=d51;
 boundary=d52;
 boundary=d53;
 boundary=d54;
 boundary=d55;
 boundary=d56;
 boundary=d57;
 boundary=d58;
 boundary=d59;
 boundary=b1

--d0

hello
--d0--
hello
--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{short}
--b1--
"""

LINES = [b64encode(eicar())[at : at + 20] for at in range(0, 92, 20)]
"""The file in lines too short for one who looks for base64 that nobody declares."""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, short=newline.join(LINES))
