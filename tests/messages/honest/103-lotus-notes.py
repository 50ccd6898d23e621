"""Mail as Lotus Notes and Domino write it: blanks in the boundaries."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "mixed": """\
{header}
X-MIMETrack: Serialize by Router on mail/Example(Release 9.0.1FP10|January 01, 2020) at
 22.11.2026 12:00:00
Content-Type: multipart/mixed; boundary="=_mixed 0042F1E8C1258A5C_="

--=_mixed 0042F1E8C1258A5C_=
Content-Type: multipart/alternative; boundary="=_alternative 0042F1E8C1258A5C_="


--=_alternative 0042F1E8C1258A5C_=
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--=_alternative 0042F1E8C1258A5C_=
Content-Type: text/html; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--=_alternative 0042F1E8C1258A5C_=--
--=_mixed 0042F1E8C1258A5C_=
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=

--=_mixed 0042F1E8C1258A5C_=--
""",
    "related": """\
{header}
Content-Type: multipart/related; boundary="=_related 0042F1E8C1258A5C_="

--=_related 0042F1E8C1258A5C_=
Content-Type: multipart/alternative; boundary="=_alternative 0042F1E9C1258A5C_="


--=_alternative 0042F1E9C1258A5C_=
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--=_alternative 0042F1E9C1258A5C_=
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--=_alternative 0042F1E9C1258A5C_=--
--=_related 0042F1E8C1258A5C_=
Content-Type: image/gif
Content-ID: <_1_0A1B2C3D>
Content-Transfer-Encoding: base64

R0lGODlhgg1di692LsZtzVb+0Vx4vyeY1Pm9SS9FU+mbRoSGVJhna4u4TOcmfdUg3spIEcjxClPm
NjUv

--=_related 0042F1E8C1258A5C_=--
""",
    "old-boundary": """\
{header}
Content-type: multipart/mixed;\x20
\tBoundary="0__=C1256D5A004AB3C08f9e8a93df938690918cC1256D5A004AB3C0"
Content-Disposition: inline

--0__=C1256D5A004AB3C08f9e8a93df938690918cC1256D5A004AB3C0
Content-type: text/plain; charset=iso-8859-1
Content-Disposition: inline
Content-transfer-encoding: quoted-printable

Gr=FC=DFe=


--0__=C1256D5A004AB3C08f9e8a93df938690918cC1256D5A004AB3C0
Content-type: application/msword;\x20
\tname="=?iso-8859-1?Q?Gr=FC=DFe.doc?="
Content-Disposition: attachment; filename="=?iso-8859-1?Q?Gr=FC=DFe.doc?="
Content-transfer-encoding: base64

0M8R4LcKFO4eFdeqlL2BDsBvTLd6NG6PM672v+rj18RELXqT7DFoL95WGReVL/eKeore/9D+vDct
0mhxkWxGxjA4G0WETswIFk4uqydjSpre4a+mWZ5YlXDnGXhOCAznR/wORYRLacTVTMJkvC2ttrtw
9TvBI76vwPWNge2M1KB8JKWneYWwyLhY539XxtQDsxWt4E0khdbsLQlpQlbq3SDbbycp8jlOuS0N
7ZJHuNcYjr3a4+E8cevPk5MCYZspYESGsAUgIg4=

--0__=C1256D5A004AB3C08f9e8a93df938690918cC1256D5A004AB3C0--

""",
    "two-old-boundaries": """\
{header}
Content-type: multipart/mixed; Boundary="0__=C1256D5A004AB3C0"
Content-Disposition: inline

--0__=C1256D5A004AB3C0
Content-type: multipart/alternative;\x20
\tBoundary="1__=C1256D5A004AB3C0"

--1__=C1256D5A004AB3C0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--1__=C1256D5A004AB3C0
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--1__=C1256D5A004AB3C0--

--0__=C1256D5A004AB3C0
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIY=

--0__=C1256D5A004AB3C0--
""",
    "blank-and-equals": """\
{header}
Content-Type: multipart/alternative; boundary="=_alternative 0042F1E8C1258A5C_="

This is a multipart message in MIME format.
--=_alternative 0042F1E8C1258A5C_=
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--=_alternative 0042F1E8C1258A5C_=
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--=_alternative 0042F1E8C1258A5C_=--
""",
    "encoded-name-unquoted": """\
{header}
Content-Type: multipart/mixed; boundary="=_mixed 1_="

--=_mixed 1_=
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--=_mixed 1_=
Content-Type: application/octet-stream; name="=?ISO-8859-1?Q?Bericht_M=E4rz.ods?="
Content-Disposition: attachment; filename="=?ISO-8859-1?Q?Bericht_M=E4rz.ods?="
Content-Transfer-Encoding: base64

UEtvZHO3ChTuHhXXqpS9gQ7Ab0y3ejRujzOu9r/q49fERC16k+wxaC/eVhkXlS/3inqK3v/Q/rw3
LdJocZFsRsYwOBtFhE7MCBZOLqsnY0qa3uGvplmeWJVw5xl4TggM50f8Dg==
--=_mixed 1_=--
""",
    "delivery-failure": """\
{header}
Content-Type: multipart/report; report-type=delivery-status; boundary="==IFJRGLKFGIR1Example"

--==IFJRGLKFGIR1Example
Content-Type: text/plain;
\tcharset=us-ascii

not delivered
--==IFJRGLKFGIR1Example
Content-Type: message/delivery-status

Reporting-MTA: dns;mail.example.org

Final-Recipient: rfc822;nobody@example.org
Action: failed
Status: 5.1.1

--==IFJRGLKFGIR1Example
Content-Type: message/rfc822

From: bob@example.com
Subject: plan
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_alternative 1_="

--=_alternative 1_=
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Hello Bob,

see you tomorrow.

--=_alternative 1_=
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 7bit

<html><body><p>Hello Bob,</p><p>see you tomorrow.</p></body></html>

--=_alternative 1_=--

--==IFJRGLKFGIR1Example--
""",
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
