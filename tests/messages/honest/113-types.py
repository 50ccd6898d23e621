"""Content-Type and other fields with odd spacing and odd spelling that every reader reads the same."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "no-blank": """\
{header}
Content-Type:text/plain;charset=utf-8

Hello
""",
    "many-blanks": """\
{header}
Content-Type:   text/plain  ;   charset=utf-8 \x20

Hello
""",
    "tab": """\
{header}
Content-Type:\ttext/plain;\tcharset=utf-8

Hello
""",
    "folded-at-once": """\
{header}
Content-Type:
 text/plain; charset=utf-8

Hello
""",
    "folded-everywhere": """\
{header}
Content-Type: text/plain;
 charset=utf-8;
 format=flowed;
 delsp=yes

Hello
""",
    "upper-case": """\
{header}
Content-Type: TEXT/PLAIN; CHARSET=US-ASCII

Hello
""",
    "no-subtype": """\
{header}
Content-Type: text

Hello
""",
    "empty": """\
{header}
Content-Type:

Hello
""",
    "empty-charset": """\
{header}
Content-Type: text/plain; charset=

Hello
""",
    "empty-quoted-charset": """\
{header}
Content-Type: text/plain; charset=""

Hello
""",
    "semicolon": """\
{header}
Content-Type: text/plain;

Hello
""",
    "two-semicolons": """\
{header}
Content-Type: text/plain;; charset=utf-8

Hello
""",
    "comment": """\
{header}
Content-Type: text/plain; charset=us-ascii (Plain text)

Hello
""",
    "quoted-charset": """\
{header}
Content-Type: text/plain; charset="utf-8"

Hello
""",
    "single-quoted-charset": """\
{header}
Content-Type: text/plain; charset='utf-8'

Hello
""",
    "charset-twice": """\
{header}
Content-Type: text/plain; charset=utf-8; charset=utf-8

Hello
""",
    "blanks-around-equals": """\
{header}
Content-Type: text/plain; charset = utf-8

Hello
""",
    "unknown-type": """\
{header}
Content-Type: x-unknown/x-unknown

Hello
""",
    "boundary-of-nothing": """\
{header}
Content-Type: text/plain; charset=utf-8; boundary="----=_x"

