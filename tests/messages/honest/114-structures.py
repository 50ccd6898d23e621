"""Multiparts with odd structure that every reader reads the same."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "no-close-delimiter": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
""",
    "no-close-delimiter-inner": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: multipart/alternative; boundary="i1"

--i1
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--i1
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--b1--
""",
    "no-line-end-at-the-end": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--b1--""",
    "no-mime-version": """\
From: Alice <alice@example.org>
To: bob@example.com
Subject: a test
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--b1--
""",
    "empty-parts": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1

--b1


--b1
Content-Type: text/plain

--b1--
""",
    "part-without-header": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1

Hello
--b1--
""",
    "one-part": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1--
""",
    "one-part-in-one-part": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: multipart/alternative; boundary="i1"

--i1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--i1--
--b1--
""",
    "no-parts": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1--
""",
    "no-parts-at-all": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

""",
    "no-parts-but-text": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

Hello Bob
""",
    "no-boundary-but-text": """\
{header}
Content-Type: multipart/mixed

Hello Bob
""",
    "preamble": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

This is a MIME message. If you can read this, your mailer is old.

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--b1--
""",
    "long-preamble": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

This message is in MIME format.  The first part should be readable text,
  while the remaining parts are likely unreadable without MIME-aware tools.
  Send mail to mime@example.org for more info.

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--b1--
""",
    "blank-epilogue": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--b1--




""",
    "text-epilogue": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--b1--

This is the end.
""",
    "blanks-behind-delimiters": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1 \x20
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1 \x20
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--b1--
""",
    "tab-behind-delimiters": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1\t
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1\t
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--b1--
""",
    "empty-lines-before-delimiters": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice



--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=



--b1--
""",
    "inner-begins-with-outer": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: multipart/alternative; boundary="b1.1"

--b1.1
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--b1.1
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--b1.1--

--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--b1--
""",
    "inner-begins-with-outer-dashes": """\
{header}
Content-Type: multipart/mixed; boundary="----=_Part_1"

------=_Part_1
Content-Type: multipart/alternative; boundary="----=_Part_1_2"

------=_Part_1_2
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

------=_Part_1_2
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

------=_Part_1_2--

------=_Part_1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
------=_Part_1--
""",
    "outer-begins-with-inner": """\
{header}
Content-Type: multipart/mixed; boundary="=_abc_1"

--=_abc_1
Content-Type: multipart/alternative; boundary="=_abc"

--=_abc
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--=_abc
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--=_abc--

--=_abc_1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--=_abc_1--
""",
    "inner-ends-with-outer": """\
{header}
Content-Type: multipart/mixed; boundary="abc"

--abc
Content-Type: multipart/alternative; boundary="xabc"

--xabc
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--xabc
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--xabc--

--abc
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--abc--
""",
    "numbered": """\
{header}
Content-Type: multipart/mixed; boundary="0-1234567890-1700654400=:1"

--0-1234567890-1700654400=:1
Content-Type: multipart/alternative; boundary="0-1234567890-1700654400=:12"

--0-1234567890-1700654400=:12
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--0-1234567890-1700654400=:12
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--0-1234567890-1700654400=:12--

--0-1234567890-1700654400=:1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--0-1234567890-1700654400=:1--
""",
    "case-differs": """\
{header}
Content-Type: multipart/mixed; boundary="AbCdEf"

--AbCdEf
Content-Type: multipart/alternative; boundary="aBcDeF"

--aBcDeF
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--aBcDeF
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--aBcDeF--

--AbCdEf
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--AbCdEf--
""",
    "blank-line-missing-before-delimiter": """\
{header}
Content-Type: multipart/mixed; boundary="b1"
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1--
""",
    "inner-blank-line-missing": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: multipart/alternative; boundary="i1"
--i1
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--i1
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--i1--

--b1--
""",
    "ten-deep": """\
{header}
Content-Type: multipart/mixed; boundary="n10"

--n10
Content-Type: multipart/mixed; boundary="n9"

--n9
Content-Type: multipart/mixed; boundary="n8"

--n8
Content-Type: multipart/mixed; boundary="n7"

--n7
Content-Type: multipart/mixed; boundary="n6"

--n6
Content-Type: multipart/mixed; boundary="n5"

--n5
Content-Type: multipart/mixed; boundary="n4"

--n4
Content-Type: multipart/mixed; boundary="n3"

--n3
Content-Type: multipart/mixed; boundary="n2"

--n2
Content-Type: multipart/mixed; boundary="n1"

--n1
Content-Type: multipart/mixed; boundary="n0"

--n0
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--n0--
--n1--
--n2--
--n3--
--n4--
--n5--
--n6--
--n7--
--n8--
--n9--
--n10--
""",
    "hundred-parts": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1--
""",
    "alternative-of-three": """\
{header}
Content-Type: multipart/alternative; boundary="b1"

--b1
Content-Type: text/plain

Hello
--b1
Content-Type: text/enriched

<bold>Hello</bold>
--b1
Content-Type: text/html

