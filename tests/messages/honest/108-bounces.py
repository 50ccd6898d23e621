"""Bounces and delivery reports, as text and as MIME, with the message that came back."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "qmail-with-mime-copy": """\
Date: 22 Nov 2026 12:00:00 -0000
From: MAILER-DAEMON@mail.example.org
To: bob@example.com
Subject: failure notice

Hi. This is the qmail-send program at mail.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<nobody@example.org>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_orig"

--=_orig
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello

--=_orig
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIawBSAiDg8Su4R7V61Ls9/pCDaKEFenAouSGG5z
dp/jzGKM8+u9rN393W8TZz+UX1I8yYE98vzfKkIKIw0oO99KeiQKQjdPqB0kUIY4KCpBbEay/30d
xSmHHnFR5e7/13sTBbtf

--=_orig--
""",
    "qmail-with-text-copy": """\
Date: 22 Nov 2026 12:00:00 -0000
From: MAILER-DAEMON@mail.example.org
To: bob@example.com
Subject: failure notice

Hi. This is the qmail-send program at mail.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<nobody@example.org>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <bob@example.com>
From: bob@example.com
Subject: plan

Hello
""",
    "qmail-with-base64-copy": """\
Date: 22 Nov 2026 12:00:00 -0000
From: MAILER-DAEMON@mail.example.org
To: bob@example.com
Subject: failure notice

Hi. This is the qmail-send program at mail.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<nobody@example.org>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <bob@example.com>
From: bob@example.com
Subject: plan
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

SGVsbG8gQm9iLCB0aGlzIGlzIHRoZSB0ZXh0IG9mIHRoZSBtZXNzYWdlIHRoYXQgY2FtZSBiYWNr
Lg==
""",
    "qmail-with-cut-copy": """\
Date: 22 Nov 2026 12:00:00 -0000
From: MAILER-DAEMON@mail.example.org
To: bob@example.com
Subject: failure notice

Hi. This is the qmail-send program at mail.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<nobody@example.org>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_orig"

--=_orig
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello

--=_orig
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B
--- End of message stripped.
""",
    "qmail-double-bounce": """\
Date: 22 Nov 2026 12:00:00 -0000
From: MAILER-DAEMON@mail.example.org
To: bob@example.com
Subject: failure notice

Hi. This is the qmail-send program at mail.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<nobody@example.org>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <>
From: MAILER-DAEMON@mail.example.com
Subject: failure notice

Hi. This is the qmail-send program at mail.example.com.

--- Below this line is the original bounce.

Return-Path: <#@[]>
Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_orig"

--=_orig
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello

--=_orig
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIawBSAiDg8Su4R7V61Ls9/pCDaKEFenAouSGG5z
dp/jzGKM8+u9rN393W8TZz+UX1I8yYE98vzfKkIKIw0oO99KeiQKQjdPqB0kUIY4KCpBbEay/30d
xSmHHnFR5e7/13sTBbtf

--=_orig--
""",
    "qmail-with-quoted-printable-copy": """\
Date: 22 Nov 2026 12:00:00 -0000
From: MAILER-DAEMON@mail.example.org
To: bob@example.com
Subject: failure notice

Hi. This is the qmail-send program at mail.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<nobody@example.org>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <bob@example.com>
MIME-Version: 1.0
Content-Type: text/html; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

<p style=3D"color:red">Gr=FC=DFe</p>
""",
    "postfix": """\
{header}
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="0A1B2C3D.1700654400/mail.example.org"
Auto-Submitted: auto-replied

--0A1B2C3D.1700654400/mail.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.org.

--0A1B2C3D.1700654400/mail.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Queue-ID: 0A1B2C3D
Arrival-Date: Sun, 22 Nov 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; nobody@example.org
Original-Recipient: rfc822;nobody@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--0A1B2C3D.1700654400/mail.example.org
Content-Description: Undelivered Message
Content-Type: message/rfc822
Content-Transfer-Encoding: 8bit

Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_orig"

--=_orig
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello

--=_orig
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIawBSAiDg8Su4R7V61Ls9/pCDaKEFenAouSGG5z
dp/jzGKM8+u9rN393W8TZz+UX1I8yYE98vzfKkIKIw0oO99KeiQKQjdPqB0kUIY4KCpBbEay/30d
xSmHHnFR5e7/13sTBbtf

