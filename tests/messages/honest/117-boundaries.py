"""Boundaries as mail programs make them."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "mutt": """\
{header}
Content-Type: multipart/mixed; boundary="pf9I7BMVVzbSWLtt"

--pf9I7BMVVzbSWLtt
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--pf9I7BMVVzbSWLtt
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--pf9I7BMVVzbSWLtt--
""",
    "mutt-slash": """\
{header}
Content-Type: multipart/mixed; boundary="aVD9QWMuhilNxW9f/+"

--aVD9QWMuhilNxW9f/+
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--aVD9QWMuhilNxW9f/+
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--aVD9QWMuhilNxW9f/+--
""",
    "pine": """\
{header}
Content-Type: multipart/mixed; boundary="-1463811839-123456789-1700654400=:1234"

  This message is in MIME format.  The first part should be readable text,
  while the remaining parts are likely unreadable without MIME-aware tools.

---1463811839-123456789-1700654400=:1234
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
---1463811839-123456789-1700654400=:1234
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
---1463811839-123456789-1700654400=:1234--
""",
    "pine-nested": """\
{header}
Content-Type: multipart/mixed; boundary="-1463811839-123456789-1700654400=:1234"

---1463811839-123456789-1700654400=:1234
Content-Type: multipart/alternative; boundary="8323328-123456789-1700654400=:1234"

--8323328-123456789-1700654400=:1234
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--8323328-123456789-1700654400=:1234
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--8323328-123456789-1700654400=:1234--

---1463811839-123456789-1700654400=:1234
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
---1463811839-123456789-1700654400=:1234--
""",
    "evolution": """\
{header}
Content-Type: multipart/mixed; boundary="=-0A1B2c3D4e5F6071/8293"

--=-0A1B2c3D4e5F6071/8293
Content-Type: multipart/alternative; boundary="=-0A1B2c3D4e5F6071/8294"

--=-0A1B2c3D4e5F6071/8294
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--=-0A1B2c3D4e5F6071/8294
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--=-0A1B2c3D4e5F6071/8294--

--=-0A1B2c3D4e5F6071/8293
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--=-0A1B2c3D4e5F6071/8293--
""",
    "kmail": """\
{header}
Content-Type: multipart/mixed; boundary="nextPart1234567.AbCdEfGhIj"

--nextPart1234567.AbCdEfGhIj
Content-Type: multipart/alternative; boundary="nextPart1234567.AbCdEfGhIk"

--nextPart1234567.AbCdEfGhIk
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--nextPart1234567.AbCdEfGhIk
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--nextPart1234567.AbCdEfGhIk--

--nextPart1234567.AbCdEfGhIj
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--nextPart1234567.AbCdEfGhIj--
""",
    "kmail-dashes": """\
{header}
Content-Type: multipart/mixed; boundary="Boundary-00=_AbCdEfGhIjKlMnO"

--Boundary-00=_AbCdEfGhIjKlMnO
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--Boundary-00=_AbCdEfGhIjKlMnO
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--Boundary-00=_AbCdEfGhIjKlMnO--
""",
    "claws": """\
{header}
Content-Type: multipart/mixed; boundary="MP_/AbCdEfGhIjKlMnOpQr=stUv"

--MP_/AbCdEfGhIjKlMnOpQr=stUv
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--MP_/AbCdEfGhIjKlMnOpQr=stUv
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--MP_/AbCdEfGhIjKlMnOpQr=stUv--
""",
    "roundcube": """\
{header}
Content-Type: multipart/mixed; boundary="=_0a1b2c3d4e5f60718293a4b5c6d7e8f9"

--=_0a1b2c3d4e5f60718293a4b5c6d7e8f9
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--=_0a1b2c3d4e5f60718293a4b5c6d7e8f9
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--=_0a1b2c3d4e5f60718293a4b5c6d7e8f9--
""",
    "horde": """\
{header}
Content-Type: multipart/mixed; boundary="=_AbCdEfGhIjKlMnOpQrStUv1"

