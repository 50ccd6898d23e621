"""Text files that are attached as they are and whose letters happen to be those of an encoding."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "checksum": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="report.sha256"
Content-Disposition: attachment; filename="report.sha256"

e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
--b1--
""",
    "checksum-with-name": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="report.md5"
Content-Disposition: attachment; filename="report.md5"

d41d8cd98f00b204e9800998ecf8427e  report.pdf
--b1--
""",
    "names": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="names.txt"
Content-Disposition: attachment; filename="names.txt"

Alice
Bob
Carol
Dave
Erin
Frank
Grace
Heidi
Ivan
Judy
Mallory
Niaj
Olivia
Peggy
Rupert
Sybil
--b1--
""",
    "long-names": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="names.txt"
Content-Disposition: attachment; filename="names.txt"

Donaudampfschifffahrtsgesellschaft
Rindfleischetikettierungsueberwachung
Kraftfahrzeughaftpflichtversicherung
--b1--
""",
    "sequence": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="sequence.txt"
Content-Disposition: attachment; filename="sequence.txt"

ACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGT
TTGACAATTGACAATTGACAATTGACAATTGACAATTGACAATTGACAATTGACAATTGA
--b1--
""",
    "key": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="key.txt"
Content-Disposition: attachment; filename="key.txt"

MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=
--b1--
""",
    "encoded-picture": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="picture.b64"
Content-Disposition: attachment; filename="picture.b64"

iVBORw0KGgoAAAANSUhEUsAsC5ZeAjq+6AjytUjY1Rk6i1Ipvm8xIabxbi1BpEmzfclvd2yEI+V6
J4VImj+cQ/tudWh21q2anKxKpOcuwZNIFNkgk6yKD0ohY6uH3uUJujBqWPWIi+Dtyy/NBxICi3ao
J3NH9SUw4c+XkXWheJgLOhgNF2FlyYXYX34ULx7tSGusxcLYpxpz1Rv45SLeqiZOwmKNyilV2h6b
jgDyGUM8VmGXSUI3lhS5Q9BZPkpeP4WQCrP7TOBkclwVzLk6AS9dpumSG6p5R1nun0s2JVW8s8Fk
brUfZxJTtdfXELde4bCs+GuWIbjBPKF7svKiPWYr+pQEU9jol6d+OdnovVmS7pPeAuqH21MCmPTW
bGOYTyCmiZAZ49qxoY0j
--b1--
""",
    "pem": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="cert.pem"
Content-Disposition: attachment; filename="cert.pem"

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
    "numbers": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="numbers.csv"
Content-Disposition: attachment; filename="numbers.csv"

31415926535897932384626433832795028841971693993751
31415926535897932384626433832795028841971693993752
31415926535897932384626433832795028841971693993753
31415926535897932384626433832795028841971693993754
31415926535897932384626433832795028841971693993755
31415926535897932384626433832795028841971693993756
31415926535897932384626433832795028841971693993757
31415926535897932384626433832795028841971693993758
--b1--
""",
    "serials": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="serials.txt"
Content-Disposition: attachment; filename="serials.txt"

CFCD208495D565EF66E7DFF9F98764DA
C4CA4238A0B923820DCC509A6F75849B
C81E728D9D4C2F636F067F89CC14862C
ECCBC87E4B5CE2FE28308FD9F2A7BAF3
A87FF679A2F3E71D9181A67B7542122C
E4DA3B7FBBCE2345D7772B0674A318D5
1679091C5A880FAF6FB5E6087EB1B2DC
8F14E45FCEEA167A5A36DEDD4BEA2543
--b1--
""",
    "eml-source": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="source.txt"
Content-Disposition: attachment; filename="source.txt"

From: carol@example.net
Subject: lunch
MIME-Version: 1.0
Content-Type: text/plain

At one?

--b1--
""",
    "log": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="mail.log"
Content-Disposition: attachment; filename="mail.log"

Nov 22 12:00:00 mail qmail: new msg 1
Nov 22 12:00:00 mail qmail: end msg 1
--b1--
""",
    "csv": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/csv; name="data.csv"
Content-Disposition: attachment; filename="data.csv"

a;b;c
1;2;3
--b1--
""",
    "page": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/html; name="page.html"
Content-Disposition: attachment; filename="page.html"

<html><body>hello</body></html>
--b1--
""",
    "style": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/css; name="style.css"
Content-Disposition: attachment; filename="style.css"