--=_orig--

--0A1B2C3D.1700654400/mail.example.org--
""",
    "postfix-headers-only": """\
{header}
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="0A1B2C3D.1700654400/mail.example.org"

--0A1B2C3D.1700654400/mail.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.org.

--0A1B2C3D.1700654400/mail.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Queue-ID: 0A1B2C3D
Arrival-Date: Sun, 22 Nov 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; nobody@example.org
Original-Recipient: rfc822;nobody@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--0A1B2C3D.1700654400/mail.example.org
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers
Content-Transfer-Encoding: 8bit

Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_orig"

--0A1B2C3D.1700654400/mail.example.org--
""",
    "postfix-global": """\
{header}
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="0A1B2C3D.1700654400/mail.example.org"

--0A1B2C3D.1700654400/mail.example.org
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

This is the mail system at host mail.example.org.

--0A1B2C3D.1700654400/mail.example.org
Content-Description: Delivery report
Content-Type: message/global-delivery-status

Reporting-MTA: dns; mail.example.org
X-Queue-ID: 0A1B2C3D
Arrival-Date: Sun, 22 Nov 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; nobody@example.org
Original-Recipient: rfc822;nobody@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--0A1B2C3D.1700654400/mail.example.org
Content-Description: Undelivered Message
Content-Type: message/global
Content-Transfer-Encoding: 8bit

Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_orig"

--=_orig
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello

--=_orig
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIawBSAiDg8Su4R7V61Ls9/pCDaKEFenAouSGG5z
dp/jzGKM8+u9rN393W8TZz+UX1I8yYE98vzfKkIKIw0oO99KeiQKQjdPqB0kUIY4KCpBbEay/30d
xSmHHnFR5e7/13sTBbtf

--=_orig--

--0A1B2C3D.1700654400/mail.example.org--
""",
    "sendmail": """\
{header}
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="0A1B2C3D4E.1700654400/mail.example.org"
Auto-Submitted: auto-generated (failure)

--0A1B2C3D4E.1700654400/mail.example.org

The original message was received at Sun, 22 Nov 2026 12:00:00 GMT

   ----- The following addresses had permanent fatal errors -----
<nobody@example.org>

   ----- Transcript of session follows -----
550 5.1.1 <nobody@example.org>... User unknown

--0A1B2C3D4E.1700654400/mail.example.org
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Queue-ID: 0A1B2C3D
Arrival-Date: Sun, 22 Nov 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; nobody@example.org
Original-Recipient: rfc822;nobody@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--0A1B2C3D4E.1700654400/mail.example.org
Content-Type: message/rfc822

Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_orig"

--=_orig
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello

--=_orig
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIawBSAiDg8Su4R7V61Ls9/pCDaKEFenAouSGG5z
dp/jzGKM8+u9rN393W8TZz+UX1I8yYE98vzfKkIKIw0oO99KeiQKQjdPqB0kUIY4KCpBbEay/30d
xSmHHnFR5e7/13sTBbtf

--=_orig--

--0A1B2C3D4E.1700654400/mail.example.org--
""",
    "exim-text": """\
{header}
Auto-Submitted: auto-replied

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients.

  nobody@example.org
    Unrouteable address

------ This is a copy of the message, including all the headers. ------

Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="------------0A1B2C"

--------------0A1B2C
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello

--------------0A1B2C
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIawBSAiDg8Su4R7V61Ls9/pCDaKEFenAouSGG5z
dp/jzGKM8+u9rN393W8TZz+UX1I8yYE98vzfKkIKIw0oO99KeiQKQjdPqB0kUIY4KCpBbEay/30d
xSmHHnFR5e7/13sTBbtf

--------------0A1B2C--
""",
    "exim-cut": """\
{header}

This message was created automatically by mail delivery software.

------ This is a copy of your message, including all the headers.
------ No more than 1K characters of the body are included.

Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_orig"

--=_orig
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello

--=_orig
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIawBSAiDg8Su4R7V61Ls9/pCDaKEFenAouSGG5z
dp/jzGKM8+u9rN393W8TZz+UX1I8yYE98vzfKkIKIw0oO99KeiQKQjdPqB0kUIY4KC
""",
    "exim-report": """\
{header}
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="1700654400-eximdsn-123456789"

