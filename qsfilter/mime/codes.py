"""The codes of everything that can be odd about a message's MIME, with the kind of finding each one is.

A code is AMBIGUOUS where two readers get different contents or names, and IRREGULAR where every reader gets the same.
Each is the name of a finding, so that a policy can accept it for a site or a client. The documentation is printed from
this table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.actions import Kind
from qsfilter.words import finding

if TYPE_CHECKING:
    from qsfilter.model import Finding, Part

AMBIGUOUS = {
    "duplicate-content-type": "several Content-Type fields or types, and the part reads differently under each",
    "duplicate-transfer-encoding": "several Content-Transfer-Encoding fields or tokens that decode differently",
    "loose-transfer-encoding": "a transfer encoding that only tolerant readers recognise",
    "conflicting-names": "two names with different extensions for one part",
    "hidden-field": "a structural field that only tolerant readers see: in a fold, behind junk, without its colon",
    "header-end": "the header ends at another line for another reader",
    "leading-junk": "something stands before the header that some readers skip: empty lines, a byte order mark",
    "bare-cr": "carriage returns without line feed change the structure for readers that take them for line ends",
    "nul": "NUL octets change the structure for readers that drop them",
    "utf-16": "the message is written in UTF-16",
    "two-boundaries": "several boundary parameters, and more than one of them splits the part",
    "boundary-spelling": "a boundary that readers spell differently: quotes, comments, blanks, RFC 2231, RFC 2047",
    "boundary-guessed": "no usable boundary, and a line that tolerant readers take for a delimiter",
    "leaf-or-multipart": "a part that is declared as one leaf and splits like a multipart",
    "loose-delimiter": "a delimiter line that only tolerant readers recognise: indented, other case, text behind it",
    "after-close": "parts behind the close delimiter",
    "part-beside": "a part in front of the first delimiter or behind the last",
    "nesting-conflict": "an inner part goes on behind a delimiter of the outer one",
    "coded-container": "a multipart or message with a transfer encoding, which readers decode or not",
    "base64-after-padding": "base64 goes on behind its padding",
    "base64-junk": "base64 with other characters in it, which readers skip or stop at",
    "base64-alphabet": "base64 in the URL-safe alphabet, which few readers know",
    "base64-shifted": "text in front of base64 that shifts it for some readers",
    "loose-quoted-printable": "quoted-printable with escapes that readers decode differently",
    "coding-or-plain": "content that is not in the encoding it is declared to be in",
    "undeclared-coding": "an attachment that is encoded without saying so",
    "message-partial": "a fragment of a message (message/partial), which some readers join with its other fragments",
}
"""Code → what it means; two readings differ in a content or a name."""

IRREGULAR = {
    "no-boundary": "a multipart without a boundary parameter",
    "no-delimiter": "a multipart in which its delimiter does not occur",
    "no-close-delimiter": "a multipart without its close delimiter",
    "text-after-padding": "text behind base64 that is no base64, as list footers are",
    "odd-header": "header lines that break RFC 5322 and change nothing",
    "odd-line-ends": "carriage returns or NUL octets that change nothing",
    "odd-coding": "a transfer encoding or coded text that breaks RFC 2045 and changes nothing",
    "coded-text": "encoded data in a text, opened and scanned",
    "external-body": "a part that only says where its content is (message/external-body); it is never fetched",
}
"""Code → what it means; odd, and the same for every reader."""


def odd(code: str, part: Part, detail: str = "") -> Finding:
    """Make the finding for CODE, one of the tables above, about PART."""
    return finding(Kind.AMBIGUOUS if code in AMBIGUOUS else Kind.IRREGULAR, code, part, detail)