--=_AbCdEfGhIjKlMnOpQrStUv1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--=_AbCdEfGhIjKlMnOpQrStUv1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--=_AbCdEfGhIjKlMnOpQrStUv1--
""",
    "squirrelmail": """\
{header}
Content-Type: multipart/mixed; boundary="----=_20261122120000_12345"

------=_20261122120000_12345
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
------=_20261122120000_12345
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
------=_20261122120000_12345--
""",
    "squirrelmail-nested": """\
{header}
Content-Type: multipart/mixed; boundary="----=_20261122120000_12345"

------=_20261122120000_12345
Content-Type: multipart/alternative; boundary="----=_20261122120000_12346"

------=_20261122120000_12346
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

------=_20261122120000_12346
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

------=_20261122120000_12346--

------=_20261122120000_12345
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
------=_20261122120000_12345--
""",
    "eudora": """\
{header}
Content-Type: multipart/mixed; boundary="=====================_12345678==_"

--=====================_12345678==_
Content-Type: multipart/alternative; boundary="=====================_12345679==.ALT"

--=====================_12345679==.ALT
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--=====================_12345679==.ALT
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--=====================_12345679==.ALT--

--=====================_12345678==_
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--=====================_12345678==_--
""",
    "pegasus": """\
{header}
Content-Type: multipart/mixed; boundary="Message-Boundary-12345"

--Message-Boundary-12345
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--Message-Boundary-12345
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--Message-Boundary-12345--
""",
    "the-bat": """\
{header}
Content-Type: multipart/mixed; boundary="----------0A1B2C3D4E5F607"

------------0A1B2C3D4E5F607
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
------------0A1B2C3D4E5F607
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
------------0A1B2C3D4E5F607--
""",
    "groupwise": """\
{header}
Content-Type: multipart/mixed; boundary="=__Part0A1B2C3D.0__="

--=__Part0A1B2C3D.0__=
Content-Type: multipart/alternative; boundary="=__Part0A1B2C3D.1__="

--=__Part0A1B2C3D.1__=
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--=__Part0A1B2C3D.1__=
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--=__Part0A1B2C3D.1__=--

--=__Part0A1B2C3D.0__=
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--=__Part0A1B2C3D.0__=--
""",
    "java-mail": """\
{header}
Content-Type: multipart/mixed; boundary="----=_Part_0_1234567890.1700654400000"

------=_Part_0_1234567890.1700654400000
Content-Type: multipart/alternative; boundary="----=_Part_1_123456789.1700654400001"

------=_Part_1_123456789.1700654400001
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

------=_Part_1_123456789.1700654400001
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

------=_Part_1_123456789.1700654400001--

------=_Part_0_1234567890.1700654400000
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
------=_Part_0_1234567890.1700654400000--
""",
    "java-mail-prefix": """\
{header}
Content-Type: multipart/mixed; boundary="----=_Part_1_123"

------=_Part_1_123
Content-Type: multipart/alternative; boundary="----=_Part_1_1234"

------=_Part_1_1234
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

------=_Part_1_1234
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

------=_Part_1_1234--

------=_Part_1_123
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
------=_Part_1_123--
""",
    "perl-mime-lite": """\
{header}
Content-Type: multipart/mixed; boundary="_----------=_1700654400123450"

This is a multi-part message in MIME format.

--_----------=_1700654400123450
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--_----------=_1700654400123450
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--_----------=_1700654400123450--
""",
    "perl-mime-tools": """\
{header}
Content-Type: multipart/mixed; boundary="----------=_1700654400-1234-0"

------------=_1700654400-1234-0
Content-Type: multipart/alternative; boundary="----------=_1700654400-1234-1"

------------=_1700654400-1234-1
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

------------=_1700654400-1234-1
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

------------=_1700654400-1234-1--

