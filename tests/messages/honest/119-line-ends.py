"""Line ends that are not all the same and matter to nobody."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "crlf-in-an-attached-text": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="notes.txt"
Content-Disposition: attachment; filename="notes.txt"

one\r
two\r
three\r
--b1--
""",
    "crlf-in-the-body": """\
{header}
Content-Type: text/plain

one\r
two\r
""",
    "cr-cr-lf-in-the-body": """\
{header}
Content-Type: text/plain

one\r\r
two\r\r
""",
    "one-carriage-return": """\
{header}
Content-Type: text/plain

one\rtwo
""",
    "carriage-return-at-the-end": """\
{header}
Content-Type: text/plain

one\r
""",
    "carriage-returns-in-quoted-printable": """\
{header}
Content-Type: text/plain
Content-Transfer-Encoding: quoted-printable

one=\r
two
""",
    "carriage-returns-in-base64": """\
{header}
Content-Type: text/plain
Content-Transfer-Encoding: base64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxh\r
bnMgYWxvbmc7IHRoZXJlIGlzIG11Y2ggdG8gdGFsayBhYm91dC4KCkFsaWNlCg==\r
""",
    "carriage-returns-before-a-delimiter": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

Hello\r\r
--b1--
""",
    "quoted-carriage-returns": """\
{header}
Content-Type: text/plain

> one\r
> two\r

yes
""",
    "mac-text-attached": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="notes.txt"
Content-Disposition: attachment; filename="notes.txt"

one\rtwo\rthree
--b1--
""",
    "nul-in-an-attached-text": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="notes.txt"
Content-Disposition: attachment; filename="notes.txt"

o\0n\0e\0
--b1--
""",
    "nul-in-a-binary-part": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/octet-stream; name="data.bin"
Content-Transfer-Encoding: binary

\0\x01\x02\x03\0
--b1--
""",
    "utf-16-attached-as-it-is": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=utf-16; name="notes.txt"
Content-Transfer-Encoding: binary

\xff\xfeo\0n\0e\0
--b1--
""",
    "vertical-tab": """\
{header}
Content-Type: text/plain

one\x0btwo
""",
    "next-line": """\
{header}
Content-Type: text/plain; charset=utf-8

one\xc2\x85two\xe2\x80\xa8three
""",
    "no-line-end": """\
{header}
Content-Type: text/plain

Hello""",
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