--1700654400-eximdsn-123456789
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

--1700654400-eximdsn-123456789
Content-type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Queue-ID: 0A1B2C3D
Arrival-Date: Sun, 22 Nov 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; nobody@example.org
Original-Recipient: rfc822;nobody@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--1700654400-eximdsn-123456789
Content-type: message/rfc822

Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_orig"

--=_orig
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello

--=_orig
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIawBSAiDg8Su4R7V61Ls9/pCDaKEFenAouSGG5z
dp/jzGKM8+u9rN393W8TZz+UX1I8yYE98vzfKkIKIw0oO99KeiQKQjdPqB0kUIY4KCpBbEay/30d
xSmHHnFR5e7/13sTBbtf

--=_orig--

--1700654400-eximdsn-123456789--
""",
    "cut-in-the-middle-of-base64": """\
{header}
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="b1"

--b1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.org.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Queue-ID: 0A1B2C3D
Arrival-Date: Sun, 22 Nov 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; nobody@example.org
Original-Recipient: rfc822;nobody@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--b1
Content-Type: message/rfc822

Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_orig"

--=_orig
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello

--=_orig
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIawBSA
--b1--
""",
    "cut-in-the-header": """\
{header}
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="b1"

--b1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.org.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Queue-ID: 0A1B2C3D
Arrival-Date: Sun, 22 Nov 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; nobody@example.org
Original-Recipient: rfc822;nobody@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--b1
Content-Type: message/rfc822

Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_orig"

--=_orig
Conte
--b1--
""",
    "empty-returned-message": """\
{header}
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="b1"

--b1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.org.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Queue-ID: 0A1B2C3D
Arrival-Date: Sun, 22 Nov 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; nobody@example.org
Original-Recipient: rfc822;nobody@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--b1
Content-Type: message/rfc822


--b1--
""",
    "returned-message-without-blank-line": """\
{header}
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="b1"

--b1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.org.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Queue-ID: 0A1B2C3D
Arrival-Date: Sun, 22 Nov 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; nobody@example.org
Original-Recipient: rfc822;nobody@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--b1
Content-Type: message/rfc822

From: bob@example.com
Subject: plan
--b1--
""",
    "status-without-blank-line": """\
{header}
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="b1"

--b1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.org.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Final-Recipient: rfc822; nobody@example.org
Action: delayed
Status: 4.4.1
--b1--
""",
    "status-in-base64": """\
{header}
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="b1"

--b1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.org.

--b1
Content-Type: message/delivery-status
Content-Transfer-Encoding: base64

UmVwb3J0aW5nLU1UQTogZG5zOyBtYWlsLmV4YW1wbGUub3JnClgtUXVldWUtSUQ6IDBBMUIyQzNE
CkFycml2YWwtRGF0ZTogU3VuLCAyMiBOb3YgMjAyNiAxMjowMDowMCArMDAwMCAoVVRDKQoKRmlu
YWwtUmVjaXBpZW50OiByZmM4MjI7IG5vYm9keUBleGFtcGxlLm9yZwpPcmlnaW5hbC1SZWNpcGll
bnQ6IHJmYzgyMjtub2JvZHlAZXhhbXBsZS5vcmcKQWN0aW9uOiBmYWlsZWQKU3RhdHVzOiA1LjEu
MQpEaWFnbm9zdGljLUNvZGU6IHNtdHA7IDU1MCA1LjEuMSB1c2VyIHVua25vd24K
--b1
Content-Type: text/rfc822-headers

Subject: plan

--b1--
""",
    "status-with-name": """\
{header}
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="b1"

--b1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.org.

--b1
Content-Type: message/delivery-status; name="details.txt"
Content-Disposition: attachment; filename="details.txt"

Reporting-MTA: dns; mail.example.org

--b1--
""",
    "returned-headers-as-message": """\
{header}
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="b1"

--b1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.org.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Queue-ID: 0A1B2C3D
Arrival-Date: Sun, 22 Nov 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; nobody@example.org
Original-Recipient: rfc822;nobody@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--b1
Content-Type: message/rfc822-headers

Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_orig"

--b1--
""",
    "text-with-pipe-quoted-copy": """\
{header}