------------=_1700654400-1234-0
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
------------=_1700654400-1234-0--
""",
    "perl-mime-tools-tens": """\
{header}
Content-Type: multipart/mixed; boundary="----------=_1700654400-1234-1"

------------=_1700654400-1234-1
Content-Type: multipart/alternative; boundary="----------=_1700654400-1234-10"

------------=_1700654400-1234-10
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

------------=_1700654400-1234-10
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

------------=_1700654400-1234-10--

------------=_1700654400-1234-1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
------------=_1700654400-1234-1--
""",
    "python": """\
{header}
Content-Type: multipart/mixed; boundary="===============1234567890123456789=="

--===============1234567890123456789==
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--===============1234567890123456789==
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--===============1234567890123456789==--
""",
    "python-retry": """\
{header}
Content-Type: multipart/mixed; boundary="===============1234567890123456789==.0"

--===============1234567890123456789==.0
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--===============1234567890123456789==.0
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--===============1234567890123456789==.0--
""",
    "ruby": """\
{header}
Content-Type: multipart/mixed; boundary="--==_mimepart_0a1b2c3d4e5f_12343fc1234567891"

----==_mimepart_0a1b2c3d4e5f_12343fc1234567891
Content-Type: multipart/alternative; boundary="--==_mimepart_0a1b2c3d4e5f_12343fc12345678910"

----==_mimepart_0a1b2c3d4e5f_12343fc12345678910
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

----==_mimepart_0a1b2c3d4e5f_12343fc12345678910
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

----==_mimepart_0a1b2c3d4e5f_12343fc12345678910--

----==_mimepart_0a1b2c3d4e5f_12343fc1234567891
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
----==_mimepart_0a1b2c3d4e5f_12343fc1234567891--
""",
    "dot-net": """\
{header}
Content-Type: multipart/mixed; boundary=--boundary_0_0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9

----boundary_0_0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
----boundary_0_0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
----boundary_0_0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9--
""",
    "dot-net-nested": """\
{header}
Content-Type: multipart/mixed; boundary="--boundary_1_0a1b2c3d"

----boundary_1_0a1b2c3d
Content-Type: multipart/alternative; boundary="--boundary_10_0a1b2c3d"

----boundary_10_0a1b2c3d
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

----boundary_10_0a1b2c3d
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

----boundary_10_0a1b2c3d--

----boundary_1_0a1b2c3d
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
----boundary_1_0a1b2c3d--
""",
    "mimekit": """\
{header}
Content-Type: multipart/mixed; boundary="=-AbCdEfGhIjKlMnOpQrStUv=="

--=-AbCdEfGhIjKlMnOpQrStUv==
Content-Type: multipart/alternative; boundary="=-WxYzAbCdEfGhIjKlMnOpQr=="

--=-WxYzAbCdEfGhIjKlMnOpQr==
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--=-WxYzAbCdEfGhIjKlMnOpQr==
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--=-WxYzAbCdEfGhIjKlMnOpQr==--

--=-AbCdEfGhIjKlMnOpQrStUv==
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--=-AbCdEfGhIjKlMnOpQrStUv==--
""",
    "zend": """\
{header}
Content-Type: multipart/mixed; boundary="=_0a1b2c3d4e5f60718293a4b5c6d7e8f9"

--=_0a1b2c3d4e5f60718293a4b5c6d7e8f9
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--=_0a1b2c3d4e5f60718293a4b5c6d7e8f9
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--=_0a1b2c3d4e5f60718293a4b5c6d7e8f9--
""",
    "cdo": """\
{header}
Content-Type: multipart/mixed; boundary="----=_NextPart_000_0000_01DA5B7C.3F2A1E40"

------=_NextPart_000_0000_01DA5B7C.3F2A1E40
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
------=_NextPart_000_0000_01DA5B7C.3F2A1E40
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
------=_NextPart_000_0000_01DA5B7C.3F2A1E40--
""",
    "nmh": """\
{header}
Content-Type: multipart/mixed; boundary="----- =_aaaaaaaaaa0"

