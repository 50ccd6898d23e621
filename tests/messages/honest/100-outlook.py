"""Mail as Outlook writes it."""

from __future__ import annotations

import struct
from base64 import encodebytes
from functools import partial

from qsfilter.testing.documents import compound
from qsfilter.testing.messages import written

DOCUMENT = compound({"WordDocument": struct.pack("<HHIHH", 0xA5EC, 0xC1, 0, 0, 0).ljust(5000, b"\0")})

TEXTS = {
    "encoded-word-in-quotes": """\
{header}
Content-Type: multipart/mixed;
\tboundary="----=_NextPart_000_0012_01DA5B7C.3F2A1E40"
X-Mailer: Microsoft Outlook 16.0
Thread-Index: AQHZ8Qw1q2Vr5t0Tj0ezqK7uO8m0Lg==
Content-Language: en-us

This is a multipart message in MIME format.

------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: text/plain;
\tcharset="us-ascii"
Content-Transfer-Encoding: 7bit

Hello

------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: application/vnd.openxmlformats-officedocument.wordprocessingml.document;
\tname="=?utf-8?B?w5xiZXJzdHVuZGVuIDIwMjYgTcOkcnouZG9jeA==?="
Content-Transfer-Encoding: base64
Content-Disposition: attachment;
\tfilename="=?utf-8?B?w5xiZXJzdHVuZGVuIDIwMjYgTcOkcnouZG9jeA==?="

UEsHCLcKFO4eFdeqlL2BDsBvTLd6NG6PM672v+rj18RELXqT7DFoL95WGReVL/eKeore/9D+vDct
0mhxkWxGxjA4G0WETswIFk4uqydjSpre4a+mWZ5YlXDnGXhOCAznR/wORYRLacTVTMJkvC2ttrtw
9TvBI76vwPWNge2M1KB8JKWneYWwyLhY539XxtQDsxWt4E0khdbsLQlpQlbq3SDbbycp8jlOuS0N
7ZJHuNcYjr3a4+E8cevPk5MCYZspYESGsAUgIg4PEruEe1etS7Pf6Qg2ihBXpwKLkhhuc3af48xi
jPPrvazd/d1vE2c/lF9SPMmBPfL83ypCCiMNKDvfSnokCkI3T6gdJFCGOCgqQWxGsv99HcUphx5x
UeXu/9d7EwW7XwRQvXro

------=_NextPart_000_0012_01DA5B7C.3F2A1E40--
""",
    "encoded-word-split": """\
{header}
Content-Type: multipart/mixed;
\tboundary="----=_NextPart_000_0012_01DA5B7C.3F2A1E40"
X-Mailer: Microsoft Outlook 16.0
Thread-Index: AQHZ8Qw1q2Vr5t0Tj0ezqK7uO8m0Lg==
Content-Language: en-us

This is a multipart message in MIME format.

------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: text/plain;
\tcharset="us-ascii"

Hello

------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: application/pdf;
\tname="=?iso-8859-1?Q?Angebot_f=FCr_die_Erneuerung_der_Heizung_im_alten_?=
 =?iso-8859-1?Q?Geb=E4ude.pdf?="
Content-Transfer-Encoding: base64
Content-Disposition: attachment;
\tfilename="=?iso-8859-1?Q?Angebot_f=FCr_die_Erneuerung_der_Heizung_im_alten_?=
 =?iso-8859-1?Q?Geb=E4ude.pdf?="

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=

------=_NextPart_000_0012_01DA5B7C.3F2A1E40--
""",
    "related-in-mixed": """\
{header}
Content-Type: multipart/mixed;
\tboundary="----=_NextPart_000_0012_01DA5B7C.3F2A1E40"
X-Mailer: Microsoft Outlook 16.0
Thread-Index: AQHZ8Qw1q2Vr5t0Tj0ezqK7uO8m0Lg==
Content-Language: en-us

This is a multipart message in MIME format.

------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: multipart/related;
\tboundary="----=_NextPart_001_0013_01DA5B7C.3F2A1E40"

------=_NextPart_001_0013_01DA5B7C.3F2A1E40
Content-Type: multipart/alternative;
\tboundary="----=_NextPart_002_0014_01DA5B7C.3F2A1E40"

------=_NextPart_002_0014_01DA5B7C.3F2A1E40
Content-Type: text/plain;
\tcharset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe =20


------=_NextPart_002_0014_01DA5B7C.3F2A1E40
Content-Type: text/html;
\tcharset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

<html xmlns:o=3D"urn:schemas-microsoft-com:office:office"><body><p class=3D=
MsoNormal>Gr=FC=DFe<o:p></o:p></p><img src=3D"cid:image001.png@01DA5B7C.3F=
2A1E40"></body></html>


------=_NextPart_002_0014_01DA5B7C.3F2A1E40--


------=_NextPart_001_0013_01DA5B7C.3F2A1E40
Content-Type: image/png;
\tname="image001.png"
Content-Transfer-Encoding: base64
Content-ID: <image001.png@01DA5B7C.3F2A1E40>

iVBORw0KGgoAAAANSUhEUqThZ6dqBa3YqGVMFpsHsER6kWA1rvYC3xA+iuD+L/OQTNm3Zy1/vuj7
UfseBJ9pA0IDX1Q6jv5zS3tf+wwVSkVCD84xQXXfQCrb6uPPu7hWZbcti5vCNG9GPjKoL2SxFJqD
xssRJtk95KMHFbKPH0smuYPFf7OebYJtfok65O50btUEWTjX

------=_NextPart_001_0013_01DA5B7C.3F2A1E40--


------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: application/pdf;
\tname="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment;
\tfilename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=

------=_NextPart_000_0012_01DA5B7C.3F2A1E40--
""",
    "disposition-with-dates": """\
{header}
Content-Type: multipart/mixed;
\tboundary="----=_NextPart_000_0012_01DA5B7C.3F2A1E40"
X-Mailer: Microsoft Outlook 16.0
Thread-Index: AQHZ8Qw1q2Vr5t0Tj0ezqK7uO8m0Lg==
Content-Language: en-us

This is a multipart message in MIME format.

------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: text/plain;
\tcharset="us-ascii"

Hello

------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: application/pdf; name="report.pdf"
Content-Description: report.pdf
Content-Disposition: attachment; filename="report.pdf"; size=12345;
\tcreation-date="Sun, 22 Nov 2026 11:58:00 GMT";
\tmodification-date="Sun, 22 Nov 2026 11:59:00 GMT"
Content-Transfer-Encoding: base64

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=

------=_NextPart_000_0012_01DA5B7C.3F2A1E40--
""",
    "attached-item": """\
{header}
Content-Type: multipart/mixed;
\tboundary="----=_NextPart_000_0012_01DA5B7C.3F2A1E40"
X-Mailer: Microsoft Outlook 16.0
Thread-Index: AQHZ8Qw1q2Vr5t0Tj0ezqK7uO8m0Lg==
Content-Language: en-us

This is a multipart message in MIME format.

------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: text/plain;
\tcharset="us-ascii"

Hello

------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: message/rfc822
Content-Disposition: attachment;
\tcreation-date="Sun, 22 Nov 2026 11:58:00 GMT";
\tmodification-date="Sun, 22 Nov 2026 11:59:00 GMT"

Received: from mail.example.net ([192.0.2.7]) by mx.example.com;
\tSun, 22 Nov 2026 10:00:00 +0000
From: "Carol" <carol@example.net>
To: <alice@example.org>
Subject: lunch
MIME-Version: 1.0
Content-Type: text/plain;
\tcharset="us-ascii"
Content-Transfer-Encoding: 7bit

At one?


------=_NextPart_000_0012_01DA5B7C.3F2A1E40--
""",
    "plain-text-begin": """\
{header}
Content-Type: text/plain;
\tcharset="us-ascii"
Content-Transfer-Encoding: 7bit
X-Mailer: Microsoft Outlook 16.0
Thread-Index: AQHZ8Qw1q2Vr5t0Tj0ezqK7uO8m0Lg==
Content-Language: en-us

begin  2026 with a plan,
and end
with one.
""",
    "winmail-less-meeting": """\
{header}
Content-Type: multipart/alternative;
\tboundary="----=_NextPart_000_0012_01DA5B7C.3F2A1E40"
X-Mailer: Microsoft Outlook 16.0
Thread-Index: AQHZ8Qw1q2Vr5t0Tj0ezqK7uO8m0Lg==
Content-Language: en-us

------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: text/plain;
\tcharset="utf-8"
Content-Transfer-Encoding: base64

V2hlbjogTW9uZGF5LCAyMyBOb3ZlbWJlciAyMDI2IDEwOjAwLTExOjAwDQpXaGVyZTogUm9vbSAx
DQoNCip+Kn4qfip+Kn4qfip+Kn4qfioNCg==

------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: text/calendar; method=REQUEST;
\tcharset="utf-8"
Content-Transfer-Encoding: base64

QkVHSU46VkNBTEVOREFSDQpNRVRIT0Q6UkVRVUVTVA0KUFJPRElEOk1pY3Jvc29mdCBFeGNoYW5n
ZSBTZXJ2ZXIgMjAxMA0KVkVSU0lPTjoyLjANCkJFR0lOOlZFVkVOVA0KVUlEOjA0MDAwMDAwODIw
MEUwMDA3NEM1QjcxMDFBODJFMDA4DQpTVU1NQVJZOnBsYW4NCkRUU1RBUlQ6MjAyNjExMjNUMTAw
MDAwWg0KRU5EOlZFVkVOVA0KRU5EOlZDQUxFTkRBUg0K

------=_NextPart_000_0012_01DA5B7C.3F2A1E40--
""",
    "original-message": """\
{header}
Content-Type: text/plain;
\tcharset="us-ascii"
X-Mailer: Microsoft Outlook 16.0
Thread-Index: AQHZ8Qw1q2Vr5t0Tj0ezqK7uO8m0Lg==
Content-Language: en-us

Yes.

-----Original Message-----
From: Bob [mailto:bob@example.com]
Sent: Sunday, November 22, 2026 10:00 AM
To: Alice
Subject: plan

Ok?
""",
    "inline-name-with-8-bit": """\
{header}
Content-Type: multipart/mixed;
\tboundary="----=_NextPart_000_0012_01DA5B7C.3F2A1E40"
X-Mailer: Microsoft Outlook 16.0
Thread-Index: AQHZ8Qw1q2Vr5t0Tj0ezqK7uO8m0Lg==
Content-Language: en-us

This is a multipart message in MIME format.

------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: text/plain;
\tcharset="iso-8859-1"
Content-Transfer-Encoding: 8bit

Gr\xfc\xdfe

------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: application/msword;
\tname="Gr\xfc\xdfe.doc"
Content-Transfer-Encoding: base64
Content-Disposition: attachment;
\tfilename="Gr\xfc\xdfe.doc"

{doc}

------=_NextPart_000_0012_01DA5B7C.3F2A1E40--
""",
    "vcard": """\
{header}
Content-Type: multipart/mixed;
\tboundary="----=_NextPart_000_0012_01DA5B7C.3F2A1E40"
X-Mailer: Microsoft Outlook 16.0
Thread-Index: AQHZ8Qw1q2Vr5t0Tj0ezqK7uO8m0Lg==
Content-Language: en-us

This is a multipart message in MIME format.

------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: text/plain;
\tcharset="us-ascii"

Hello

------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: text/x-vcard;
\tname="Alice.vcf"
Content-Transfer-Encoding: quoted-printable
Content-Disposition: attachment;
\tfilename="Alice.vcf"

BEGIN:VCARD
VERSION:2.1
N;LANGUAGE=3Den-us:;Alice
X-MS-OL-DESIGN;CHARSET=3Dutf-8:<card xmlns=3D"http://schemas.microsoft.com/off=
ice/outlook/12/electronicbusinesscards"/>
END:VCARD


------=_NextPart_000_0012_01DA5B7C.3F2A1E40--
""",
    "html-attachment-of-a-list": """\
{header}
Content-Type: multipart/mixed;
\tboundary="----=_NextPart_000_0012_01DA5B7C.3F2A1E40"
X-Mailer: Microsoft Outlook 16.0
Thread-Index: AQHZ8Qw1q2Vr5t0Tj0ezqK7uO8m0Lg==
Content-Language: en-us

This is a multipart message in MIME format.

------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: text/plain;
\tcharset="us-ascii"

Hello

------=_NextPart_000_0012_01DA5B7C.3F2A1E40
Content-Type: text/plain; name="ATT00001.txt"
Content-Description: ATT00001.txt
Content-Disposition: attachment; filename="ATT00001.txt"
Content-Transfer-Encoding: base64

X19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX18NCmxpc3QgbWFp
bGluZyBsaXN0DQpsaXN0QGV4YW1wbGUub3JnDQo=

------=_NextPart_000_0012_01DA5B7C.3F2A1E40--
""",
    "recall": """\
{header}
Content-Type: text/plain; charset="us-ascii"
X-Recall: yes
X-Mailer: Microsoft Outlook 16.0
Thread-Index: AQHZ8Qw1q2Vr5t0Tj0ezqK7uO8m0Lg==
Content-Language: en-us

Alice would like to recall the message, "plan".
""",
    "express-preamble": """\
{header}
Content-Type: multipart/alternative;
\tboundary="----=_NextPart_000_0006_01C2A9A7.7B9A6C00"
X-Priority: 3
X-MSMail-Priority: Normal
X-Mailer: Microsoft Outlook Express 6.00.2800.1106
X-MimeOLE: Produced By Microsoft MimeOLE V6.00.2800.1106

This is a multi-part message in MIME format.

------=_NextPart_000_0006_01C2A9A7.7B9A6C00
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

------=_NextPart_000_0006_01C2A9A7.7B9A6C00
Content-Type: text/html; charset="iso-8859-1"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

------=_NextPart_000_0006_01C2A9A7.7B9A6C00--
""",
    "reply-type": """\
{header}
Content-Type: text/plain;
\tformat=flowed;
\tcharset="iso-8859-1";
\treply-type=original
Content-Transfer-Encoding: 7bit
X-MimeOLE: Produced By Microsoft MimeOLE V6.1.7601.17609

Hello
""",
    "content-class": """\
{header}
content-class: urn:content-classes:message
Content-Type: text/plain;
\tcharset="us-ascii"
Content-Transfer-Encoding: 7bit
X-MS-Has-Attach:\x20
X-MS-TNEF-Correlator:\x20
Thread-Topic: plan

Hello
""",
}


def build(text: str, newline: bytes) -> bytes:
    """Return the message that TEXT spells."""
    return written(text, newline, doc=encodebytes(DOCUMENT).strip().replace(b"\n", newline))


MESSAGES = {name: partial(build, text) for name, text in TEXTS.items()}
