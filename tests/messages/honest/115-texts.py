"""Texts that look like something else."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "begin-2026": """\
{header}
Content-Type: text/plain; charset=utf-8

Dear all,

begin 2026 with a plan.

end
""",
    "begin-mode-and-name": """\
{header}
Content-Type: text/plain; charset=utf-8

We
begin 644 days of work
and then
end it.
""",
    "begin-777": """\
{header}
Content-Type: text/plain; charset=utf-8

begin 777 is an aircraft

Hello
""",
    "begin-of-a-pascal-program": """\
{header}
Content-Type: text/plain; charset=utf-8

program hello;
begin
  writeln('hello');
end.
""",
    "small-uuencoded-file": """\
{header}
Content-Type: text/plain; charset=utf-8

hello

begin 644 hello.txt
%:&5L;&\\
`
end

bye
""",
    "uuencode-explained": """\
{header}
Content-Type: text/plain; charset=utf-8

A uuencoded file begins with

begin 644 name

and ends with

`
end

and so on.
""",
    "yenc-explained": """\
{header}
Content-Type: text/plain; charset=utf-8

a line with =ybegin line=128 size=123456 name=name
begins it, =yend size=123456 ends it.
""",
    "binhex-explained": """\
{header}
Content-Type: text/plain; charset=utf-8

Its first line is
(This file must be converted with BinHex 4.0)

and then :letters: follow.
""",
    "dashes": """\
{header}
Content-Type: text/plain; charset=utf-8

--
--x
---
--\x20
--------
Hello
""",
    "dashes-and-fields": """\
{header}
Content-Type: text/plain; charset=utf-8

----- notes -----
Date: today
Subject: a talk

-----
Content-Type: is a field
""",
    "patch": """\
{header}
Content-Type: text/plain; charset=utf-8

Subject: [PATCH] mend it

---
 a.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/a.c b/a.c
index 0a1b2c3..4d5e6f7 100644
--- a/a.c
+++ b/a.c
@@ -1,3 +1,3 @@
-int main() { return 1; }
+int main() { return 0; }
--\x20
2.40.0
""",
    "binary-patch": """\
{header}
Content-Type: text/plain; charset=utf-8

