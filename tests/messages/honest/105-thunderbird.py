"""Mail as Thunderbird writes it."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "preamble": """\
{header}
User-Agent: Mozilla Thunderbird
Content-Language: en-US
Content-Type: multipart/mixed;
 boundary="------------0A1B2C3D4E5F60718293A4B5"

This is a multi-part message in MIME format.
--------------0A1B2C3D4E5F60718293A4B5
Content-Type: text/plain; charset=UTF-8; format=flowed
Content-Transfer-Encoding: 8bit

Gr\xc3\xbc\xc3\x9fe

--\x20
Alice

--------------0A1B2C3D4E5F60718293A4B5
Content-Type: application/pdf;
 name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment;
 filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--------------0A1B2C3D4E5F60718293A4B5--
""",
    "continued-names": """\
{header}
User-Agent: Mozilla Thunderbird
Content-Language: en-US
Content-Type: multipart/mixed;
 boundary="------------0A1B2C3D4E5F60718293A4B5"

--------------0A1B2C3D4E5F60718293A4B5
Content-Type: text/plain; charset=UTF-8

Hello
--------------0A1B2C3D4E5F60718293A4B5
Content-Type: application/pdf;
 name="=?UTF-8?Q?Angebot_f=C3=BCr_die_Erneuerung_der_Heizung_im_alten_Geb?=
 =?UTF-8?Q?=C3=A4ude=2Epdf?="
Content-Transfer-Encoding: base64
Content-Disposition: attachment;
 filename*0*=UTF-8''%41%6E%67%65%62%6F%74%20%66%C3%BC%72%20%64%69%65%20%45%72;
 filename*1*=%6E%65%75%65%72%75%6E%67%20%64%65%72%20%48%65%69%7A%75%6E%67%20;
 filename*2*=%69%6D%20%61%6C%74%65%6E%20%47%65%62%C3%A4%75%64%65%2E%70%64%66

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--------------0A1B2C3D4E5F60718293A4B5--
""",
    "continued-plain-names": """\
{header}
User-Agent: Mozilla Thunderbird
Content-Language: en-US
Content-Type: multipart/mixed;
 boundary="------------0A1B2C3D4E5F60718293A4B5"

--------------0A1B2C3D4E5F60718293A4B5
Content-Type: text/plain; charset=UTF-8

Hello
--------------0A1B2C3D4E5F60718293A4B5
Content-Type: application/pdf;
 name="a very long name of a report that does not fit into one line at all.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment;
 filename*0="a very long name of a report that does not fit into one line";
 filename*1=" at all.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--------------0A1B2C3D4E5F60718293A4B5--
""",
    "detached-attachment": """\
{header}
User-Agent: Mozilla Thunderbird
Content-Language: en-US
Content-Type: multipart/mixed;
 boundary="------------0A1B2C3D4E5F60718293A4B5"

--------------0A1B2C3D4E5F60718293A4B5
Content-Type: text/plain; charset=UTF-8

Hello
--------------0A1B2C3D4E5F60718293A4B5
Content-Type: text/x-moz-deleted; name="Deleted: report.pdf"
Content-Transfer-Encoding: 8bit
Content-Disposition: inline; filename="Deleted: report.pdf"
X-Mozilla-Altered: AttachmentDeleted; date="Sun Nov 22 12:00:00 2026"

You deleted an attachment from this message. The original MIME headers for the attachment were:
Content-Type: application/pdf;
 name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment;
 filename="report.pdf"


--------------0A1B2C3D4E5F60718293A4B5--
""",
    "forwarded-inline": """\
{header}
User-Agent: Mozilla Thunderbird
Content-Language: en-US
Content-Type: text/plain; charset=UTF-8; format=flowed
Content-Transfer-Encoding: 7bit



-------- Forwarded Message --------
Subject: \tlunch
Date: \tSun, 22 Nov 2026 10:00:00 +0000
From: \tCarol <carol@example.net>
To: \tAlice <alice@example.org>



At one?
""",
    "forwarded-attached": """\
{header}
User-Agent: Mozilla Thunderbird
Content-Language: en-US
Content-Type: multipart/mixed;
 boundary="------------0A1B2C3D4E5F60718293A4B5"

--------------0A1B2C3D4E5F60718293A4B5
Content-Type: text/plain; charset=UTF-8

fyi

--------------0A1B2C3D4E5F60718293A4B5
Content-Type: message/rfc822;
 name="lunch.eml"
Content-Transfer-Encoding: 8bit
Content-Disposition: attachment;
 filename="lunch.eml"

Return-Path: <carol@example.net>
From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="------------B5A49382716050F4E3D2C1B0"

--------------B5A49382716050F4E3D2C1B0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--------------B5A49382716050F4E3D2C1B0
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--------------B5A49382716050F4E3D2C1B0--

--------------0A1B2C3D4E5F60718293A4B5--
""",
    "old-style-boundary": """\
{header}
X-Mailer: Mozilla 4.7 [en] (X11; I; Linux 2.2 i686)
Content-Type: multipart/mixed; boundary="------------msABC0123456789"

This is a cryptographically signed message in MIME format.

--------------msABC0123456789
Content-Type: text/plain; charset=us-ascii

Hello

--------------msABC0123456789--
""",
    "draft-headers": """\
{header}
X-Mozilla-Status: 0001
X-Mozilla-Status2: 00800000
X-Mozilla-Keys:                                                                                \x20
User-Agent: Mozilla Thunderbird
Content-Language: en-US
Content-Type: text/plain; charset=UTF-8

Hello
""",
    "empty-attachment": """\
{header}
User-Agent: Mozilla Thunderbird
Content-Language: en-US
Content-Type: multipart/mixed;
 boundary="------------0A1B2C3D4E5F60718293A4B5"

--------------0A1B2C3D4E5F60718293A4B5
Content-Type: text/plain; charset=UTF-8

Hello
--------------0A1B2C3D4E5F60718293A4B5
Content-Type: text/plain; charset=UTF-8; name="empty.txt"
Content-Disposition: attachment; filename="empty.txt"
Content-Transfer-Encoding: base64


--------------0A1B2C3D4E5F60718293A4B5--
""",
    "autocrypt": """\
{header}
User-Agent: Mozilla Thunderbird
Content-Language: en-US
Autocrypt: addr=alice@example.org; keydata=
 xjMEZVzF8BYJKwYBBAHaRw8BAQdAAbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIj
 KlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKl
 MnOpQrStUv==
Content-Type: text/plain; charset=UTF-8; format=flowed
Content-Transfer-Encoding: 7bit

Hello
""",
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
