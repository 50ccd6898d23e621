"""Signed mail, keys and certificates."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "pgp-mime": """\
{header}
Content-Type: multipart/signed; micalg=pgp-sha256;
 protocol="application/pgp-signature";
 boundary="------------0A1B2C3D"

This is an OpenPGP/MIME signed message (RFC 4880 and 3156)
--------------0A1B2C3D
Content-Type: multipart/mixed; boundary="------------4E5F6071";
 protected-headers="v1"
From: Alice <alice@example.org>
To: bob@example.com
Subject: a test

--------------4E5F6071
Content-Type: multipart/mixed; boundary="------------8293A4B5"

--------------8293A4B5
Content-Type: text/plain; charset=UTF-8; format=flowed
Content-Transfer-Encoding: quoted-printable

Hello

--=20
Alice

--------------8293A4B5
Content-Type: application/pgp-keys; name="OpenPGP_0x0A1B2C3D.asc"
Content-Disposition: attachment; filename="OpenPGP_0x0A1B2C3D.asc"
Content-Description: OpenPGP public key
Content-Transfer-Encoding: quoted-printable

-----BEGIN PGP PUBLIC KEY BLOCK-----
Version: GnuPG v2
Comment: an example

mDMEZVzF8BYJKwYBBAHaRw8BAQdAAbCdEfGhIjKlMnOpQrStUvWxYz0123456789
AbCdEfG0GkFsaWNlIDxhbGljZUBleGFtcGxlLm9yZz6IkAQTFggAOBYhBIBsJ0R8
=3Da1B2
-----END PGP PUBLIC KEY BLOCK-----

--------------8293A4B5--

--------------4E5F6071--

--------------0A1B2C3D
Content-Type: application/pgp-signature; name="OpenPGP_signature.asc"
Content-Description: OpenPGP digital signature
Content-Disposition: attachment; filename="OpenPGP_signature.asc"

-----BEGIN PGP SIGNATURE-----

iHUEABYKAB0WIQSAbCdEfGhIjKlMnOpQrStUvWxYzAUCZVzF8AAKCRAbCdEfGhIj
KlMnAP9AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnAQDEfGhI
jKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQAg==
=a1B2
-----END PGP SIGNATURE-----

--------------0A1B2C3D--
""",
    "smime-detached": """\
{header}
Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg="sha-256"; boundary="----AbC123"

This is an S/MIME signed message

------AbC123
Content-Type: text/plain

Hello

------AbC123
Content-Type: application/pkcs7-signature; name="smime.p7s"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="smime.p7s"

MCMGCSqGSIb3DQEHAqAWMBQCAQExADALBgkqhkiG9w0BBwExAA==

------AbC123--
""",
    "smime-detached-private-type": """\
{header}
Content-Type: multipart/signed; protocol="application/x-pkcs7-signature"; micalg=sha1; boundary="------------m\
s010203040506070809010203"

This is a cryptographically signed message in MIME format.

--------------ms010203040506070809010203
Content-Type: multipart/alternative; boundary="------------010203"

--------------010203
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--------------010203
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--------------010203--

--------------ms010203040506070809010203
Content-Type: application/x-pkcs7-signature; name="smime.p7s"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="smime.p7s"
Content-Description: S/MIME Cryptographic Signature

MCMGCSqGSIb3DQEHAqAWMBQCAQExADALBgkqhkiG9w0BBwExAA==

--------------ms010203040506070809010203--
""",
    "cleartext": """\
{header}
Content-Type: text/plain; charset=utf-8

-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Hello

- --\x20
Alice
- --- a dash
-----BEGIN PGP SIGNATURE-----

iHUEABYKAB0WIQSAbCdEfGhIjKlMnOpQrStUvWxYzAUCZVzF8AAKCRAbCdEfGhIj
KlMnAP9AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnAQDEfGhI
jKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQAg==
=a1B2
-----END PGP SIGNATURE-----
""",
    "key-in-text": """\
{header}
Content-Type: text/plain; charset=utf-8

my key:

-----BEGIN PGP PUBLIC KEY BLOCK-----
Version: GnuPG v2
Comment: an example

mDMEZVzF8BYJKwYBBAHaRw8BAQdAAbCdEfGhIjKlMnOpQrStUvWxYz0123456789
AbCdEfG0GkFsaWNlIDxhbGljZUBleGFtcGxlLm9yZz6IkAQTFggAOBYhBIBsJ0R8
=a1B2
-----END PGP PUBLIC KEY BLOCK-----
""",
    "key-without-armour-header": """\
{header}
Content-Type: text/plain; charset=utf-8

-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZVzF8BYJKwYBBAHaRw8BAQdAAbCdEfGhIjKlMnOpQrStUvWxYz0123456789
AbCdEfG0GkFsaWNlIDxhbGljZUBleGFtcGxlLm9yZz6IkAQTFggAOBYhBIBsJ0R8
=a1B2
-----END PGP PUBLIC KEY BLOCK-----
""",
    "key-attached": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/pgp-keys; name="key.asc"
Content-Disposition: attachment; filename="key.asc"

-----BEGIN PGP PUBLIC KEY BLOCK-----
Version: GnuPG v2
Comment: an example

mDMEZVzF8BYJKwYBBAHaRw8BAQdAAbCdEfGhIjKlMnOpQrStUvWxYz0123456789
AbCdEfG0GkFsaWNlIDxhbGljZUBleGFtcGxlLm9yZz6IkAQTFggAOBYhBIBsJ0R8
=a1B2
-----END PGP PUBLIC KEY BLOCK-----
--b1--
""",
    "certificate-attached": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/x-x509-ca-cert; name="server.crt"
