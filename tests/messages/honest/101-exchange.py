"""Mail as Exchange writes it, and its reports."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "related-boundaries": """\
{header}
Content-Type: multipart/related;
\tboundary="_005_AM0PR07MB1234F0A1B2C3D4E5F60718293AAM0PR07MB1234example_";
\ttype="multipart/alternative"
X-MS-Exchange-Organization-AuthAs: Internal
X-MS-Exchange-CrossTenant-id: 8f1c0b52-3f8b-4a55-9d2e-0f7a6f1d2c3b
X-MS-Has-Attach: yes

--_005_AM0PR07MB1234F0A1B2C3D4E5F60718293AAM0PR07MB1234example_
Content-Type: multipart/alternative;
\tboundary="_000_AM0PR07MB1234F0A1B2C3D4E5F60718293AAM0PR07MB1234example_"

--_000_AM0PR07MB1234F0A1B2C3D4E5F60718293AAM0PR07MB1234example_
Content-Type: text/plain; charset="Windows-1252"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--_000_AM0PR07MB1234F0A1B2C3D4E5F60718293AAM0PR07MB1234example_
Content-Type: text/html; charset="Windows-1252"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--_000_AM0PR07MB1234F0A1B2C3D4E5F60718293AAM0PR07MB1234example_--

--_005_AM0PR07MB1234F0A1B2C3D4E5F60718293AAM0PR07MB1234example_
Content-Type: image/png; name="image001.png"
Content-Description: image001.png
Content-Disposition: inline; filename="image001.png"; size=512;
\tcreation-date="Sun, 22 Nov 2026 11:58:00 GMT"
Content-ID: <image001.png@01DA5B7C.3F2A1E40>
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUlyI56Im4RrRIEy40wzV1v9summ8MtpzE0ko4XyQxUCGi1zE337sfTKn
gU7KSvBHrjOy1SNCZncVaC4ZwlsLn6qsDwnA+L9eeksGPYYyVfFtjOmr5gDiiNk0zzE7y/9j6873
/BOjgYCTb/omNUiQiHeOBZ8HpdG+2lPxcZ01V3YxRJd3EksU

--_005_AM0PR07MB1234F0A1B2C3D4E5F60718293AAM0PR07MB1234example_--
""",
    "mixed-with-inner-unquoted": """\
{header}
Content-Type: multipart/mixed; boundary=_004_AM0PR07MB1234F0A1B2C3D4E5F60718293AAM0PR07MB1234example_
X-MS-Exchange-Organization-AuthAs: Internal
X-MS-Exchange-CrossTenant-id: 8f1c0b52-3f8b-4a55-9d2e-0f7a6f1d2c3b
X-MS-Has-Attach: yes

--_004_AM0PR07MB1234F0A1B2C3D4E5F60718293AAM0PR07MB1234example_
Content-Type: multipart/alternative; boundary=_000_AM0PR07MB1234F0A1B2C3D4E5F60718293AAM0PR07MB1234example_

--_000_AM0PR07MB1234F0A1B2C3D4E5F60718293AAM0PR07MB1234example_
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--_000_AM0PR07MB1234F0A1B2C3D4E5F60718293AAM0PR07MB1234example_
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--_000_AM0PR07MB1234F0A1B2C3D4E5F60718293AAM0PR07MB1234example_--

--_004_AM0PR07MB1234F0A1B2C3D4E5F60718293AAM0PR07MB1234example_
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=

--_004_AM0PR07MB1234F0A1B2C3D4E5F60718293AAM0PR07MB1234example_--
""",
    "non-delivery-report": """\
{header}
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="_f2f1a0b8-4d3b-4e9f-9a51-2f7a6c1e0d9b_"
X-MS-Exchange-Message-Is-Ndr:

--_f2f1a0b8-4d3b-4e9f-9a51-2f7a6c1e0d9b_
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="_7c1e0d9b-9a51-4e9f-4d3b-f2f1a0b82f7a_"

--_7c1e0d9b-9a51-4e9f-4d3b-f2f1a0b82f7a_
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--_7c1e0d9b-9a51-4e9f-4d3b-f2f1a0b82f7a_
Content-Type: text/html; charset="us-ascii"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--_7c1e0d9b-9a51-4e9f-4d3b-f2f1a0b82f7a_--