> --=_orig
> Content-Type: text/plain
>
> Hello
> --=_orig--

Your message came back.
""",
    "mdaemon": """\
{header}
Content-Type: multipart/mixed; boundary="MDaemon-1"

--MDaemon-1

The following data may contain sections which represent BASE64 encoded
file attachments. These sections will be unreadable without MIME aware
tools.

: Message contains [1] file attachments

--MDaemon-1
Content-Type: message/rfc822

Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_orig"

--=_orig
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello

--=_orig
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIawBSAiDg8Su4R7V61Ls9/pCDaKEFenAouSGG5z
dp/jzGKM8+u9rN393W8TZz+UX1I8yYE98vzfKkIKIw0oO99KeiQKQjdPqB0kUIY4KCpBbEay/30d
xSmHHnFR5e7/13sTBbtf

--=_orig--

--MDaemon-1--
""",
    "mdaemon-text": """\
{header}

The attached message could not be delivered.

: Message contains [1] file attachments

Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="----_=_NextPart_001"

------_=_NextPart_001
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello

------_=_NextPart_001
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIawBSAiDg8Su4R7V61Ls9/pCDaKEFenAouSGG5z
dp/jzGKM8+u9rN393W8TZz+UX1I8yYE98vzfKkIKIw0oO99KeiQKQjdPqB0kUIY4KCpBbEay/30d
xSmHHnFR5e7/13sTBbtf

------_=_NextPart_001--
""",
    "autoreply": """\
{header}
Auto-Submitted: auto-replied
Precedence: bulk
Content-Type: text/plain; charset=utf-8

I am away until Monday.

> From: bob@example.com
> Content-Type: multipart/mixed; boundary="b1"
>
> --b1
""",
    "feedback-report": """\
{header}
Content-Type: multipart/report; report-type=feedback-report; boundary="b1"

--b1
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

This is an email abuse report.

--b1
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Example/1.0
Version: 1

--b1
Content-Type: message/rfc822
Content-Disposition: inline

Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_orig"

--=_orig
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello

--=_orig
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIawBSAiDg8Su4R7V61Ls9/pCDaKEFenAouSGG5z
dp/jzGKM8+u9rN393W8TZz+UX1I8yYE98vzfKkIKIw0oO99KeiQKQjdPqB0kUIY4KCpBbEay/30d
xSmHHnFR5e7/13sTBbtf

--=_orig--

--b1--
""",
    "dmarc-report": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/gzip; name="example.org!example.com!1700611200!1700697600.xml.gz"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="example.org!example.com!1700611200!1700697600.xml.gz"

H4sIAAAAAAACA7NJS01NSUpMzta34wIAHUs52AwAAAA=
--b1--
""",
    "tls-report": """\
{header}
Content-Type: multipart/report; report-type="tlsrpt"; boundary="b1"

--b1
Content-Type: text/plain

report
--b1
Content-Type: application/tlsrpt+gzip
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="example.org!example.com!1!2!001.json.gz"

H4sIAAAAAAACA7NJS01NSUpMzta34wIAHUs52AwAAAA=
--b1--
""",
    "returned-with-mbox-line": """\
{header}
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="b1"

--b1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.org.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Queue-ID: 0A1B2C3D
Arrival-Date: Sun, 22 Nov 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; nobody@example.org
Original-Recipient: rfc822;nobody@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--b1
Content-Type: message/rfc822

From bob@example.com Sun Nov 22 11:59:00 2026
Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_orig"

--=_orig
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello

--=_orig
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIawBSAiDg8Su4R7V61Ls9/pCDaKEFenAouSGG5z
dp/jzGKM8+u9rN393W8TZz+UX1I8yYE98vzfKkIKIw0oO99KeiQKQjdPqB0kUIY4KCpBbEay/30d
xSmHHnFR5e7/13sTBbtf

--=_orig--

--b1--
""",
    "challenge": """\
{header}
Content-Type: text/plain

Please confirm your message by replying.

--- Enclosed are the first lines of your message.

Return-Path: <bob@example.com>
Received: (qmail 1234 invoked by uid 1000); 22 Nov 2026 11:59:00 -0000
Message-ID: <20261122115900.1234.qmail@mail.example.com>
From: bob@example.com
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_orig"

--=_orig
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello

--=_orig
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it
""",
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
