"""Mail as Gmail writes it, and its reports."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "attachment-id": """\
{header}
Content-Type: multipart/mixed; boundary="000000000000a1b2c3d4e5f60718"

--000000000000a1b2c3d4e5f60718
Content-Type: multipart/alternative; boundary="000000000000a1b2c3d4e5f60719"

--000000000000a1b2c3d4e5f60719
Content-Type: text/plain; charset="UTF-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--000000000000a1b2c3d4e5f60719
Content-Type: text/html; charset="UTF-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--000000000000a1b2c3d4e5f60719--

--000000000000a1b2c3d4e5f60718
Content-Type: application/pdf; name="report.pdf"
Content-Disposition: attachment; filename="report.pdf"
Content-Transfer-Encoding: base64
Content-ID: <f_lp7q8r9s0>
X-Attachment-Id: f_lp7q8r9s0

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--000000000000a1b2c3d4e5f60718--
""",
    "encoded-name": """\
{header}
Content-Type: multipart/mixed; boundary="000000000000a1b2c3d4e5f60718"

--000000000000a1b2c3d4e5f60718
Content-Type: text/plain; charset="UTF-8"

Hello
--000000000000a1b2c3d4e5f60718
Content-Type: application/pdf; name="=?UTF-8?B?UmVjaG51bmcgTcOkcnoucGRm?="
Content-Disposition: attachment;\x20
\tfilename="=?UTF-8?B?UmVjaG51bmcgTcOkcnoucGRm?="
Content-Transfer-Encoding: base64

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--000000000000a1b2c3d4e5f60718--
""",
    "amp": """\
{header}
Content-Type: multipart/alternative; boundary="000000000000a1b2c3d4e5f60718"

--000000000000a1b2c3d4e5f60718
Content-Type: text/plain; charset="UTF-8"

Hello
--000000000000a1b2c3d4e5f60718
Content-Type: text/x-amp-html; charset="UTF-8"

<!doctype html><html amp4email><body>Hello</body></html>
--000000000000a1b2c3d4e5f60718
Content-Type: text/html; charset="UTF-8"

<p>Hello</p>
--000000000000a1b2c3d4e5f60718--
""",
    "delivery-failure": """\
{header}
Content-Type: multipart/report; boundary="000000000000a1b2c3d4e5f60718"; report-type=delivery-status
Auto-Submitted: auto-replied

--000000000000a1b2c3d4e5f60718
Content-Type: multipart/related; boundary="000000000000a1b2c3d4e5f60719"

--000000000000a1b2c3d4e5f60719
Content-Type: multipart/alternative; boundary="000000000000a1b2c3d4e5f6071a"

--000000000000a1b2c3d4e5f6071a
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--000000000000a1b2c3d4e5f6071a
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--000000000000a1b2c3d4e5f6071a--

--000000000000a1b2c3d4e5f60719
Content-Type: image/png; name="icon.png"
Content-Disposition: attachment; filename="icon.png"
Content-Transfer-Encoding: base64
Content-ID: <icon.png>

iVBORw0KGgoAAAANSUhEUvIbDvidjuXa9rps1EFlKmRyKZQehbFTe1w17ea01RmocRQw9hZOk4A9
k0KLwfq4D0HiE7sZdokwfehgbUN8MDhNL0tmjPxI5gWdNukTJr+H3jm6gQ==
--000000000000a1b2c3d4e5f60719--

--000000000000a1b2c3d4e5f60718
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Arrival-Date: Sun, 22 Nov 2026 04:00:00 -0800 (PST)

Final-Recipient: rfc822; nobody@example.org
Action: failed
Status: 5.1.1

--000000000000a1b2c3d4e5f60718
Content-Type: message/rfc822

MIME-Version: 1.0
From: Bob <bob@example.com>
Subject: plan
To: nobody@example.org
Content-Type: multipart/alternative; boundary="000000000000b"

----- Message truncated -----

--000000000000a1b2c3d4e5f60718--
""",
    "forwarded": """\
{header}
Content-Type: multipart/alternative; boundary="000000000000a1b2c3d4e5f60718"

--000000000000a1b2c3d4e5f60718
Content-Type: text/plain; charset="UTF-8"
Content-Transfer-Encoding: 7bit

---------- Forwarded message ---------
From: Carol <carol@example.net>
Date: Sun, 22 Nov 2026 at 10:00
Subject: lunch
To: Alice <alice@example.org>

At one?

--000000000000a1b2c3d4e5f60718
Content-Type: text/html; charset="UTF-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--000000000000a1b2c3d4e5f60718--
""",
    "calendar": """\
{header}
Content-Type: multipart/mixed; boundary="000000000000a1b2c3d4e5f60718"

--000000000000a1b2c3d4e5f60718
Content-Type: multipart/alternative; boundary="000000000000a1b2c3d4e5f60719"

--000000000000a1b2c3d4e5f60719
Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes
Content-Transfer-Encoding: base64

WW91IGhhdmUgYmVlbiBpbnZpdGVk
--000000000000a1b2c3d4e5f60719
Content-Type: text/calendar; charset="UTF-8"; method=REQUEST
Content-Transfer-Encoding: 7bit

BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
METHOD:REQUEST
BEGIN:VEVENT
UID:1@example.org
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
 TRUE;CN=bob@example.com;X-NUM-GUESTS=0:mailto:bob@example.com
END:VEVENT
END:VCALENDAR

--000000000000a1b2c3d4e5f60719--
--000000000000a1b2c3d4e5f60718
Content-Type: application/ics; name="invite.ics"
Content-Disposition: attachment; filename="invite.ics"
Content-Transfer-Encoding: base64

QkVHSU46VkNBTEVOREFSDQpWRVJTSU9OOjIuMA0KRU5EOlZDQUxFTkRBUg0K
--000000000000a1b2c3d4e5f60718--
""",
    "empty-body": """\
{header}
Content-Type: multipart/alternative; boundary="000000000000a1b2c3d4e5f60718"

--000000000000a1b2c3d4e5f60718
Content-Type: text/plain; charset="UTF-8"



--000000000000a1b2c3d4e5f60718
Content-Type: text/html; charset="UTF-8"

<div dir="ltr"><br></div>

--000000000000a1b2c3d4e5f60718--
""",
    "signature-headers": """\
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
        d=example.org; s=20230601; t=1700654400; x=1701259200;
        h=to:subject:message-id:date:from:mime-version:content-type
         :content-transfer-encoding:from:to:cc;
        bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;
        b=AbCd
X-Google-DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
        d=1e100.example; s=20230601;
        h=to:subject:message-id:date:from:mime-version:x-gm-message-state;
        b=EfGh
X-Gm-Message-State: AOJu0YwAbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMn
\tOpQrStUvWxYz==
{header}
Content-Type: text/plain; charset="UTF-8"

hello
""",
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