Content-Disposition: attachment; filename="server.crt"

-----BEGIN CERTIFICATE-----
MIIDABIsWXCDvUOLf21yr3XQJZSImWR3EbgGvdLNgvppcT2z0PYxyh3bqNs7z8ue
BXzcmNA3nxvuAOdaVFFHon2t2YKcCr5RxuZlXYHeLQRNT7GUkx8FjAQmxnxyhdj1
ZX7WSnwcl98XwGaSSCKwrwmmUlFVSWLGHiMymu0EzRkCDcO4ABKj+gAMXcJu5ljD
xY4Szs1Y1kVc7D1WIfDHh2dbOKrQvz5u4dZo3hjJyiAKTxUgYvNFKD7mjK3+QSBP
IV116W21PJ1aLKcqhd3zpoHA2VZ4mfTEhjKi6bC+66DWk4SF8o1bDW+L4NqERtq+
eQRMue0P+jFQoAOTYVVAn+d4uIV+1qg3e5K0lHIZXxIBrzBDQdr0q7NkP4N+r7OA
ZhEfbZUUS0Typf9a
-----END CERTIFICATE-----
--b1--
""",
    "certificate-in-text": """\
{header}
Content-Type: text/plain

please install:

-----BEGIN CERTIFICATE-----
MIIDABIsWXCDvUOLf21yr3XQJZSImWR3EbgGvdLNgvppcT2z0PYxyh3bqNs7z8ue
BXzcmNA3nxvuAOdaVFFHon2t2YKcCr5RxuZlXYHeLQRNT7GUkx8FjAQmxnxyhdj1
ZX7WSnwcl98XwGaSSCKwrwmmUlFVSWLGHiMymu0EzRkCDcO4ABKj+gAMXcJu5ljD
xY4Szs1Y1kVc7D1WIfDHh2dbOKrQvz5u4dZo3hjJyiAKTxUgYvNFKD7mjK3+QSBP
IV116W21PJ1aLKcqhd3zpoHA2VZ4mfTEhjKi6bC+66DWk4SF8o1bDW+L4NqERtq+
eQRMue0P+jFQoAOTYVVAn+d4uIV+1qg3e5K0lHIZXxIBrzBDQdr0q7NkP4N+r7OA
ZhEfbZUUS0Typf9a
-----END CERTIFICATE-----

thanks
""",
    "request-attached": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/pkcs10; name="server.csr"
Content-Disposition: attachment; filename="server.csr"

-----BEGIN CERTIFICATE REQUEST-----
MIICADQcCj5nwxRnIPoblQSSfs5fXa762q1Gfd39L/BLoDm+x13owbfDrlJSCRJn
pzapv1cAHYDoJmizyzzQni9qQ8u+6YvxIOiQY4J1TGvlKGCsXbxlocpNvudXYmfY
/TNn4VjieRk0/dnP3W0OiSy2ykiUq8WFWd4OwE1RvCgButKRES8t+jEgXfP1+dsQ
lGDIuFBn19wn9weBwuTvkD7p8mom6rkNKwvnzRiJg+rgcbvM6N/pwvSLIKdIm0II
C0c2C3fsZ2o=
-----END CERTIFICATE REQUEST-----
--b1--
""",
    "ssh-key": """\
{header}
Content-Type: text/plain

ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCd alice@example.org
""",
    "ssh-key-attached": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="id_ed25519.pub"
Content-Disposition: attachment; filename="id_ed25519.pub"

ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCd alice@example.org
--b1--
""",
    "opaque-signed-text": """\
{header}
Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="smime.p7m"

MIFQBgkqhkiG9w0BBwKggUIwgT8CAQExADA2BgkqhkiG9w0BBwGgKQQnQ29udGVudC1UeXBlOiB0ZXh0L3BsYWluDQoNCkhlbGxvIEJvYg0KMQA=
""",
    "opaque-unsigned-certificates": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/pkcs7-mime; smime-type=certs-only; name="smime.p7c"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="smime.p7c"

MCMGCSqGSIb3DQEHAqAWMBQCAQExADALBgkqhkiG9w0BBwExAA==
--b1--
""",
    "mailman-signed-with-footer": """\
{header}
Content-Type: multipart/mixed; boundary="===============1=="

--===============1==
Content-Type: multipart/signed; micalg="pgp-sha512"; protocol="application/pgp-signature"; boundary="aVD9QWMuhilNxW9f"
Content-Disposition: inline


--aVD9QWMuhilNxW9f
Content-Type: text/plain; charset=us-ascii
Content-Disposition: inline

Hello

--aVD9QWMuhilNxW9f
Content-Type: application/pgp-signature; name="signature.asc"

-----BEGIN PGP SIGNATURE-----

iHUEABYKAB0WIQSAbCdEfGhIjKlMnOpQrStUvWxYzAUCZVzF8AAKCRAbCdEfGhIj
KlMnAP9AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnAQDEfGhI
jKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQAg==
=a1B2
-----END PGP SIGNATURE-----

--aVD9QWMuhilNxW9f--

--===============1==
Content-Type: text/plain; charset="us-ascii"

_______________________________________________
list mailing list
list@example.org

--===============1==--
""",
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