Hello
""",
    "boundary-with-blank-before": """\
{header}
Content-Type: multipart/alternative; boundary= "b1"

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
    "boundary-with-blanks-around": """\
{header}
Content-Type: multipart/alternative; boundary = "b1"

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
    "boundary-folded": """\
{header}
Content-Type: multipart/alternative; boundary=
 "b1"

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
    "boundary-first": """\
{header}
Content-Type: multipart/related; boundary="b1"; type="text/html"; start="<1@example.org>"

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
    "boundary-last": """\
{header}
Content-Type: multipart/alternative; charset="utf-8"; format=flowed; boundary="b1"

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
    "boundary-unquoted": """\
{header}
Content-Type: multipart/alternative; boundary=b1

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
    "boundary-unquoted-semicolon": """\
{header}
Content-Type: multipart/alternative; boundary=b1;
 charset=utf-8

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
    "boundary-unquoted-with-equals": """\
{header}
Content-Type: multipart/alternative; boundary==_b1=

--=_b1=
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--=_b1=
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--=_b1=--
""",
    "boundary-unquoted-with-specials": """\
{header}
Content-Type: multipart/alternative; boundary=----=_Part_1:2/3?4

------=_Part_1:2/3?4
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

------=_Part_1:2/3?4
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

------=_Part_1:2/3?4--
""",
    "boundary-trailing-semicolon": """\
{header}
Content-Type: multipart/alternative; boundary="b1";

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
    "boundary-upper-case-word": """\
{header}
Content-Type: MULTIPART/ALTERNATIVE; BOUNDARY="b1"

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
    "boundary-comment-behind": """\
{header}
Content-Type: multipart/alternative; boundary="b1" (made by a program)

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
    "charset-of-a-multipart": """\
{header}
Content-Type: multipart/mixed; charset="iso-8859-1"; boundary="b1"
Content-Disposition: inline
Content-Transfer-Encoding: binary

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
    "signed-headers": """\
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=example.org; s=mail;
\tt=1700654400; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;
\th=From:To:Subject:Date:MIME-Version:
\t Content-Type:Content-Transfer-Encoding:From;
\tb=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789
{header}
Content-Type: text/plain

Hello
""",
    "signed-headers-own-line": """\
DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=mail; h=From:To:
 Content-Type:Subject:
 Content-Transfer-Encoding:Content-Disposition; b=AbCd
{header}
Content-Type: text/plain

Hello
""",
    "signed-headers-with-blanks": """\
DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=mail;
 h=From : To : Subject :
 Content-Type : Content-Transfer-Encoding : MIME-Version; b=AbCd
{header}
Content-Type: text/plain

Hello
""",
    "old-signed-headers": """\
DomainKey-Signature: a=rsa-sha1; s=mail; d=example.org; c=nofws; q=dns;
\th=From:To:Subject:
\tContent-Type; b=AbCd
{header}
Content-Type: text/plain

Hello
""",
    "signed-headers-copied": """\
DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=mail; h=from:content-type;
 z=From:alice@example.org|Subject:a=20test|
 Content-Type:text/plain|Content-Transfer-Encoding:7bit; b=AbCd
{header}
Content-Type: text/plain

Hello
""",
    "private-copies": """\
{header}
X-Content-Type: multipart/mixed; boundary="x"
X-Original-Content-Type: text/html
X-Content-Transfer-Encoding: base64
X-MIME-Autoconverted: from quoted-printable to 8bit by mail.example.org id 1
Original-Content-Type: text/plain
Content-Type: text/plain

Hello
""",
    "other-content-fields": """\
{header}
Content-Language: en
Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==
Content-Length: 6
Content-Class: urn:content-classes:message
Content-Return: allowed
Content-Features: a
Content-Duration: 1
Content-Base: http://www.example.com/
Content-Type: text/plain

Hello
""",
    "disposition-of-the-message": """\
{header}
Content-Disposition: inline
Content-Type: text/plain

Hello
""",
    "comments-mention-fields": """\
{header}
Comments: the field
\tcontent-type is set
Keywords: mime, content-type, content-disposition
Content-Type: text/plain

Hello
""",
    "spam-report-in-the-header": """\
X-Spam-Report:\x20
\t*  0.0 HTML_MESSAGE BODY: HTML included in message
\t*  0.1 MISSING_MIME Content-Type: is missing
\t*  1.0 BASE64 RAW: Content-Transfer-Encoding: base64 is used
\t*      [text/html]
{header}
Content-Type: text/plain

Hello
""",
    "spam-status-with-blank-fold": """\
X-Spam-Status: No, score=0.0 required=5.0
\ttests=HTML_MESSAGE,MIME_HTML_ONLY
\x20
\tautolearn=no
{header}
Content-Type: text/plain

Hello
""",
    "long-folded-references": """\
{header}
References: <0.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <1.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <2.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <3.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <4.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <5.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <6.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <7.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <8.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <9.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <10.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <11.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <12.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <13.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <14.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <15.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <16.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <17.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <18.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <19.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <20.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <21.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <22.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <23.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <24.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <25.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <26.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <27.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <28.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <29.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <30.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <31.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <32.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <33.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <34.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <35.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <36.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <37.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <38.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <39.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <40.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <41.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <42.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <43.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <44.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <45.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <46.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <47.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <48.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <49.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <50.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <51.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <52.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <53.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <54.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <55.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <56.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <57.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <58.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
 <59.0a1b2c3d4e5f60718293a4b5c6d7e8f9@mail.example.org>
Content-Type: text/plain

Hello
""",
    "many-received": """\
Received: from mail0.example.org (mail0.example.org [192.0.2.0])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail1.example.org (Postfix) with ESMTPS id 0A1B2C0
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:00 +0000 (UTC)
Received: from mail1.example.org (mail1.example.org [192.0.2.1])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail2.example.org (Postfix) with ESMTPS id 0A1B2C1
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:01 +0000 (UTC)
Received: from mail2.example.org (mail2.example.org [192.0.2.2])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail3.example.org (Postfix) with ESMTPS id 0A1B2C2
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:02 +0000 (UTC)
Received: from mail3.example.org (mail3.example.org [192.0.2.3])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail4.example.org (Postfix) with ESMTPS id 0A1B2C3
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:03 +0000 (UTC)
Received: from mail4.example.org (mail4.example.org [192.0.2.4])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail5.example.org (Postfix) with ESMTPS id 0A1B2C4
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:04 +0000 (UTC)
Received: from mail5.example.org (mail5.example.org [192.0.2.5])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail6.example.org (Postfix) with ESMTPS id 0A1B2C5
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:05 +0000 (UTC)
Received: from mail6.example.org (mail6.example.org [192.0.2.6])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail7.example.org (Postfix) with ESMTPS id 0A1B2C6
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:06 +0000 (UTC)
Received: from mail7.example.org (mail7.example.org [192.0.2.7])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail8.example.org (Postfix) with ESMTPS id 0A1B2C7
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:07 +0000 (UTC)
Received: from mail8.example.org (mail8.example.org [192.0.2.8])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail9.example.org (Postfix) with ESMTPS id 0A1B2C8
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:08 +0000 (UTC)
Received: from mail9.example.org (mail9.example.org [192.0.2.9])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail10.example.org (Postfix) with ESMTPS id 0A1B2C9
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:09 +0000 (UTC)
Received: from mail10.example.org (mail10.example.org [192.0.2.10])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail11.example.org (Postfix) with ESMTPS id 0A1B2C10
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:10 +0000 (UTC)
Received: from mail11.example.org (mail11.example.org [192.0.2.11])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail12.example.org (Postfix) with ESMTPS id 0A1B2C11
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:11 +0000 (UTC)
Received: from mail12.example.org (mail12.example.org [192.0.2.12])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail13.example.org (Postfix) with ESMTPS id 0A1B2C12
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:12 +0000 (UTC)
Received: from mail13.example.org (mail13.example.org [192.0.2.13])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail14.example.org (Postfix) with ESMTPS id 0A1B2C13
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:13 +0000 (UTC)
Received: from mail14.example.org (mail14.example.org [192.0.2.14])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail15.example.org (Postfix) with ESMTPS id 0A1B2C14
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:14 +0000 (UTC)
Received: from mail15.example.org (mail15.example.org [192.0.2.15])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail16.example.org (Postfix) with ESMTPS id 0A1B2C15
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:15 +0000 (UTC)
Received: from mail16.example.org (mail16.example.org [192.0.2.16])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail17.example.org (Postfix) with ESMTPS id 0A1B2C16
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:16 +0000 (UTC)
Received: from mail17.example.org (mail17.example.org [192.0.2.17])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail18.example.org (Postfix) with ESMTPS id 0A1B2C17
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:17 +0000 (UTC)
Received: from mail18.example.org (mail18.example.org [192.0.2.18])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail19.example.org (Postfix) with ESMTPS id 0A1B2C18
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:18 +0000 (UTC)
Received: from mail19.example.org (mail19.example.org [192.0.2.19])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail20.example.org (Postfix) with ESMTPS id 0A1B2C19
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:19 +0000 (UTC)
Received: from mail20.example.org (mail20.example.org [192.0.2.20])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail21.example.org (Postfix) with ESMTPS id 0A1B2C20
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:20 +0000 (UTC)
Received: from mail21.example.org (mail21.example.org [192.0.2.21])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail22.example.org (Postfix) with ESMTPS id 0A1B2C21
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:21 +0000 (UTC)
Received: from mail22.example.org (mail22.example.org [192.0.2.22])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail23.example.org (Postfix) with ESMTPS id 0A1B2C22
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:22 +0000 (UTC)
Received: from mail23.example.org (mail23.example.org [192.0.2.23])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail24.example.org (Postfix) with ESMTPS id 0A1B2C23
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:23 +0000 (UTC)
Received: from mail24.example.org (mail24.example.org [192.0.2.24])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail25.example.org (Postfix) with ESMTPS id 0A1B2C24
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:24 +0000 (UTC)
Received: from mail25.example.org (mail25.example.org [192.0.2.25])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail26.example.org (Postfix) with ESMTPS id 0A1B2C25
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:25 +0000 (UTC)
Received: from mail26.example.org (mail26.example.org [192.0.2.26])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail27.example.org (Postfix) with ESMTPS id 0A1B2C26
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:26 +0000 (UTC)
Received: from mail27.example.org (mail27.example.org [192.0.2.27])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail28.example.org (Postfix) with ESMTPS id 0A1B2C27
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:27 +0000 (UTC)
Received: from mail28.example.org (mail28.example.org [192.0.2.28])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail29.example.org (Postfix) with ESMTPS id 0A1B2C28
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:28 +0000 (UTC)
Received: from mail29.example.org (mail29.example.org [192.0.2.29])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mail30.example.org (Postfix) with ESMTPS id 0A1B2C29
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:29 +0000 (UTC)
{header}
Content-Type: text/plain

Hello
""",
    "long-field-without-fold": """\
{header}
X-Data: AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123\
456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz012345\
6789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz01234567\
89AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789\
AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789Ab\
CdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCd\
EfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEf\
GhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGh\
IjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIj\
KlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKl\
MnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMn\
OpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOp\
QrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQr\
StUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrSt\
UvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUv\
WxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWx\
Yz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz\
0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz01\
23456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123\
456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz0123456789
Content-Type: text/plain

Hello
""",
    "many-recipients": """\
{header}
Cc: "Person 0" <person0@example.com>,
\t"Person 1" <person1@example.com>,
\t"Person 2" <person2@example.com>,
\t"Person 3" <person3@example.com>,
\t"Person 4" <person4@example.com>,
\t"Person 5" <person5@example.com>,
\t"Person 6" <person6@example.com>,
\t"Person 7" <person7@example.com>,
\t"Person 8" <person8@example.com>,
\t"Person 9" <person9@example.com>,
\t"Person 10" <person10@example.com>,
\t"Person 11" <person11@example.com>,
\t"Person 12" <person12@example.com>,
\t"Person 13" <person13@example.com>,
\t"Person 14" <person14@example.com>,
\t"Person 15" <person15@example.com>,
\t"Person 16" <person16@example.com>,
\t"Person 17" <person17@example.com>,
\t"Person 18" <person18@example.com>,
\t"Person 19" <person19@example.com>,
\t"Person 20" <person20@example.com>,
\t"Person 21" <person21@example.com>,
\t"Person 22" <person22@example.com>,
\t"Person 23" <person23@example.com>,
\t"Person 24" <person24@example.com>,
\t"Person 25" <person25@example.com>,
\t"Person 26" <person26@example.com>,
\t"Person 27" <person27@example.com>,
\t"Person 28" <person28@example.com>,
\t"Person 29" <person29@example.com>,
\t"Person 30" <person30@example.com>,
\t"Person 31" <person31@example.com>,
\t"Person 32" <person32@example.com>,
\t"Person 33" <person33@example.com>,
\t"Person 34" <person34@example.com>,
\t"Person 35" <person35@example.com>,
\t"Person 36" <person36@example.com>,
\t"Person 37" <person37@example.com>,
\t"Person 38" <person38@example.com>,
\t"Person 39" <person39@example.com>,
\t"Person 40" <person40@example.com>,
\t"Person 41" <person41@example.com>,
\t"Person 42" <person42@example.com>,
\t"Person 43" <person43@example.com>,
\t"Person 44" <person44@example.com>,
\t"Person 45" <person45@example.com>,
\t"Person 46" <person46@example.com>,
\t"Person 47" <person47@example.com>,
\t"Person 48" <person48@example.com>,
\t"Person 49" <person49@example.com>,
\t"Person 50" <person50@example.com>,
\t"Person 51" <person51@example.com>,
\t"Person 52" <person52@example.com>,
\t"Person 53" <person53@example.com>,
\t"Person 54" <person54@example.com>,
\t"Person 55" <person55@example.com>,
\t"Person 56" <person56@example.com>,
\t"Person 57" <person57@example.com>,
\t"Person 58" <person58@example.com>,
\t"Person 59" <person59@example.com>,
\t"Person 60" <person60@example.com>,
\t"Person 61" <person61@example.com>,
\t"Person 62" <person62@example.com>,
\t"Person 63" <person63@example.com>,
\t"Person 64" <person64@example.com>,
\t"Person 65" <person65@example.com>,
\t"Person 66" <person66@example.com>,
\t"Person 67" <person67@example.com>,
\t"Person 68" <person68@example.com>,
\t"Person 69" <person69@example.com>,
\t"Person 70" <person70@example.com>,
\t"Person 71" <person71@example.com>,
\t"Person 72" <person72@example.com>,
\t"Person 73" <person73@example.com>,
\t"Person 74" <person74@example.com>,
\t"Person 75" <person75@example.com>,
\t"Person 76" <person76@example.com>,
\t"Person 77" <person77@example.com>,
\t"Person 78" <person78@example.com>,
\t"Person 79" <person79@example.com>,
\t"Person 80" <person80@example.com>,
\t"Person 81" <person81@example.com>,
\t"Person 82" <person82@example.com>,
\t"Person 83" <person83@example.com>,
\t"Person 84" <person84@example.com>,
\t"Person 85" <person85@example.com>,
\t"Person 86" <person86@example.com>,
\t"Person 87" <person87@example.com>,
\t"Person 88" <person88@example.com>,
\t"Person 89" <person89@example.com>,
\t"Person 90" <person90@example.com>,
\t"Person 91" <person91@example.com>,
\t"Person 92" <person92@example.com>,
\t"Person 93" <person93@example.com>,
\t"Person 94" <person94@example.com>,
\t"Person 95" <person95@example.com>,
\t"Person 96" <person96@example.com>,
\t"Person 97" <person97@example.com>,
\t"Person 98" <person98@example.com>,
\t"Person 99" <person99@example.com>,
\t"Person 100" <person100@example.com>,
\t"Person 101" <person101@example.com>,
\t"Person 102" <person102@example.com>,
\t"Person 103" <person103@example.com>,
\t"Person 104" <person104@example.com>,
\t"Person 105" <person105@example.com>,
\t"Person 106" <person106@example.com>,
\t"Person 107" <person107@example.com>,
\t"Person 108" <person108@example.com>,
\t"Person 109" <person109@example.com>,
\t"Person 110" <person110@example.com>,
\t"Person 111" <person111@example.com>,
\t"Person 112" <person112@example.com>,
\t"Person 113" <person113@example.com>,
\t"Person 114" <person114@example.com>,
\t"Person 115" <person115@example.com>,
\t"Person 116" <person116@example.com>,
\t"Person 117" <person117@example.com>,
\t"Person 118" <person118@example.com>,
\t"Person 119" <person119@example.com>,
\t"Person 120" <person120@example.com>,
\t"Person 121" <person121@example.com>,
\t"Person 122" <person122@example.com>,
\t"Person 123" <person123@example.com>,
\t"Person 124" <person124@example.com>,
\t"Person 125" <person125@example.com>,
\t"Person 126" <person126@example.com>,
\t"Person 127" <person127@example.com>,
\t"Person 128" <person128@example.com>,
\t"Person 129" <person129@example.com>,
\t"Person 130" <person130@example.com>,
\t"Person 131" <person131@example.com>,
\t"Person 132" <person132@example.com>,
\t"Person 133" <person133@example.com>,
\t"Person 134" <person134@example.com>,
\t"Person 135" <person135@example.com>,
\t"Person 136" <person136@example.com>,
\t"Person 137" <person137@example.com>,
\t"Person 138" <person138@example.com>,
\t"Person 139" <person139@example.com>,
\t"Person 140" <person140@example.com>,
\t"Person 141" <person141@example.com>,
\t"Person 142" <person142@example.com>,
\t"Person 143" <person143@example.com>,
\t"Person 144" <person144@example.com>,
\t"Person 145" <person145@example.com>,
\t"Person 146" <person146@example.com>,
\t"Person 147" <person147@example.com>,
\t"Person 148" <person148@example.com>,
\t"Person 149" <person149@example.com>,
\t"Person 150" <person150@example.com>,
\t"Person 151" <person151@example.com>,
\t"Person 152" <person152@example.com>,
\t"Person 153" <person153@example.com>,
\t"Person 154" <person154@example.com>,
\t"Person 155" <person155@example.com>,
\t"Person 156" <person156@example.com>,
\t"Person 157" <person157@example.com>,
\t"Person 158" <person158@example.com>,
\t"Person 159" <person159@example.com>,
\t"Person 160" <person160@example.com>,
\t"Person 161" <person161@example.com>,
\t"Person 162" <person162@example.com>,
\t"Person 163" <person163@example.com>,
\t"Person 164" <person164@example.com>,
\t"Person 165" <person165@example.com>,
\t"Person 166" <person166@example.com>,
\t"Person 167" <person167@example.com>,
\t"Person 168" <person168@example.com>,
\t"Person 169" <person169@example.com>,
\t"Person 170" <person170@example.com>,
\t"Person 171" <person171@example.com>,
\t"Person 172" <person172@example.com>,
\t"Person 173" <person173@example.com>,
\t"Person 174" <person174@example.com>,
\t"Person 175" <person175@example.com>,
\t"Person 176" <person176@example.com>,
\t"Person 177" <person177@example.com>,
\t"Person 178" <person178@example.com>,
\t"Person 179" <person179@example.com>,
\t"Person 180" <person180@example.com>,
\t"Person 181" <person181@example.com>,
\t"Person 182" <person182@example.com>,
\t"Person 183" <person183@example.com>,
\t"Person 184" <person184@example.com>,
\t"Person 185" <person185@example.com>,
\t"Person 186" <person186@example.com>,
\t"Person 187" <person187@example.com>,
\t"Person 188" <person188@example.com>,
\t"Person 189" <person189@example.com>,
\t"Person 190" <person190@example.com>,
\t"Person 191" <person191@example.com>,
\t"Person 192" <person192@example.com>,
\t"Person 193" <person193@example.com>,
\t"Person 194" <person194@example.com>,
\t"Person 195" <person195@example.com>,
\t"Person 196" <person196@example.com>,
\t"Person 197" <person197@example.com>,
\t"Person 198" <person198@example.com>,
\t"Person 199" <person199@example.com>
Content-Type: text/plain

Hello
""",
    "raw-8-bit-subject": """\
From: Alic\xe9 <alice@example.org>
To: bob@example.com
Subject: Gr\xfc\xdfe
MIME-Version: 1.0
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: 8bit

Gr\xfc\xdfe
""",
    "raw-utf-8-subject": """\
From: Alic\xc3\xa9 <alice@example.org>
To: bob@example.com
Subject: Gr\xc3\xbc\xc3\x9fe
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Gr\xc3\xbc\xc3\x9fe
""",
    "blank-before-the-colon": """\
{header}
X-Other : 1
Content-Type: text/plain

Hello
""",
    "empty-fields": """\
{header}
X-Other:
X-Another:\x20
References:
Content-Type: text/plain

Hello
""",
    "mbox-line": """\
From alice@example.org Sun Nov 22 12:00:00 2026
{header}
Content-Type: text/plain

Hello
""",
    "nothing-but-subject": """\
Subject: a test

Hello
""",
    "no-body": """\
{header}
Content-Type: text/plain
""",
    "no-body-no-blank-line": """\
{header}
""",
    "numeric-field-name": """\
{header}
X-1234: 1
1: 2
Content-Type: text/plain

Hello
""",
    "mime-version-comment": """\
From: alice@example.org
To: bob@example.com
MIME-Version: 1.0 (produced by MetaSend Vx.x)
Content-Type: text/plain

Hello
""",
    "sender-of-many-lines": """\
{header}
X-Face: AbC\\dE'fG/hI{jK|lM}nO~pQ!rS"tU#vW$xY%zZ&0(1)2*3+4,5-6.7
 8:9;<=>?@[]^_`
Content-Type: text/plain

Hello
""",
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