------- =_aaaaaaaaaa0
Content-Type: multipart/alternative; boundary="----- =_aaaaaaaaaa1"

------- =_aaaaaaaaaa1
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

------- =_aaaaaaaaaa1
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

------- =_aaaaaaaaaa1--

------- =_aaaaaaaaaa0
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
------- =_aaaaaaaaaa0--
""",
    "old-nmh": """\
{header}
Content-Type: multipart/mixed; boundary="==_Exmh_-1234567890P"

--==_Exmh_-1234567890P
Content-Type: multipart/alternative; boundary="==_Exmh_-12345678900"

--==_Exmh_-12345678900
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--==_Exmh_-12345678900
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--==_Exmh_-12345678900--

--==_Exmh_-1234567890P
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--==_Exmh_-1234567890P--
""",
    "aol": """\
{header}
Content-Type: multipart/mixed; boundary="part1_1a.2b3c4d5e.0a1b2c3d_boundary"

--part1_1a.2b3c4d5e.0a1b2c3d_boundary
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--part1_1a.2b3c4d5e.0a1b2c3d_boundary
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--part1_1a.2b3c4d5e.0a1b2c3d_boundary--
""",
    "aol-web": """\
{header}
Content-Type: multipart/mixed; boundary="--------MB_8DA5B7C3F2A1E40_1234_56789_example.org"

----------MB_8DA5B7C3F2A1E40_1234_56789_example.org
Content-Type: multipart/alternative; boundary="--------MB_8DA5B7C3F2A1E40_1234_5678_example.org"

----------MB_8DA5B7C3F2A1E40_1234_5678_example.org
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

----------MB_8DA5B7C3F2A1E40_1234_5678_example.org
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

----------MB_8DA5B7C3F2A1E40_1234_5678_example.org--

----------MB_8DA5B7C3F2A1E40_1234_56789_example.org
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
----------MB_8DA5B7C3F2A1E40_1234_56789_example.org--
""",
    "web-dashes": """\
{header}
Content-Type: multipart/mixed; boundary=0-123456789-1700654400=:12345

--0-123456789-1700654400=:12345
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--0-123456789-1700654400=:12345
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--0-123456789-1700654400=:12345--
""",
    "zimbra": """\
{header}
Content-Type: multipart/mixed; boundary="----=_Part_123_45678.1700654400000"

------=_Part_123_45678.1700654400000
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
------=_Part_123_45678.1700654400000
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
------=_Part_123_45678.1700654400000--
""",
    "sun": """\
{header}
Content-Type: multipart/mixed; boundary=Troll_of_Smaug_123_000

--Troll_of_Smaug_123_000
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--Troll_of_Smaug_123_000
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--Troll_of_Smaug_123_000--
""",
    "legal-odd-characters": """\
{header}
Content-Type: multipart/mixed; boundary="'()+_,-./:=?0aZ"

--'()+_,-./:=?0aZ
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--'()+_,-./:=?0aZ
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--'()+_,-./:=?0aZ--
""",
    "legal-blank": """\
{header}
Content-Type: multipart/mixed; boundary="a blank in it"

--a blank in it
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--a blank in it
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--a blank in it--
""",
    "dots": """\
{header}
Content-Type: multipart/mixed; boundary=.....

--.....
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--.....
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--.....--
""",
    "seventy": """\
{header}
Content-Type: multipart/mixed; boundary="0123456789012345678901234567890123456789012345678901234567890123456789"

--0123456789012345678901234567890123456789012345678901234567890123456789
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--0123456789012345678901234567890123456789012345678901234567890123456789
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--0123456789012345678901234567890123456789012345678901234567890123456789--
""",
    "one-letter": """\
{header}
Content-Type: multipart/mixed; boundary="x"

--x
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--x
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--x--
""",
    "all-dashes": """\
{header}
Content-Type: multipart/mixed; boundary="--------------------"

