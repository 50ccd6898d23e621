"""Messages inside messages."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "attached": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: message/rfc822
Content-Disposition: inline

From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>
MIME-Version: 1.0
Content-Type: text/plain

At one?
--b1--
""",
    "attached-without-mime": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: message/rfc822

From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>

At one?
--b1--
""",
    "attached-with-subject-as-name": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: message/rfc822; name="lunch"
Content-Description: lunch
Content-Disposition: attachment; filename="lunch.eml"

From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>

At one?
--b1--
""",
    "attached-7bit": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: message/rfc822
Content-Transfer-Encoding: 7bit

From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>

At one?
--b1--
""",
    "attached-binary": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: message/rfc822
Content-Transfer-Encoding: binary

From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>

At one?
--b1--
""",
    "attached-multipart": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: message/rfc822

From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="i1"

--i1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--i1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--i1--

--b1--
""",
    "attached-multipart-not-closed": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: message/rfc822

From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="i1"

--i1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--i1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=

--b1--
""",
    "eml-in-base64": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/octet-stream; name="lunch.eml"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="lunch.eml"

RnJvbTogQ2Fyb2wgPGNhcm9sQGV4YW1wbGUubmV0PgpUbzogQWxpY2UgPGFsaWNlQGV4YW1wbGUu
b3JnPgpTdWJqZWN0OiBsdW5jaApEYXRlOiBTdW4sIDIyIE5vdiAyMDI2IDEwOjAwOjAwICswMDAw
Ck1lc3NhZ2UtSUQ6IDwzQGV4YW1wbGUubmV0PgpNSU1FLVZlcnNpb246IDEuMApDb250ZW50LVR5
cGU6IHRleHQvcGxhaW4KCkF0IG9uZT8K
--b1--
""",
    "message-in-base64": """\
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
Content-Disposition: attachment; filename="lunch.eml"

RnJvbTogQ2Fyb2wgPGNhcm9sQGV4YW1wbGUubmV0PgpUbzogQWxpY2UgPGFsaWNlQGV4YW1wbGUu
b3JnPgpTdWJqZWN0OiBsdW5jaApEYXRlOiBTdW4sIDIyIE5vdiAyMDI2IDEwOjAwOjAwICswMDAw
Ck1lc3NhZ2UtSUQ6IDwzQGV4YW1wbGUubmV0PgpNSU1FLVZlcnNpb246IDEuMApDb250ZW50LVR5
cGU6IHRleHQvcGxhaW4KCkF0IG9uZT8K
--b1--
""",
    "message-in-quoted-printable": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: message/rfc822
Content-Transfer-Encoding: quoted-printable

From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>
MIME-Version: 1.0
Content-Type: text/plain; charset=3Dutf-8

At one? =E2=82=AC
--b1--
""",
    "three-deep": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: message/rfc822

Subject: one
Content-Type: message/rfc822

Subject: two
Content-Type: message/rfc822

From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>

At one?
--b1--
""",
    "inline-begin-forwarded": """\
{header}
Content-Type: text/plain

Begin forwarded message:

> From: Carol <carol@example.net>
> Subject: lunch
> Date: 22 November 2026 at 10:00:00 GMT
> To: Alice <alice@example.org>
> Content-Type: text/plain; charset=utf-8
> Content-Transfer-Encoding: base64
>\x20
> At one?
""",
    "inline-original-headers": """\
{header}
Content-Type: text/plain

----- Forwarded message from Carol <carol@example.net> -----

From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>
Content-Type: text/plain; charset=us-ascii

At one?

----- End forwarded message -----
""",
    "inline-pasted-source": """\
{header}
Content-Type: text/plain

this came in, look at the source:

Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="----=_NextPart_000_0001"

------=_NextPart_000_0001
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello

------=_NextPart_000_0001
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIawBSAiDg8Su4R7V61Ls9/pCDaKEFenAouSGG5z
dp/jzGKM8+u9rN393W8TZz+UX1I8yYE98vzfKkIKIw0oO99KeiQKQjdPqB0kUIY4KCpBbEay/30d
xSmHHnFR5e7/13sTBbtf