<b>Hello</b>
--b1--
""",
    "related-with-content-id-start": """\
{header}
Content-Type: multipart/related; boundary="b1"; type="text/html"; start="<root@example.org>"

--b1
Content-Type: image/png
Content-ID: <1@example.org>
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUuwY6sjXWLHrpS08ENOa3G3ZgGRyy0rgaWNdOD2QhqUT6LwWPILu4Ycz
KIx9
--b1
Content-Type: text/html
Content-ID: <root@example.org>

<img src="cid:1@example.org">
--b1--
""",
    "unknown-subtype": """\
{header}
Content-Type: multipart/x-example; boundary="b1"

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
    "form-data": """\
{header}
Content-Type: multipart/form-data; boundary="b1"

--b1
Content-Disposition: form-data; name="comment"

Hello
--b1
Content-Disposition: form-data; name="file"; filename="report.pdf"
Content-Type: application/pdf
Content-Transfer-Encoding: base64

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--b1--
""",
    "voice-message": """\
{header}
Content-Type: multipart/voice-message; boundary="b1"; version=2.0

--b1
Content-Type: audio/32KADPCM
Content-Transfer-Encoding: base64
Content-Disposition: inline; voice=Voice-Message
Content-Duration: 7

6bVfKurZBv6QycSO6q45lcLxx2BvcPk/jVJ80mmus30jUtpygPHezDrPG6hOuUXJ/Ct7VBCU4dCZ
Lb/9G2ZkzJJQuZEu6R1rRuIymUWezW64FURR1iVYo6CnCKd5Jq0E3i2R3A==
--b1--
""",
    "part-text-with-dashes": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

--
Alice
--\x20
more
--b
--bb
---
----------
--> here
--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--b1--
""",
    "reply-quoting-a-delimiter": """\
{header}
Content-Type: multipart/mixed; boundary="=_outer-boundary"

--=_outer-boundary
Content-Type: text/plain

> --=_other-boundary
> Content-Type: text/plain
>
> Hello
> --=_other-boundary--
--=_outer-boundary
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--=_outer-boundary--
""",
    "delimiter-of-another-mail-in-text": """\
{header}
Content-Type: multipart/mixed; boundary="=_outer"

--=_outer
Content-Type: text/plain

look:

--=_other
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--=_other--
--=_outer--
""",
    "same-boundary-in-an-attached-message": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: message/rfc822
Content-Transfer-Encoding: base64

U3ViamVjdDogbHVuY2gKTUlNRS1WZXJzaW9uOiAxLjAKQ29udGVudC1UeXBlOiBtdWx0aXBhcnQv
bWl4ZWQ7IGJvdW5kYXJ5PSJiMSIKCi0tYjEKQ29udGVudC1UeXBlOiB0ZXh0L3BsYWluCgpBdCBv
bmU/Ci0tYjEtLQo=
--b1--
""",
    "close-delimiter-with-blanks": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--b1-- \x20
""",
    "close-delimiter-twice": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--b1--
--b1--
""",
    "close-delimiter-twice-after-text": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--b1--


footer

--b1--
""",
    "part-type-only": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--b1--
""",
    "description-only": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Description: a note

Hello
--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--b1--
""",
    "header-only-part-at-the-end": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/html
--b1--
""",
    "appledouble-in-mixed": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: multipart/appledouble; boundary="=====_1=="
Content-Disposition: attachment; filename="report.pdf"

--=====_1==
Content-Transfer-Encoding: base64
Content-Type: application/applefile; name="%report.pdf"
Content-Disposition: attachment; filename="%report.pdf"

AAUWBwACAABNYWNpbnRvc2ggICAgICAgAAEAAAAJAAAAJgAAACBQREYgQ0FSTwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==
--=====_1==
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--=====_1==--

--b1--
""",
    "trailing-nothing": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1--""",
    "message-cut-by-a-limit": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZ""",
    "digits-only-boundary": """\
{header}
Content-Type: multipart/mixed; boundary="1234567890"

--1234567890
Content-Type: multipart/alternative; boundary="0987654321"

--0987654321
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--0987654321
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--0987654321--

--1234567890
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--1234567890--
""",
    "external-body": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: message/external-body; access-type=anon-ftp; site="ftp.example.com";
 directory="pub"; name="rfc.txt"

Content-Type: text/plain
Content-ID: <2@example.org>

--b1--
""",
    "announcement-of-a-draft": """\
{header}
Content-Type: multipart/mixed; boundary="NextPart"

--NextPart

A new document is available.

--NextPart
Content-Type: multipart/alternative; boundary="OtherAccess"

--OtherAccess
Content-Type: message/external-body; access-type="mail-server";
\tserver="mailserv@example.org"

Content-Type: text/plain
Content-ID: <2@example.org>

ENCODING mime
FILE /draft.txt

--OtherAccess
Content-Type: message/external-body; name="draft.txt"; site="ftp.example.org";
\taccess-type="anon-ftp"; directory="drafts"

Content-Type: text/plain
Content-ID: <2@example.org>

--OtherAccess--

--NextPart--
""",
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