----------------------
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
----------------------
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
------------------------
""",
    "begins-with-dashes": """\
{header}
Content-Type: multipart/mixed; boundary="--x"

----x
Content-Type: multipart/alternative; boundary="--y"

----y
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

----y
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

----y--

----x
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
----x--
""",
    "ends-with-dashes": """\
{header}
Content-Type: multipart/mixed; boundary="x-"

--x-
Content-Type: multipart/alternative; boundary="y-"

--y-
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--y-
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--y---

--x-
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--x---
""",
    "equals-at-both-ends": """\
{header}
Content-Type: multipart/mixed; boundary="==x=="

--==x==
Content-Type: multipart/alternative; boundary="=x="

--=x=
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--=x=
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--=x=--

--==x==
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--==x==--
""",
    "uuid": """\
{header}
Content-Type: multipart/mixed; boundary=0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9

--0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9--
""",
    "at-sign": """\
{header}
Content-Type: multipart/mixed; boundary="1700654400.1234@mail.example.org"

--1700654400.1234@mail.example.org
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--1700654400.1234@mail.example.org
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--1700654400.1234@mail.example.org--
""",
    "percent": """\
{header}
Content-Type: multipart/mixed; boundary="a%20b"

--a%20b
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--a%20b
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--a%20b--
""",
    "asterisk": """\
{header}
Content-Type: multipart/mixed; boundary="*****x*****"

--*****x*****
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--*****x*****
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--*****x*****--
""",
    "underscores": """\
{header}
Content-Type: multipart/mixed; boundary=_____x_____

--_____x_____
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--_____x_____
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--_____x_____--
""",
    "slashes-unquoted": """\
{header}
Content-Type: multipart/mixed; boundary=0A1B2C3D.1700654400/mail.example.org

--0A1B2C3D.1700654400/mail.example.org
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--0A1B2C3D.1700654400/mail.example.org
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--0A1B2C3D.1700654400/mail.example.org--
""",
    "equals-unquoted": """\
{header}
Content-Type: multipart/mixed; boundary==_x_=

--=_x_=
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--=_x_=
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--=_x_=--
""",
    "colon-unquoted": """\
{header}
Content-Type: multipart/mixed; boundary=a:b

--a:b
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--a:b
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--a:b--
""",
    "tilde-and-more": """\
{header}
Content-Type: multipart/mixed; boundary="#$%&*!~^`{|}"

--#$%&*!~^`{|}
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--#$%&*!~^`{|}
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=
--#$%&*!~^`{|}--
""",
    "scanner": """\
{header}
Content-Type: multipart/mixed; boundary="MAIL_BOUNDARY"
X-Mailer: Copier

--MAIL_BOUNDARY
Content-Type: text/plain


--MAIL_BOUNDARY
Content-Type: application/pdf; name=SCAN0001.PDF
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename=SCAN0001.PDF

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=

--MAIL_BOUNDARY--
""",
    "fax": """\
{header}
Content-Type: multipart/mixed; boundary="fax"

--fax
Content-Type: image/tiff; application=faxbw; name="fax.tif"
Content-Transfer-Encoding: base64

SUkqAIZasNMX82ll5D0g0nW1RaZ3MTetrRnbHWHsuAMvRz4LP1JM3AehHXxiIL2wSf6N1BsnSDyW
zFm1geAi1UcpDWnkq047FJPVqZe05Rze+6oQVw7z6pQyvXLntqiWVM639g==
--fax--
""",
    "sun-attachments": """\
{header}
Content-Type: X-sun-attachment

----------
X-Sun-Data-Type: text
X-Sun-Data-Description: text
X-Sun-Data-Name: text
X-Sun-Charset: us-ascii
X-Sun-Content-Lines: 1

Hello
""",
    "next-mail": """\
{header}
Content-Type: text/plain; charset=us-ascii
X-Mailer: NeXT Mail (3.3 v118.2)
Next-Attachment: .tar.1234.a.attach, 1, 1/1, 1, 0

Hello
""",
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
