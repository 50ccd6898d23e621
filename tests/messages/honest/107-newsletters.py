"""Newsletters and mail from web programs, with the bugs that these have."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "long-lines": """\
{header}
Content-Type: text/html; charset=utf-8

<html><body><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p><p>A very long line of a page without any line end.</p><p>A very long line of a page without any l\
ine end.</p></body></html>
""",
    "lower-case-escapes": """\
{header}
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=fc=dfe, 3 =3d 3=20
""",
    "bare-equals": """\
{header}
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<a href="https://www.example.com/?id=12&name=bob&x=y">open</a>
""",
    "bare-equals-hexadecimal": """\
{header}
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<table width="600" bgcolor="#ffffff"><tr><td align="center">a=bc</td></tr></table>
""",
    "php-boundaries": """\
{header}
Content-Type: multipart/mixed; boundary="b1_0a1b2c3d4e5f60718293"

This is a multi-part message in MIME format.
--b1_0a1b2c3d4e5f60718293
Content-Type: multipart/alternative; boundary="b2_0a1b2c3d4e5f60718293"

--b2_0a1b2c3d4e5f60718293
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--b2_0a1b2c3d4e5f60718293
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--b2_0a1b2c3d4e5f60718293--

--b1_0a1b2c3d4e5f60718293
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=

--b1_0a1b2c3d4e5f60718293--
""",
    "swift-boundary": """\
{header}
Content-Type: multipart/alternative;
 boundary="_=_swift_v4_1700654400_0a1b2c3d_=_"


--_=_swift_v4_1700654400_0a1b2c3d_=_
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--_=_swift_v4_1700654400_0a1b2c3d_=_
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--_=_swift_v4_1700654400_0a1b2c3d_=_--
""",
    "dashes-boundary": """\
{header}
Content-Type: multipart/alternative; boundary="_----------=_MCPart_123456789"

This is a multi-part message in MIME format

--_----------=_MCPart_123456789
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--_----------=_MCPart_123456789
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--_----------=_MCPart_123456789--
""",
    "node-boundary": """\
{header}
Content-Type: multipart/alternative;
 boundary="--_NmP-0a1b2c3d4e5f6071-Part_1"

----_NmP-0a1b2c3d4e5f6071-Part_1
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

----_NmP-0a1b2c3d4e5f6071-Part_1
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

----_NmP-0a1b2c3d4e5f6071-Part_1--
""",
    "node-nested": """\
{header}
Content-Type: multipart/mixed;
 boundary="--_NmP-0a1b2c3d4e5f6071-Part_1"

----_NmP-0a1b2c3d4e5f6071-Part_1
Content-Type: multipart/alternative;
 boundary="--_NmP-0a1b2c3d4e5f6071-Part_10"

----_NmP-0a1b2c3d4e5f6071-Part_10
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

----_NmP-0a1b2c3d4e5f6071-Part_10
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

----_NmP-0a1b2c3d4e5f6071-Part_10--

----_NmP-0a1b2c3d4e5f6071-Part_1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
----_NmP-0a1b2c3d4e5f6071-Part_1--
""",
    "same-type-twice": """\
{header}
Content-Type: text/html; charset=utf-8
Content-type: text/html; charset=utf-8

<p>Hello</p>
""",
    "same-type-twice-other-charset": """\
{header}
Content-Type: text/html; charset=utf-8
Content-type: text/html; charset=iso-8859-1

<p>Hello</p>
""",
    "text-and-html-types": """\
{header}
Content-Type: text/plain; charset=utf-8
Content-type: text/html; charset=iso-8859-1

<p>Hello</p>
""",
    "same-coding-twice": """\
{header}
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit
Content-Transfer-Encoding: 8bit

<p>Gr\xc3\xbc\xc3\x9fe</p>
""",
    "same-mime-version-twice": """\
MIME-Version: 1.0
{header}
Content-Type: text/html; charset=utf-8

<p>Hello</p>
""",
    "7bit-and-8bit": """\
{header}
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 7bit
Content-Transfer-Encoding: 8bit

<p>Hello</p>
""",
    "no-semicolon": """\
{header}
Content-Type: text/html charset=utf-8

<p>Hello</p>
""",
    "comma-for-semicolon": """\
{header}
Content-Type: text/html, charset=utf-8

