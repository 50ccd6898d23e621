"""Footers that mailing lists and scanners put behind what they did not look into."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "behind-base64-text": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64
List-Id: list <list.example.org>

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxh
bnMgYWxvbmcuCgpBbGljZQo=

_______________________________________________
list mailing list
list@example.org
https://www.example.org/mailman/listinfo/list
""",
    "behind-base64-text-without-padding": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxh
bnMgYWxvbmcuCgpBbGljZQp4
_______________________________________________
list mailing list
list@example.org
https://www.example.org/mailman/listinfo/list
""",
    "behind-base64-html": """\
{header}
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

PHA+RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUg
cGxhbnMgYWxvbmcuCgpBbGljZQo8L3A+

_______________________________________________
list mailing list
list@example.org
https://www.example.org/mailman/listinfo/list
""",
    "behind-multipart": """\
{header}
Content-Type: multipart/alternative; boundary="b1"

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

_______________________________________________
list mailing list
list@example.org
https://www.example.org/mailman/listinfo/list
""",
    "behind-multipart-at-once": """\
{header}
Content-Type: multipart/alternative; boundary="b1"

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
_______________________________________________
list mailing list
list@example.org
https://www.example.org/mailman/listinfo/list
""",
    "behind-quoted-printable": """\
{header}
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe=20

_______________________________________________
list mailing list
list@example.org
https://www.example.org/mailman/listinfo/list
See https://www.example.org/?list=all&user=bob
""",
    "own-part": """\
{header}
Content-Type: multipart/mixed; boundary="===============0123456789012345678=="

--===============0123456789012345678==
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--===============0123456789012345678==
Content-Type: text/plain; charset="us-ascii"
MIME-Version: 1.0
Content-Transfer-Encoding: 7bit
Content-Disposition: inline

_______________________________________________
list mailing list
list@example.org
https://www.example.org/mailman/listinfo/list

--===============0123456789012345678==--
""",
    "around-a-multipart": """\
{header}
Content-Type: multipart/mixed; boundary="===============0123456789012345678=="

--===============0123456789012345678==
Content-Type: multipart/alternative; boundary="===============9876543210987654321=="

--===============9876543210987654321==
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--===============9876543210987654321==
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--===============9876543210987654321==--

--===============0123456789012345678==
Content-Type: text/plain; charset="us-ascii"
MIME-Version: 1.0
Content-Transfer-Encoding: base64
Content-Disposition: inline

X19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX18KbGlzdCBtYWls
aW5nIGxpc3QKbGlzdEBleGFtcGxlLm9yZwpodHRwczovL3d3dy5leGFtcGxlLm9yZy9tYWlsbWFu
L2xpc3RpbmZvL2xpc3QK
--===============0123456789012345678==--
""",
    "virus-scanner": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxh
bnMgYWxvbmcuCgpBbGljZQo=

---
This email has been checked for viruses by a scanner.
https://www.example.net
""",
    "one-word": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxh
bnMgYWxvbmcuCgpBbGljZQo=

Unsubscribe
""",
    "words-only": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxh
bnMgYWxvbmcuCgpBbGljZQo=

To unsubscribe send mail
Sent from my phone
""",
    "four-letter-words": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxh
bnMgYWxvbmcuCgpBbGljZQo=

list info
""",
    "disclaimer-behind-html": """\
{header}
Content-Type: text/html; charset="utf-8"

<html><body><p>Hello</p></body></html>

This message is confidential.
--
Example Inc.
""",
    "behind-signed": """\
{header}
Content-Type: multipart/signed; micalg=pgp-sha256; protocol="application/pgp-signature"; boundary="b1"

--b1
Content-Type: text/plain

Hello
--b1
Content-Type: application/pgp-signature; name="signature.asc"

-----BEGIN PGP SIGNATURE-----

iHUEABYKAB0WIQSAbCdEfGhIjKlMnOpQrStUvWxYzAUCZVzF8AAKCRAbCdEfGhIj
=abcd
-----END PGP SIGNATURE-----

--b1--

_______________________________________________
list mailing list
list@example.org
https://www.example.org/mailman/listinfo/list
""",
    "dashes-behind-multipart": """\
{header}
Content-Type: multipart/alternative; boundary="b1"

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

--\x20
list@example.org
--
To unsubscribe, send a message to list-unsubscribe@example.org
""",
    "behind-base64-in-a-part": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxh
bnMgYWxvbmcuCgpBbGljZQo=

_______________________________________________
list mailing list
list@example.org
https://www.example.org/mailman/listinfo/list

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
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