p { background: url(data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==) }
--b1--
""",
    "json": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/json; name="data.json"
Content-Disposition: attachment; filename="data.json"

{"a": "aGVsbG8gd29ybGQ="}
--b1--
""",
    "drawing": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: image/svg+xml; name="drawing.svg"
Content-Disposition: attachment; filename="drawing.svg"

<svg xmlns="http://www.w3.org/2000/svg"><image href="data:image/png;base64,iVBORw0KGgoAAAANSUhEUrcKFO4eFdeqlL2\
BDsBvTLd6NG6PM672v+rj18RELXqT7DFoL95WGReVL/eKeore/9D+vDct0mhxkWxGxg=="/></svg>
--b1--
""",
    "crlf-lines": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="notes.txt"
Content-Disposition: attachment; filename="notes.txt"

one\r
two\r
three\r
--b1--
""",
    "old-mac-lines": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="notes.txt"
Content-Disposition: attachment; filename="notes.txt"

one\rtwo\rthree\r
--b1--
""",
    "patch": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/x-patch; name="mend.patch"
Content-Disposition: attachment; filename="mend.patch"

--- a/a.c
+++ b/a.c
@@ -1 +1 @@
-a
+b
--\x20
2.40.0
--b1--
""",
    "quoted-printable-text": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="notes.txt"
Content-Transfer-Encoding: quoted-printable
Content-Disposition: attachment; filename="notes.txt"

Gr=C3=BC=C3=9Fe, 3 =3D 3
--b1--
""",
    "quoted-printable-looking": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="notes.txt"
Content-Disposition: attachment; filename="notes.txt"

the escape =3D stands for an equals sign, =20 for a blank
--b1--
""",
    "uuencoded-looking": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="notes.txt"
Content-Disposition: attachment; filename="notes.txt"

begin 644 notes
and so on
end
--b1--
""",
    "hexadecimal": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="dump.hex"
Content-Disposition: attachment; filename="dump.hex"

f1534392279bddbf9d43dde8701cb5be14b82f76ec6607bf8d6ad557f60f304e
4a44dc15364204a80fe80e9039455cc1608281820fe2b24f1e5233ade6af1dd5
f5ca38f748a1d6eaf726b8a42fb575c3c71f1864a8143301782de13da2d9202b
624b60c58c9d8bfb6ff1886c2fd605d2adeb6ea4da576068201b6c6958ce93f4
--b1--
""",
    "intel-hex": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="firmware.hex"
Content-Disposition: attachment; filename="firmware.hex"

:10010000214601360121470136007EFE09D2190140
:00000001FF
--b1--
""",
    "licence": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="licence.key"
Content-Disposition: attachment; filename="licence.key"

ABCDE-FGHIJ-KLMNO-PQRST-UVWXY
--b1--
""",
    "licence-of-letters": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="licence.key"
Content-Disposition: attachment; filename="licence.key"

QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU2Nzg5QUJDREVGR0hJSktM
--b1--
""",
    "one-long-word": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="word.txt"
Content-Disposition: attachment; filename="word.txt"

aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\
aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
--b1--
""",
    "empty": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="empty.txt"
Content-Disposition: attachment; filename="empty.txt"


--b1--
""",
    "bank-statement": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="statement.sta"
Content-Disposition: attachment; filename="statement.sta"

:20:STARTUMS
:25:10020030/1234567890
:28C:1/1
:60F:C261122EUR100,00
-
--b1--
""",
    "edifact": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/edifact; name="order.edi"
Content-Disposition: attachment; filename="order.edi"

UNB+UNOA:1+A+B+261122:1200+1'UNH+1+ORDERS:D:96A:UN'UNT+2+1'UNZ+1+1'
--b1--
""",
    "mail-with-a-mark-in-front": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/octet-stream; name="letter.eml"
Content-Disposition: attachment; filename="letter.eml"

\xef\xbb\xbfReceived: by mail.example.org; Sun, 22 Nov 2026 12:00:00 +0000
Subject: a letter

hello
--b1--
""",
    "named-as-mail": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="note.eml"
Content-Disposition: attachment; filename="note.eml"

Note: this is no mail
and never was: one line of two

hello
--b1--
""",
    "named-as-a-document": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/msword; name="old.doc"
Content-Disposition: attachment; filename="old.doc"

Agenda: the report

Monday: the plans

Tuesday: lunch
--b1--
""",
    "page-with-addresses-and-references": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/html; name="page.html"
Content-Disposition: attachment; filename="page.html"

<p>data: A &amp; B, &auml;</p>
<img src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5
BAEAAAAALAAAAAABAAEAAAIBRAA7" alt="&nbsp;">
--b1--
""",
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