diff --git a/a.png b/a.png
new file mode 100644
GIT binary patch
literal 67
zcmeAS@N?(olHy`uVBq!ia0vp^j3CUx0wlM}@Gt=>Zci7-kP61+cQ5^A|C0s)

literal 0
HcmV?d00001

""",
    "patch-of-mime": """\
{header}
Content-Type: text/plain; charset=utf-8

--- a/mail.txt
+++ b/mail.txt
@@ -1,4 +1,4 @@
-Content-Type: text/plain
+Content-Type: multipart/mixed; boundary="b1"
\x20
+--b1
 hello
""",
    "source-of-a-mail": """\
{header}
Content-Type: text/plain; charset=utf-8

try this:

From: alice@example.org
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDA==
--b1--
""",
    "base64-in-text": """\
{header}
Content-Type: text/plain; charset=utf-8

the answer was:

US8mraPD1jSsPGsSt7M8tQuwljw/bZkkJBYZyE7Hj/Jii0nZbc3pekMN1PWXcFiZ4JqWj3k0keS3
BMrjOkDcAsREdAONRZ5A5HFK/vp7+Nrp+YNLIvXo7B3UNOy2K1Euzs6KnOz7bH5+5PM0bV4lRBOL
+24zvsYEKhczOk0xgLCi8aaKPPe6sUJFujTmo0i2girOtKnsetBKhsLJPKGiivQT5D10+BeHRcGs
tIsnQUOKud3M8+0KTdRRsEGfe6g3ije4PJbxqhc=

what is that?
""",
    "base64-alone": """\
{header}
Content-Type: text/plain; charset=utf-8

US8mraPD1jSsPGsSt7M8tQuwljw/bZkkJBYZyE7Hj/Jii0nZbc3pekMN1PWXcFiZ4JqWj3k0keS3
BMrjOkDcAsREdAONRZ5A5HFK/vp7+Nrp+YNLIvXo7B3UNOy2K1Euzs6KnOz7bH5+5PM0bV4lRBOL
+24zvsYEKhczOk0xgLCi8aaKPPe6sUJFujTmo0i2girOtKnsetBKhsLJPKGiivQT5D10+BeHRcGs
tIsnQUOKud3M8+0KTdRRsEGfe6g3ije4PJbxqhc=
""",
    "token": """\
{header}
Content-Type: text/plain; charset=utf-8

your token:

eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U
""",
    "hash-alone": """\
{header}
Content-Type: text/plain; charset=utf-8

da39a3ee5e6b4b0d3255bfef95601890afd80709
""",
    "hashes": """\
{header}
Content-Type: text/plain; charset=utf-8

d41d8cd98f00b204e9800998ecf8427e  empty
9e107d9d372bb6826bd81d3542a419d6  fox
""",
    "long-word": """\
{header}
Content-Type: text/plain; charset=utf-8

Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft
""",
    "list-of-words": """\
{header}
Content-Type: text/plain; charset=utf-8

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
""",
    "hex-dump": """\
{header}
Content-Type: text/plain; charset=utf-8

00000000  4d 5a 90 00 03 00 00 00  04 00 00 00 ff ff 00 00  |MZ..............|
""",
    "srec-file": """\
{header}
Content-Type: text/plain; charset=utf-8

S00F000068656C6C6F202020202000003C
S11F00007C0802A6900100049421FFF07C6C1B787C8C23783C6000003863000026
S9030000FC
""",
    "genome": """\
{header}
Content-Type: text/plain; charset=utf-8

>sequence 1
ACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGT
TTGACAATTGACAATTGACAATTGACAATTGACAATTGACAATTGACAATTGACAATTGA
""",
    "genome-alone": """\
{header}
Content-Type: text/plain; charset=utf-8

ACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGT
TTGACAATTGACAATTGACAATTGACAATTGACAATTGACAATTGACAATTGACAATTGA
""",
    "data-uri-mentioned": """\
{header}
Content-Type: text/plain; charset=utf-8

use <img src="data:image/png;base64,..."> or data:text/plain,hello there
""",
    "dots": """\
{header}
Content-Type: text/plain; charset=utf-8

.
..
...
. . .
""",
    "from-lines": """\
{header}
Content-Type: text/plain; charset=utf-8

>From here on
>>From there
from alice
""",
    "form-feed": """\
{header}
Content-Type: text/plain; charset=utf-8

page one
\x0cpage two
""",
    "byte-order-mark": """\
{header}
Content-Type: text/plain; charset=utf-8

\xef\xbb\xbfHello
""",
    "long-line": """\
{header}
Content-Type: text/plain; charset=utf-8

word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word word word \
word word word word word word word word word word word word word word word word word word word word\x20
""",
    "8-bit-undeclared": """\
{header}

Gr\xfc\xdfe
""",
    "8-bit-in-7bit": """\
{header}
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Gr\xc3\xbc\xc3\x9fe
""",
    "tabs-and-controls": """\
{header}
Content-Type: text/plain; charset=utf-8

a\tb\x08\x1b[1mbold\x1b[0m\x07
""",
    "japanese": """\
{header}
Content-Type: text/plain; charset=ISO-2022-JP
Content-Transfer-Encoding: 7bit

\x1b$BJs9p=q$rAw$j$^$9!#\x1b(B
""",
    "hz": """\
{header}
Content-Type: text/plain; charset=HZ-GB-2312

~{<:Ky2;S{#,NpJ)l6HK!#~}
""",
    "utf-7": """\
{header}
Content-Type: text/plain; charset=utf-7

Gr+APwA3w-e
""",
    "utf-16-in-base64": """\
{header}
Content-Type: text/plain; charset=utf-16le
Content-Transfer-Encoding: base64

RwByAPwA3wBlACwAIABCAG8AYgA=
""",
    "carriage-returns-in-text": """\
{header}
Content-Type: text/plain; charset=utf-8

progress 10%\rprogress 20%\rprogress 100%
""",
    "carriage-return-in-quotation": """\
{header}
Content-Type: text/plain; charset=utf-8

> he said\r> and then
> done
""",
    "doubled-carriage-returns": """\
{header}
Content-Type: text/plain; charset=utf-8

Hello\r
\r
Bob\r
""",
    "nul-in-text": """\
{header}
Content-Type: text/plain; charset=utf-8

Hello\0Bob
""",
    "logs": """\
{header}
Content-Type: text/plain; charset=utf-8

Nov 22 12:00:00 mail qmail: 1700654400.123456 delivery 1: success: did_0+0+1/
Nov 22 12:00:01 mail x: Content-Type: text/plain; Content-Transfer-Encoding: base64
""",
    "equals-signs": """\
{header}
Content-Type: text/plain; charset=utf-8

====================
TITLE
====================
a == b
=E4=
""",
    "percent-comments": """\
{header}
Content-Type: text/plain; charset=utf-8

%PDF is how it begins, %%EOF how it ends
""",
    "html-as-text": """\
{header}
Content-Type: text/plain; charset=utf-8

<html><body><script>alert(1)</script></body></html>
""",
    "page-with-script": """\
{header}
Content-Type: text/html; charset=utf-8

<html><head><script>var a = 'TVqQAAMAAAAEAAAA';</script></head></html>
""",
    "signature-delimiter": """\
{header}
Content-Type: text/plain; charset=utf-8

Hello

--\x20
Alice
--=20
""",
    "apple-partial": """\
{header}
Content-Type: text/plain; charset=utf-8

--Apple-Mail-1
--Apple-Mail-1--
""",
    "empty": """\
{header}
Content-Type: text/plain; charset=utf-8

""",
    "blank-lines": """\
{header}
Content-Type: text/plain; charset=utf-8





""",
    "cron": """\
{header}
X-Cron-Env: <SHELL=/bin/sh>
X-Cron-Env: <HOME=/root>
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

/etc/cron.daily/logrotate:
error: bad line
""",
    "archive-of-shell": """\
{header}
Content-Type: text/plain; charset=utf-8

#!/bin/sh
# This is a shell archive
sed 's/^X//' << 'END_OF_FILE' > a.txt
Xhello
END_OF_FILE
exit 0
""",
    "ascii-art": """\
{header}
Content-Type: text/plain; charset=utf-8

  /\\_/\\
 ( o.o )
  > ^ <
""",
    "boundary-in-prose": """\
{header}
Content-Type: text/plain; charset=utf-8

the parameter boundary="b1" and the line --b1 and filename="x.txt" are what counts
""",
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