--_f2f1a0b8-4d3b-4e9f-9a51-2f7a6c1e0d9b_
Content-Type: message/delivery-status

Reporting-MTA: dns;mail.example.org
Received-From-MTA: dns;mail.example.com
Arrival-Date: Sun, 22 Nov 2026 12:00:00 +0000

Final-Recipient: rfc822;nobody@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp;550 5.1.1 RESOLVER.ADR.RecipNotFound; not found

--_f2f1a0b8-4d3b-4e9f-9a51-2f7a6c1e0d9b_
Content-Type: message/rfc822

From: Bob <bob@example.com>
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/alternative;
\tboundary="_000_1_"

--_000_1_
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--_000_1_
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--_000_1_--

--_f2f1a0b8-4d3b-4e9f-9a51-2f7a6c1e0d9b_--
""",
    "headers-only-report": """\
{header}
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="B_1"

--B_1
Content-Type: text/plain; charset=utf-8

not delivered
--B_1
Content-Type: message/delivery-status

Reporting-MTA: dns;mail.example.org

Final-Recipient: rfc822;nobody@example.org
Action: failed
Status: 5.1.1

--B_1
Content-Type: text/rfc822-headers

From: Bob <bob@example.com>
To: nobody@example.org
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="_004_2_"

--B_1--
""",
    "journal-report": """\
{header}
Content-Type: multipart/mixed; boundary="_j_"
X-MS-Journal-Report:

--_j_
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: 7bit

Sender: alice@example.org
Subject: plan
Message-Id: <2@example.org>
To: bob@example.com

--_j_
Content-Type: message/rfc822

From: alice@example.org
To: bob@example.com
Subject: plan
Content-Type: text/plain

hello
--_j_--
""",
    "mime-version-last": """\
From: Alice <alice@example.org>
To: bob@example.com
Subject: a test
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable
Content-Language: en-US
X-MS-Exchange-Organization-AuthAs: Internal
X-MS-Exchange-CrossTenant-id: 8f1c0b52-3f8b-4a55-9d2e-0f7a6f1d2c3b
X-MS-Has-Attach: yes
MIME-Version: 1.0
Return-Path: alice@example.org
Date: Sun, 22 Nov 2026 12:00:00 +0000

hello=20
""",
    "arc-headers": """\
ARC-Seal: i=1; a=rsa-sha256; s=arcselector9901; d=example.com; cv=none;
 b=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCd
 EfGhIjKlMnOp==
ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com;
 s=arcselector9901;
 h=From:Date:Subject:Message-ID:Content-Type:MIME-Version:X-MS-Exchange-SenderADCheck;
 bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;
 b=AbCdEfGh
ARC-Authentication-Results: i=1; mx.example.com; spf=pass; dkim=pass
{header}
Content-Type: text/plain; charset="us-ascii"
X-MS-Exchange-Organization-AuthAs: Internal
X-MS-Exchange-CrossTenant-id: 8f1c0b52-3f8b-4a55-9d2e-0f7a6f1d2c3b
X-MS-Has-Attach: yes

hello
""",
    "empty-html": """\
{header}
Content-Type: multipart/alternative; boundary="_0_"

--_0_
Content-Type: text/plain; charset="us-ascii"


--_0_
Content-Type: text/html; charset="us-ascii"


--_0_--
""",
    "return-receipt": """\
{header}
Content-Type: multipart/report; report-type=disposition-notification;
\tboundary="_r_"

--_r_
Content-Type: text/plain; charset="us-ascii"

Your message was read.

--_r_
Content-Type: message/disposition-notification
Content-Transfer-Encoding: 7bit

Reporting-UA: mail.example.org; Microsoft Outlook
Final-Recipient: rfc822;bob@example.com
Original-Message-ID: <2@example.org>
Disposition: automatic-action/MDN-sent-automatically; displayed
X-MSExch-Correlation-Key: AbCdEfGhIjKlMnOpQrStUv==

--_r_--
""",
    "quoted-printable-report": """\
{header}
Content-Type: multipart/report; report-type=disposition-notification;
\tboundary="_r_"

--_r_
Content-Type: text/html; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

<p>Your message was read.</p>

--_r_
Content-Type: message/disposition-notification

Final-recipient: RFC822; bob@example.com
Disposition: automatic-action/MDN-sent-automatically; displayed

--_r_--
""",
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
