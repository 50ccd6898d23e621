"""Mail as Apple Mail writes it."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "equals-in-the-boundary": """\
{header}
Content-Type: multipart/alternative;
\tboundary="Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9"
X-Mailer: Apple Mail (2.3696.120.41.1.1)


--Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9
Content-Transfer-Encoding: quoted-printable
Content-Type: text/plain;
\tcharset=utf-8

Gr=C3=BC=C3=9Fe=

--Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9
Content-Transfer-Encoding: quoted-printable
Content-Type: text/html;
\tcharset=utf-8

<html><head><meta http-equiv=3D"Content-Type" content=3D"text/html; =
charset=3Dutf-8"></head><body>Gr=C3=BC=C3=9Fe</body></html>=

--Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9--
""",
    "mixed-in-alternative": """\
{header}
Content-Type: multipart/alternative;
\tboundary="Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9"
X-Mailer: Apple Mail (2.3696.120.41.1.1)


--Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9
Content-Transfer-Encoding: 7bit
Content-Type: text/plain;
\tcharset=us-ascii

Hello

--Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9
Content-Type: multipart/mixed;
\tboundary="Apple-Mail=_F9E8D7C6-B5A4-9382-7160-5F4E3D2C1B0A"


--Apple-Mail=_F9E8D7C6-B5A4-9382-7160-5F4E3D2C1B0A
Content-Transfer-Encoding: 7bit
Content-Type: text/html;
\tcharset=us-ascii

<html><body>Hello</body></html>
--Apple-Mail=_F9E8D7C6-B5A4-9382-7160-5F4E3D2C1B0A
Content-Disposition: inline;
\tfilename=report.pdf
Content-Type: application/pdf;
\tx-unix-mode=0644;
\tname="report.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--Apple-Mail=_F9E8D7C6-B5A4-9382-7160-5F4E3D2C1B0A
Content-Transfer-Encoding: 7bit
Content-Type: text/html;
\tcharset=us-ascii

<html><body></body></html>
--Apple-Mail=_F9E8D7C6-B5A4-9382-7160-5F4E3D2C1B0A--

--Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9--
""",
    "extended-names": """\
{header}
Content-Type: multipart/mixed;
\tboundary="Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9"
X-Mailer: Apple Mail (2.3696.120.41.1.1)


--Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9
Content-Type: text/plain

Hello
--Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9
Content-Disposition: attachment;
\tfilename*=utf-8''Rechnung%20M%C3%A4rz.pdf
Content-Type: application/pdf;
\tx-unix-mode=0600;
\tname="=?utf-8?Q?Rechnung_M=C3=A4rz=2Epdf?="
Content-Transfer-Encoding: base64

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9--
""",
    "decomposed-name": """\
{header}
Content-Type: multipart/mixed;
\tboundary="Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9"
X-Mailer: Apple Mail (2.3696.120.41.1.1)


--Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9
Content-Type: text/plain

Hello
--Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9
Content-Disposition: attachment;
\tfilename*=utf-8''Ma%CC%88rz.pdf
Content-Type: application/pdf;
\tname*=utf-8''Ma%CC%88rz.pdf
Content-Transfer-Encoding: base64

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9--
""",
    "numbered-boundaries": """\
{header}
Content-Type: multipart/mixed; boundary=Apple-Mail-1--123456789


--Apple-Mail-1--123456789
Content-Type: multipart/alternative; boundary=Apple-Mail-10--123456789


--Apple-Mail-10--123456789
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--Apple-Mail-10--123456789
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--Apple-Mail-10--123456789--

--Apple-Mail-1--123456789
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=

--Apple-Mail-1--123456789--
""",
    "mime-version-with-comment": """\
From: Alice <alice@example.org>
To: bob@example.com
Subject: a test
Content-Type: text/plain; charset=us-ascii; format=flowed; delsp=yes
Content-Transfer-Encoding: 7bit
Mime-Version: 1.0 (Mac OS X Mail 16.0 \\(3696.120.41.1.1\\))
X-Mailer: Apple Mail (2.3696.120.41.1.1)

Hello = \x20
Bob
""",
    "phone": """\
From: Alice <alice@example.org>
Content-Type: multipart/alternative; boundary=Apple-Mail-0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9
Content-Transfer-Encoding: 7bit
Mime-Version: 1.0 (1.0)
Date: Sun, 22 Nov 2026 12:00:00 +0000
Subject: a test
To: bob@example.com
X-Mailer: iPhone Mail (20G75)


--Apple-Mail-0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--Apple-Mail-0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--Apple-Mail-0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9--
""",
    "double-fork": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: multipart/appledouble; boundary="d1"

--d1
Content-Type: application/applefile; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

AAUWBwACAABNYWMgT1MgWCAgICAgICAgAAEAAAAJAAAAJgAAACBQREYgQ0FSTwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==
--d1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--d1--
--b1--
""",
    "url-part": """\
{header}
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9"
X-Mailer: Apple Mail (2.3696.120.41.1.1)


--Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9
Content-Type: text/html;
\tcharset=us-ascii

<html><body><img src="cid:1@example.org"></body></html>
--Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9
Content-Transfer-Encoding: base64
Content-Disposition: inline;
\tfilename="Bildschirmfoto 2026-11-22 um 12.00.00.png"
Content-Type: image/png;
\tx-unix-mode=0644;
\tname="Bildschirmfoto 2026-11-22 um 12.00.00.png"
Content-Id: <1@example.org>

iVBORw0KGgoAAAANSUhEUk4Rld8CDeWeDWWjOkJ58Rg+euTl2YDjCfi1Wt/y5hw+9V/xb2b0M2Am
a5Xbb4/sAddgMQVDBq5KSzgFmPbP0RQsOkJJ13BwBYZJ29gi3K95V1hvzkKM+yyoi5R0HtqLB/Rt
0opUmdjv7wuPuO4ewcWl5AfJOBdB1Xa6jetPWew/RTnktIiQ
--Apple-Mail=_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9--
""",
    "drawing-in-uuid": """\
{header}
Content-Type: multipart/mixed; boundary=Apple-Mail-_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9
X-Mailer: Apple Mail (2.3696.120.41.1.1)


--Apple-Mail-_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9
Content-Type: text/plain

Hello
--Apple-Mail-_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9
Content-Type: image/heic; name=IMG_0001.HEIC; x-apple-part-url=0A1B2C3D-4E5F
Content-Disposition: inline; filename=IMG_0001.HEIC
Content-Transfer-Encoding: base64

MNuHzuUlBMpXMrrUndsdW4VRwBHBiRmW1Yqsrkf2ZYXtMxEu4U7kacPrUv6QMi7IHdQEoAk9Vlpt
cc53y8gSTjv5mP4Gr6DPvnPgRJ3CsWmDCeG1cUlg8CeyhYMSsVLCdZf7Xw==
--Apple-Mail-_0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9--
""",
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
