"""Calendars and their invitations."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "request": """\
{header}
Content-Type: text/calendar; method=REQUEST; charset=utf-8

BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:1@example.org
DTSTAMP:20261122T120000Z
DTSTART:20261123T100000Z
SUMMARY:plan
END:VEVENT
END:VCALENDAR
""",
    "reply-alternative": """\
{header}
Content-Type: multipart/alternative; boundary="b1"

--b1
Content-Type: text/plain

accepted
--b1
Content-Type: text/calendar; method=REPLY; name="reply.ics"
Content-Transfer-Encoding: 8bit

BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
METHOD:REPLY
BEGIN:VEVENT
UID:1@example.org
DTSTAMP:20261122T120000Z
DTSTART:20261123T100000Z
SUMMARY:plan
ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.com
END:VEVENT
END:VCALENDAR
--b1--
""",
    "folded-description": """\
{header}
Content-Type: text/calendar; method=PUBLISH

BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
METHOD:PUBLISH
BEGIN:VEVENT
UID:1@example.org
DTSTAMP:20261122T120000Z
DTSTART:20261123T100000Z
SUMMARY:plan
DESCRIPTION:a very long description that is folded over several lines\\n\\nContent
 -Type: is a word in it\\nand so is this
X-ALT-DESC;FMTTYPE=text/html:<html><body>a page
  in it</body></html>
END:VEVENT
END:VCALENDAR
""",
    "attached-note": """\
{header}
Content-Type: text/calendar; method=REQUEST

BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:1@example.org
DTSTAMP:20261122T120000Z
DTSTART:20261123T100000Z
SUMMARY:plan
ATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=note.txt:SGVsbG8gQm9iLCBzZWU
 geW91IHRvbW9ycm93Lg==
END:VEVENT
END:VCALENDAR
""",
    "attached-url": """\
{header}
Content-Type: text/calendar; method=REQUEST

BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:1@example.org
DTSTAMP:20261122T120000Z
DTSTART:20261123T100000Z
SUMMARY:plan
ATTACH;FMTTYPE=application/pdf:https://www.example.org/report.pdf
ATTACH:CID:1@example.org
END:VEVENT
END:VCALENDAR
""",
    "tasks": """\
{header}
Content-Type: text/calendar; component=VTODO

BEGIN:VCALENDAR
BEGIN:VTODO
SUMMARY:begin 2026
END:VTODO
END:VCALENDAR
""",
    "business-card": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/vcard; charset=utf-8; name="alice.vcf"
Content-Disposition: attachment; filename="alice.vcf"

BEGIN:VCARD
VERSION:3.0
N:;Alice;;;
FN:Alice
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgJw2k2qxRTzC+zleIqHrXuAD1lHbQ1+b3DUth+8T16eO/wmlZTvZJIo6adL
 qwDwQu/JHVrMb77jGjgugNQjiP77BNy2lw5MPRhz3lH9WlDXu0azODETYCZlw1DsQLX5kODS
 dHuat6u262XgNz+htCiii9bYojgBBtzAgPWABe4Ujjih6lxoHI6aCPGvRl8fB9M9kx3o9xr0
 XsvpV3UcmobuhhZQLdCB8/JQze8bXxxAp75rXu3Vk28m3MssXjE=
END:VCARD

--b1--
""",
    "business-card-2": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/x-vcard; name="alice.vcf"

BEGIN:VCARD
VERSION:2.1
N:;Alice
PHOTO;JPEG;ENCODING=BASE64:
 /9j/4AAQSkZJRgJw2k2qxRTzC+zleIqHrXuAD1lHbQ1+b3DUth+8T16eO/wmlZTvZJIo6adL
 qwDwQu/JHVrMb77jGjgugNQjiP77BNy2lw5MPRhz3lH9WlDXu0azODETYCZlw1DsQLX5kODS
 dHuat6u262XgNz+htCiii9bYojgBBtzAgPWABe4Ujjih6lxoHI6aCPGvRl8fB9M9kx3o9xr0
 XsvpV3UcmobuhhZQLdCB8/JQze8bXxxAp75rXu3Vk28m3MssXjE=

KEY;PGP;ENCODING=QUOTED-PRINTABLE:=2D=2D=2D=2D=2D
END:VCARD

--b1--
""",
    "directory-entry": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="carol.ldif"
Content-Disposition: attachment; filename="carol.ldif"

dn: cn=Carol,dc=example,dc=com
objectClass: person
cn:: Q2Fyb2wgTcO8bGxlcg==
sn: M

--b1--
""",
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
