"""Base64 and quoted-printable in unusual and harmless form."""

from __future__ import annotations

from functools import partial

from qsfilter.testing.messages import written

TEXTS = {
    "lines-of-60": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBi
cmluZyB0aGUgcGxhbnMgYWxvbmc7IHRoZXJlIGlzIG11Y2ggdG8gdGFsayBh
Ym91dC4KCkFsaWNlCg==
""",
    "lines-of-64": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmlu
ZyB0aGUgcGxhbnMgYWxvbmc7IHRoZXJlIGlzIG11Y2ggdG8gdGFsayBhYm91dC4K
CkFsaWNlCg==
""",
    "lines-of-72": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUg
cGxhbnMgYWxvbmc7IHRoZXJlIGlzIG11Y2ggdG8gdGFsayBhYm91dC4KCkFsaWNlCg==
""",
    "one-line": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxhbnMgYWxvbmc7IHRoZXJlIGlzIG11Y2ggdG\
8gdGFsayBhYm91dC4KCkFsaWNlCg==
""",
    "one-line-of-a-file": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2\
NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurd\
INtvJynyOU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIawBSAiDg8Su4R7V61Ls9/pCDaKEFenAouSGG5zdp/jzGKM8+u9rN393W8TZz+UX1\
I8yYE98vzfKkIKIw0oO99KeiQKQjdPqB0kUIY4KCpBbEay/30dxSmHHnFR5e7/13sTBbtfBFC9euhD7PCwpZaY/ZPYOjkwaG63z88z+7Ju3eSW\
phCu43Na1mbXpAoPAwSYtriybqMkCnMIcjthp3lKh/43IpOsb8h2fSSCeOnOrLtTqlfejTsw7yCBOTOTXRMyXkpFATZZBLlION0kvopTmR0WA6\
WUpj4WT8Dqs2HTJbU5BXqCO5JUWY2oadjK/BSW1vcZe6GmAWpjf3R6+h5via4BDm/fry/olcWjqnh8GkBJR4SWQ3tVVmfEDyEg02x7vbY9a3w1\
2K0d4TugPWHEJlgTw7stAPR9rQXp0c4epHSnTdqz2eHoTnGEp7cb+LWQOUIQky0mhu09eZMvLySAmuVxil7lCb9CBdSMpSRzu6cbUzOMa5zRbb\
Ugu9Qu9fnUKgBoV/T71GnQmivxHXAsRS30ih8q9bQ+XzytF87sQIjRu3jc8MMZ/+iA9vEJ+ZgH8n1jFKn1ojrc0uJrbo5jsjOELAIEX1sn3saT\
toI9byx3gvmisZDC2vuL4Rg3SpXTE8RjxoojvGM2N7YT5j4AJeLUmM9S73aHeubtNHX0q6bq++owqyafg74hcbXpP3NiIpb3gGdM69ruiiP5SA\
aLnZrcGifqySIBVeVWLb5t+AdHRlIoj+WT6zQJ4su2xrzwrkhvLvydF5gN/DBqzzc7npGhhtVZ7/QvLrDC5LPjc9sLeCSi26FbD+0mCG7StR9j\
JwxuzAHbryzGOuxD49XhGdSmcuY8tUKYIU3vEAZg0Bqnc92v/bVT96qersZTniXZdx62TXgiNUjH+idduTqJ8BiSieaFae87iCpDCA/cNfmBBH\
+N4D3j12slOM/hgUo/6rjMYaTgqZ1uy3NaLF58mnqPPRXIg1G0grOOWGSwWuASAjrpP5Nb4YuXORGQOoN1oX+8JlgtgUpHqORz5jt8UD1hLXnS\
bWFPwFp1y3HegGmYdbb0Tzm7elUrbF8hQymdzL4kTH+Y6PYF/L/dz4gV8UD0o5/QDg9J4ojwMgMxzcf9PdLH4EP1VsNM7DJGS2K+NQe9Yu+fSq\
O7DbAtnO4H+jnriO8OVDf59UoA9wKRge9UKGc1NbZVNrH8ehCHjQ8Ew0HRalZHYbejKK5aoudfXbPFiGfu+D3V0FZUKh3XH46m1CTuovMVCe2w\
UzL90QWoknGPG1Z563F3REgyhkMdvf0GoKwpZwayurBR5uXz6DmMMXgYxt5wpanHrXNdwOq3sYZ9tyM4YicA25deUMoaEcYmdqLXPxFbZbla9T\
o9LEb8FPZoVTJW0GnvisIRBJodFazXe/QKYmXm8DKHyNOLlwHljQpVMVpkGq6kbyCRf9lWNQxqVf4PiYEGsCMfRfHZd2NqmBfh75TohZPxV/n8\
B43c1lR1fnLonjFbov0YFyssxdLdkQQg95ZJya/g5vx4jMUKJh4Hh5im5uT+Dx8MukPOmRUnp7jlHOKy4awpGZ6HdS5fDmxOlbd/8JIOLjITDT\
MZ4Ab2MFXqNcCDx3m+cfcUZBWtjiUpYqL+Rcgmg3ZCYhZ0CNJ9TsjfFIhZQkdbJAqyrSuhK2RoSii3zLFzuug0/cxXUz+pohyxzB2OWW+/kuoU\
GTAZ8WGBnZbZsbHoqQWYIe/YBqBpaT587mRuSUP2UFqc74qk0Xtt/CPkGV6yUEDCQixmJ7Rlec9Acf/kdCSEtt4w4BSUMmBvPGSCQc1/S6kya+\
kCASMgttJ5hHpI4BKeLJGtNjyzaeuW2wvkIHFuQglJiJ4JKfyDWyKVJ3DUyZez3v3Mcnmd6fvkz2fQrvM4PT6WrudoyIlbdvuddeCT1K9rj9f3\
1LycCx/IqnyHo3GrKaufk0ve5WAyyDrPHoMv3F6nhYQNZb1JV5nllsNh+ymWshvLuHIJvgcxEWi2mRGGT6pKbx3t9byz3cnDl5nkLkUSU8QJWs\
6+VFKPJ23mOOqhP6jRXf5tefb6wX7x+Y3bmDZ7iS/03Ey8mX0DXNLXhkGKtVrHz2IwFEprDT/chyDj9hYifl2K6RfIKYaLpY0AgcdYoyK+xoxW\
cDer4vgiLy6Vp6zQgvl+vZGtsVh63sSSfOdivi1LQogxVFQjnfriL9aIdOk58sTwH1PSHG/fOLqM4tiKYaVdFMH1B+C0UzZYzNjQhBvgetGbE6\
DF3gXPyHpEYmn5bN+G55F36iouQLVMgfWkvMaSTONbjWkBkLzPCjaLmOwbcFig0mcrmpX7Jub614AId8iKzuaP5aVmttZgLIL0e8Mw9zfC/gFb\
COppH7AE0gcGUw5JSlBpEb1C6hsc5uaxQEL+lTZdkbqS5yOrisAu3wrwJyzFyvPCubQ2YgEwBR9pmGi943RuxgPQpesTTpruGy+dbXlWCfcoQD\
4Ze7JV71DGKuq7H5Own3t8N5kDRAtlzUMZy50S0hEjP5bBT19naruAvRjlOu5ApfivFOHoutOCUeF6crYotByVF15qqN1H23Sf+f4It0GOq9qm\
9gdSEzs+wcIH13PF65VeaAiWD7sCAhB9OklsujJR3YYJMqJjusHxwmXJmYkTkWRPruZble6SkH87NwhlnlG2MRHfy4lMh49HBG3jGZwgNQfH37\
VzchuPsEqZRzwUhefqiO6aEsle3UlV2sSwtL6C8CGWFrNpuEhnURbqft1sUzkNnR40H5n/fj7fgDw0vHwhUY61HX/wElRi0EyTBI/GeRybBgDW\
//XV4iXjyPYIQ3u3NoAKRMDs2FbRNg/UyHNvPSeltuCwwxvfCjRNIcm138zonkZCGpF9kwspG1FMfLBfdeDdjmpmre5T6WlP0s0Dc885FA9Epc\
9mp/Fc4B7xwfmy6/A99hWIk+5MK1J1uEtbtM26CaS0BYfYHxovNGnzS5f5hEMAo/oOFeS6xgpWNENe0MlYeQGWXJgcc/rbDZn7UhpHJI6mmL74\
aoFHSFjWMKz8sNyB+E69pwLEXtcyUWHJ8w2VVj1XW/Ux3JEyUQi+FpLRYLA4v8wRdNRzEuGvEhG4WmJ7Lku7De35wZV2XRbfdFvBgnYbFVO1mG\
hBh1SggZ9jCoeT1uoO9G99wCYMNgo1dYt9DnR74ZWJZmy6D8u72EJ0BrJnLOCiF9Q10ihWMOy68sU2rMrKxrwWhgyz9VtvJ+s37LMdDKZN5rhe\
YUaFdtJPokV450+FegZSgnttksHFotjaz51MrA+IMePfo0j45/QsL5+g/n0WcyzcRgYYDN1+FfVtAJ2eiM4Tdwyl/AUJfrMqlXbhuYnAWE+RdP\
Mf5wqtw0L2OIaem2szqk1IF4JhHwennxlNiG9X929ANnuyLd51NBPWpmjrB4mmjiD/W5Ol/UKYHYHBT5+2oHVqk2i44gN+UipW4FkhcoQYhd+8\
Tuvoh/+c1QIvCRkmNf0poE5WlSKDnkzGIMWc9gJESjnBPqR6Wggp7Jf6QdLmcIVhlC/SxHVj0lVedJbC7O/notOJglWbK26CQeQamZCJB7+1cx\
5fHo6RV5zwNkXDjhQx1hBUeX4g3cEL4s2gYaXU7dVvcGM52DhcDvOkd4sOA+TYJE0GNRM3Z7NGzUtHh3foDHOeRg5VTgxVJd2HPSjmFxWYXso2\
elO2FqMRMVkhFCT6NSL5DjC1Bcht5em7BfZ4szuG
--b1--
""",
    "lines-of-30": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

RGVhciBhbGwsCgp0aGUgbWVldGluZy
BpcyBvbiBNb25kYXkuClBsZWFzZSBi
cmluZyB0aGUgcGxhbnMgYWxvbmc7IH
RoZXJlIGlzIG11Y2ggdG8gdGFsayBh
Ym91dC4KCkFsaWNlCg==
""",
    "lines-of-4": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

SGVs
bG8g
Qm9i
""",
    "empty-line-in-front": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64


RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxh
bnMgYWxvbmc7IHRoZXJlIGlzIG11Y2ggdG8gdGFsayBhYm91dC4KCkFsaWNlCg==
""",
    "empty-lines-behind": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxh
bnMgYWxvbmc7IHRoZXJlIGlzIG11Y2ggdG8gdGFsayBhYm91dC4KCkFsaWNlCg==



""",
    "empty-line-inside": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxh

bnMgYWxvbmc7IHRoZXJlIGlzIG11Y2ggdG8gdGFsayBhYm91dC4KCkFsaWNlCg==
""",
    "blanks-at-line-ends": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxh \x20
bnMgYWxvbmc7IHRoZXJlIGlzIG11Y2ggdG8gdGFsayBhYm91dC4KCkFsaWNlCg== \x20
""",
    "indented": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

  RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxh
  bnMgYWxvbmc7IHRoZXJlIGlzIG11Y2ggdG8gdGFsayBhYm91dC4KCkFsaWNlCg==
""",
    "no-padding": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

SGVsbG8gQm9iIQ
""",
    "padding-on-its-own-line": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

SGVsbG8gQm9iIQ
==
""",
    "much-padding": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

SGVsbG8gQm9iIQ====
""",
    "empty": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64


""",
    "upper-case-coding": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: BASE64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxh
bnMgYWxvbmc7IHRoZXJlIGlzIG11Y2ggdG8gdGFsayBhYm91dC4KCkFsaWNlCg==
""",
    "mixed-case-coding": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: Base64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxh
bnMgYWxvbmc7IHRoZXJlIGlzIG11Y2ggdG8gdGFsayBhYm91dC4KCkFsaWNlCg==
""",
    "coding-with-blanks": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding:   base64 \x20

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxh
bnMgYWxvbmc7IHRoZXJlIGlzIG11Y2ggdG8gdGFsayBhYm91dC4KCkFsaWNlCg==
""",
    "coding-folded": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding:\x20
 base64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUgcGxh
bnMgYWxvbmc7IHRoZXJlIGlzIG11Y2ggdG8gdGFsayBhYm91dC4KCkFsaWNlCg==
""",
    "html": """\
{header}
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

PGh0bWw+PGJvZHk+RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBi
cmluZyB0aGUgcGxhbnMgYWxvbmc7IHRoZXJlIGlzIG11Y2ggdG8gdGFsayBhYm91dC4KCkFsaWNl
CjwvYm9keT48L2h0bWw+
""",
    "utf-8-with-mark": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

77u/RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuClBsZWFzZSBicmluZyB0aGUg
cGxhbnMgYWxvbmc7IHRoZXJlIGlzIG11Y2ggdG8gdGFsayBhYm91dC4KCkFsaWNlCg==
""",
    "crlf-inside": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

RGVhciBhbGwsDQoNCnRoZSBtZWV0aW5nIGlzIG9uIE1vbmRheS4NClBsZWFzZSBicmluZyB0aGUg
cGxhbnMgYWxvbmc7IHRoZXJlIGlzIG11Y2ggdG8gdGFsayBhYm91dC4NCg0KQWxpY2UNCg==
""",
    "base64-text-in-base64": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

VVM4bXJhUEQxalNzUEdzU3Q3TTh0UXV3bGp3L2Jaa2tKQllaeUU3SGovSmlpMG5aYmMzcGVrTU4x
UFdYY0ZpWjRKcVdqM2swa2VTMwpCTXJqT2tEY0FzUkVkQU9OUlo1QTVIRksvdnA3K05ycCtZTkxJ
dlhvN0IzVU5PeTJLMUV1enM2S25PejdiSDUrNVBNMGJWNGxSQk9MCisyNHp2c1lFS2hjek9rMHhn
TENpOGFhS1BQZTZzVUpGdWpUbW8waTJnaXJPdEtuc2V0Qktoc0xKUEtHaWl2UVQ1RDEwK0JlSFJj
R3MKdElzblFVT0t1ZDNNOCswS1RkUlJzRUdmZTZnM2lqZTRQSmJ4cWhjPQ==
""",
    "file-of-base64-in-base64": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="picture.b64"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="picture.b64"

aVZCT1J3MEtHZ29BQUFBTlNVaEVVbEV2SnEyanc5WTByRHhyRXJlelBMVUxzSlk4UDIyWkpDUVdH
Y2hPeDQveVlvdEoyVzNONlhwRApEZFQxbDNCWW1lQ2Fsbzk1TkpIa3R3VEs0enBBM0FMRVJIUURq
VVdlUU9SeFN2NzZlL2phNmZtRFN5TDE2T3dkMURUc3RpdFJMczdPCmlwenMrMngrZnVUek5HMWVK
VVFUaS90dU03N0dCQ29YTXpwTk1ZQ3dvdkdtaWp6M3VyRkNSYm8wNXFOSXRvSXF6clNwN0hyUVNv
YkMKeVR5aG9vcjBFK1E5ZFBnWGgwWEJyTFNMSjBGRGlybmR6UFB0Q2swPQ==
--b1--
""",
    "key-file-in-base64": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/x-pem-file; name="key.pem"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="key.pem"

LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSVNMRmx3ZzcxRGkzOXRjcTkxMENXVWlKbGtk
eEc0QnIzU3pZTDZhWEU5czlEMk1jb2QyNmpiTzgvTG5nVjgKM0pqUU41OGI3Z0RuV2xSUlI2Sjly
ZG1DbkFxK1VjYm1aVjJCM2kwRVRVK3hsSk1mQll3RUpzWjhjb1hZOVdWKwoxa3A4SEpmZkY4Qm1r
a2dpc0s4SnBsSlJWVWxpeGg0ak1wcnRCTTBaQWczRHVBQVNvL29BREYzQ2J1Wll3OFdPCkVzN05X
TlpGWE93OVZpSHd4NGRuV3ppcTBMOCtidUhXYU40WXljb2dDazhWSUdMelJTZys1b3l0L2tFZ1R5
RmQKZGVsdHRUeWRXaXc9Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K
--b1--
""",
    "uuencoded-file-in-base64": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/octet-stream; name="hello.uu"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="hello.uu"

YmVnaW4gNjQ0IGhlbGxvLnR4dAolOiY1TDsmXApgCmVuZAo=
--b1--
""",
    "patch-in-base64": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/x-patch; name="mend.patch"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="mend.patch"

LS0tIGEvYS5jCisrKyBiL2EuYwpAQCAtMSArMSBAQAotYQorYgo=
--b1--
""",
    "truncated": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/pdf; name="report.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.pdf"

JVBERi0xLjQKtwoU7h4V16qUvYEOwG9Mt3o0bo8zrva/6uPXxEQtepPsMWgv3lYZF5Uv94p6it7/
0P68Ny3SaHGRbEbGMDgbRYROzAgWTi6rJ2NKmt7hr6ZZnliVcOcZeE4IDOdH/A5FhEtpxNVMwmS8
La22u3D1O8Ejvq/A9Y2B7YzUoHwkpad5hbDIuFjnf1fG1AOzFa3gTSSF1uwtCWlCVurdINtvJyny
OU65LQ3tkke41xiOvdrj4Txx68+TkwJhmylgRIawBSAiDg8Su4R7V61Ls9/pCDaKEFenAouSGG5z
dp/jzGKM8+u9rN393W8TZz+UX1I8yYE98vzfKkIKIw0oO99KeiQKQjdPqB0kUIY4KCpBbEay/30d
xSmHHnFR5e7/1
--b1--
""",
    "zip": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/zip; name="report.zip"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="report.zip"

UEsDBAoAAAAAAAAAdl0AAAAAAAAAAAAAAAAKAAAAcmVwb3J0LnR4dFBLAQIUAwoAAAAAAAAAdl0AAAAAAAAAAAAAAAAKAAAAAAAAAAAAAACkgQ\
AAAAByZXBvcnQudHh0UEsFBgAAAAABAAEAOAAAACgAAAAAAA==
--b1--
""",
    "quoted-printable-lower-case": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Gr=c3=bc=c3=9fe
""",
    "quoted-printable-upper-case-coding": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: QUOTED-PRINTABLE

Gr=C3=BC=C3=9Fe
""",
    "quoted-printable-soft-breaks": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=
=C3=9Fe an al=
le=

""",
    "quoted-printable-everything-escaped": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

=48=65=6C=6C=6F
""",
    "quoted-printable-line-ends-escaped": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Hello=0D=0ABob=0D=0A=

""",
    "quoted-printable-file": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: application/rtf; name="report.rtf"
Content-Transfer-Encoding: quoted-printable
Content-Disposition: attachment; filename="report.rtf"

{\\rtf1\\ansi Gr\\=27fc\\=27dfe}
--b1--
""",
    "quoted-printable-url": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

https://www.example.com/?a=1&b=2&c=xyz
""",
    "quoted-printable-equals-before-blank": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

a = b and c =d
""",
    "quoted-printable-equals-at-the-end": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Hello =
""",
    "quoted-printable-soft-break-with-blanks": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Hello= \x20
Bob
""",
    "quoted-printable-8-bit": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Gr\xc3\xbc\xc3\x9fe=20
""",
    "quoted-printable-nothing-to-do": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Hello Bob
""",
    "quoted-printable-empty": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable


""",
    "quoted-printable-delimiter-escaped": """\
{header}
Content-Type: multipart/mixed; boundary="=_x"

--=_x
Content-Type: text/plain
Content-Transfer-Encoding: quoted-printable

--=3D_x
is escaped=

--=_x--
""",
    "7bit-with-8-bit": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Gr\xc3\xbc\xc3\x9fe
""",
    "8bit": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit

Gr\xc3\xbc\xc3\x9fe
""",
    "binary": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: binary

Gr\xc3\xbc\xc3\x9fe\0
""",
    "binary-file": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: image/png; name="a.png"
Content-Transfer-Encoding: binary
Content-Disposition: attachment; filename="a.png"

\x89PNG\r\x1a\0\0\0\rIHDR\xff\xfe\0
--b1--
""",
    "uuencode-declared": """\
{header}
Content-Type: text/plain; name="hello.txt"
Content-Transfer-Encoding: x-uuencode
Content-Disposition: attachment; filename="hello.txt"

begin 644 hello.txt
%:&5L;&\\
`
end
""",
    "two-equal-codings": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64
Content-Transfer-Encoding: Base64

RGVhciBhbGwsCgp0aGUgbWVldGluZyBpcyBvbiBNb25kYXkuCkFsaWNlCg==
""",
    "two-equal-codings-quoted-printable": """\
{header}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable
Content-Transfer-Encoding: quoted-printable

Caf=C3=A9 on Monday, and a line that is so long that it goes on behind a soft =
line break.
""",
    "text-labelled-base64-in-a-report": """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: message/delivery-status
Content-Transfer-Encoding: base64

UmVwb3J0aW5nLU1UQTogZG5zOyBtYWlsLmV4YW1wbGUub3JnCgpGaW5hbC1SZWNpcGllbnQ6IHJm
YzgyMjsgYm9iQGV4YW1wbGUuY29tCkFjdGlvbjogZmFpbGVkCg==
--b1--
""",
}
MESSAGES = {name: partial(written, text) for name, text in TEXTS.items()}