------=_NextPart_000_0001--


what is it?
""",
    "digest": """\
{header}
Content-Type: multipart/digest; boundary="d1"

--d1

From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>

At one?

--d1

From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: Re: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>

At two.

--d1--
""",
    "digest-with-types": """\
{header}
Content-Type: multipart/digest; boundary="d1"

--d1
Content-Type: message/rfc822
MIME-Version: 1.0

From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>
MIME-Version: 1.0
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

--d1--
""",
    "mailman-digest": """\
{header}
Content-Type: multipart/mixed; boundary="===============1=="

--===============1==
Content-Type: text/plain; charset="us-ascii"
MIME-Version: 1.0
Content-Transfer-Encoding: 7bit
Content-Description: list Digest, Vol 1, Issue 1

Send list mailing list submissions to
\tlist@example.org

--===============1==
Content-Type: multipart/digest; boundary="===============2=="
MIME-Version: 1.0

--===============2==
Content-Type: message/rfc822
MIME-Version: 1.0

From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>
Message: 1

At one?

--===============2==
Content-Type: message/rfc822
MIME-Version: 1.0

From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>
Message: 2

At two.

--===============2==--

--===============1==
Content-Type: text/plain; charset="us-ascii"
MIME-Version: 1.0
Content-Description: Digest Footer

_______________________________________________
list mailing list
list@example.org

--===============1==--
""",
    "plain-digest": """\
{header}
Content-Type: text/plain

Today's Topics:

   1. lunch (Carol)


----------------------------------------------------------------------

Message: 1
Date: Sun, 22 Nov 2026 10:00:00 +0000
From: Carol <carol@example.net>
Subject: lunch
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

At one?

------------------------------

Message: 2
From: Dave <dave@example.net>
Subject: Re: lunch
Content-Type: text/plain; charset="utf-8"

At two.

------------------------------

End of list Digest, Vol 1, Issue 1
***********************************
""",
    "forwarded-report": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: message/rfc822

From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="r1"

--r1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.org.

--r1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Queue-ID: 0A1B2C3D
Arrival-Date: Sun, 22 Nov 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; nobody@example.org
Original-Recipient: rfc822;nobody@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--r1
Content-Type: text/rfc822-headers

Subject: plan

--r1--

--b1--
""",
    "parallel": """\
{header}
Content-Type: multipart/parallel; boundary="b1"

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
    "mailbox-attached": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/mbox; name="saved.mbox"
Content-Disposition: attachment; filename="saved.mbox"

From carol@example.net Sun Nov 22 10:00:00 2026
From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>

At one?

From dave@example.net Sun Nov 22 11:00:00 2026
From: Carol <carol@example.net>
To: Alice <alice@example.org>
Subject: lunch
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <3@example.net>

At two.


--b1--
""",
    "mhtml-attached": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/x-mimearchive; name="page.mht"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="page.mht"

RnJvbTogPFNhdmVkIGJ5IGEgYnJvd3Nlcj4NClN1YmplY3Q6IGEgcGFnZQ0KTUlNRS1WZXJzaW9u
OiAxLjANCkNvbnRlbnQtVHlwZTogbXVsdGlwYXJ0L3JlbGF0ZWQ7IHR5cGU9InRleHQvaHRtbCI7
IGJvdW5kYXJ5PSItLS0tTXVsdGlwYXJ0Qm91bmRhcnktLWFiYy0tLS0iDQoNCi0tLS0tLU11bHRp
cGFydEJvdW5kYXJ5LS1hYmMtLS0tDQpDb250ZW50LVR5cGU6IHRleHQvaHRtbA0KQ29udGVudC1M
b2NhdGlvbjogaHR0cDovL3d3dy5leGFtcGxlLmNvbS8NCkNvbnRlbnQtVHJhbnNmZXItRW5jb2Rp
bmc6IHF1b3RlZC1wcmludGFibGUNCg0KPHA+aGVsbG88L3A+DQotLS0tLS1NdWx0aXBhcnRCb3Vu
ZGFyeS0tYWJjLS0tLS0tDQo=
--b1--
""",
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