<p>Hello</p>
""",
    "trailing-semicolon": """\
{header}
Content-Type: text/html; charset=utf-8;

<p>Hello</p>
""",
    "colon-for-equals": """\
{header}
Content-type: text/html; charset: utf-8

<p>Hello</p>
""",
    "coding-utf-8": """\
{header}
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: utf-8

<p>Hello</p>
""",
    "coding-8-bit": """\
{header}
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8-bit

<p>Hello</p>
""",
    "coding-8bits": """\
{header}
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bits

<p>Hello</p>
""",
    "coding-7-bit": """\
{header}
Content-Type: text/plain
Content-Transfer-Encoding: 7-Bit

Hello
""",
    "coding-7bits-quoted": """\
{header}
Content-Type: text/plain
Content-Transfer-Encoding: "7bit"

Hello
""",
    "coding-with-semicolon": """\
{header}
Content-Type: text/plain
Content-Transfer-Encoding: 7bit;

Hello
""",
    "coding-with-charset": """\
{header}
Content-Type: text/plain
Content-Transfer-Encoding: 8bit; charset=utf-8

Hello
""",
    "coding-empty": """\
{header}
Content-Type: text/plain
Content-Transfer-Encoding:

Hello
""",
    "coding-none": """\
{header}
Content-Type: text/plain
Content-Transfer-Encoding: none

Hello
""",
    "coding-ascii": """\
{header}
Content-Type: text/plain
Content-Transfer-Encoding: ascii

Hello
""",
    "data-uri-image": """\
{header}
Content-Type: text/html; charset=utf-8

<p><img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgrVLjOGYskjsV/UWnPG6XM278zyinrvlElEPMbddBX7i1NjnxUsj8b\
vMIAv3kYroL6c8IX3WA3Gnv1y4AKruzXniBA+4VMY/NKvm3O067szqQOwIN57MH1x9f7Q9DPlSPRRphdJxhG6D6DhbGGDHbRPOMYR3/JYeQ=="></p>
""",
    "data-uri-svg": """\
{header}
Content-Type: text/html; charset=utf-8

<p><img src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E"></p>
""",
    "list-unsubscribe": """\
List-Unsubscribe: <mailto:unsubscribe@example.org?subject=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOp\
QrStUvWxYz0123456789>,
\t<https://www.example.org/u/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhI\
jKlMnOpQrStUvWxYz>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Feedback-ID: 1:2:3:example
{header}
Content-Type: text/plain

Hello
""",
    "text-starts-with-dashes": """\
{header}
Content-Type: text/plain

--------------------------------------------------
OFFERS OF THE WEEK
--------------------------------------------------
--> https://www.example.com/1
--> https://www.example.com/2
""",
    "multipart-labelled-quoted-printable": """\
{header}
Content-Type: multipart/alternative; boundary="b1"
Content-Transfer-Encoding: quoted-printable

--b1
Content-Type: text/plain

Hello
--b1
Content-Type: text/html

<p>Hello</p>
--b1--
""",
    "multipart-labelled-8bit": """\
{header}
Content-Type: multipart/alternative; boundary="b1"
Content-Transfer-Encoding: 8bit

--b1
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--b1
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--b1--
""",
    "empty-plain-text": """\
{header}
Content-Type: multipart/alternative; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64



--b1
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PHA+SGVsbG88L3A+

--b1--
""",
    "soft-break-at-the-end": """\
{header}
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>Hello</p>=
""",
    "quoted-printable-long-lines": """\
{header}
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p>\
<p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p>\
<p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p>\
<p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p>\
<p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p>\
<p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p><p>Gr=C3=BC=C3=9Fe</p>
""",
    "quoted-printable-8-bit": """\
{header}
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>Gr\xc3\xbc\xc3\x9fe =E2=82=AC 5</p>
""",
    "quoted-printable-trailing-blanks": """\
{header}
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Hello Bob, \x20
see you = \x20
tomorrow.\t
""",
    "quoted-printable-half-escape-at-the-end": """\
{header}
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

the end =3
""",
    "html-mentions-headers": """\
{header}
Content-Type: text/html; charset=utf-8

<html><head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta http-equiv="Content-Transfer-Encoding" content="base64">
</head><body>
Content-Type: is a field of mail.
</body></html>
""",
    "smart-host-comment": """\
{header}
Content-Type: text/plain; charset=us-ascii (plain text)

Hello
""",
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
