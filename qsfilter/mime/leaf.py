"""Looks inside one leaf for files and messages that are encoded in it by means other than its transfer coding.

Guarantees: told by content, whatever the leaf is declared to be; a leaf with nothing inside costs one look at its first
bytes and, if it is text, a few searches; a bound that is reached in one format leaves the others; never raises.

The readers of the formats are modules of `embedded`, each with `children(leaf)`. They are imported when something in a
leaf asks for them: all their patterns together would double the start of the wrapper process.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached
from qsfilter.mime.codes import odd
from qsfilter.mime.embedded.leaf_text import FIELDS, MESSAGE_ENDINGS, OFFICE_ENDINGS, LeafText
from qsfilter.mime.entity import KNOWN
from qsfilter.model import Child
from qsfilter.sniff import containers
from qsfilter.words import unscannable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qsfilter.limits import Limits
    from qsfilter.model import Finding, Part

STEP = 1 << 20
LEAST_LINE = 20
"""Characters of a line by which base64 that nobody declares is told, as in `embedded.sniffed`."""
_SHAPES = bytes(0x61 if chr(octet).isalnum() or octet in b"+/" else octet for octet in range(0x80)) + bytes(0x80)
_LONG_LINE = b"\n" + b"a" * 60
"""What a line that can be base64 is to this table; encoders write 60, 64, 72 or 76 characters."""
_OVERLAP = 32
"""Octets of one step that the next one sees again, so that no mention is cut in two."""
_TEXT = bytes((*range(0x20, 0x7F), *range(0x80, 0x100), 0x08, 0x09, 0x0A, 0x0C, 0x0D, 0x1B))
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\t\r"
_TEXT_TYPES = ("text/", "message/", "application/xml", "application/xhtml", "image/svg")
_MARKUP_TYPES = ("text/html", "text/xml", "application/xml", "application/xhtml", "image/svg")
_BINARY_FILES = (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"Rar!", b"MZ", b"RIFF", b"{\\rtf")
_APPLE = (b"\x00\x05\x16\x00", b"\x00\x05\x16\x07")
_CMS_OIDS = (b"*\x86H\x86\xf7\r\x01\x07", b"*\x86H\x86\xf7\r\x01\t\x10\x01")
_PGP_CONTROL = "application/pgp-encrypted"
_PGP_ENDINGS = (".asc", ".gpg", ".pgp")
_MESSAGES = tuple(f".{ending}" for ending in MESSAGE_ENDINGS)
_WEB_ARCHIVES = tuple(f".{ending}" for ending in OFFICE_ENDINGS)
_ARMOURS = {b"uu": "uuencode", b"yenc": "yenc", b"binhex": "binhex", b"hqx": "binhex"}
"""Word in a transfer encoding → the format that it promises."""
_BINHEX_TYPES = frozenset({"application/mac-binhex40", "application/mac-binhex", "application/binhex"})
_ARMOURED = frozenset(_ARMOURS.values())
_ODD_STARTS = (b"\xff\xfe", b"\xfe\xff", b"+/")
"""Byte order marks of UTF-16 and UTF-32, and the beginning of UTF-7's."""
_ODD_CHARSET = re.compile(rb"charset.*(?:utf-?(?:7|16|32)|ucs|unicode|ibm|cp|ebcdic)", re.DOTALL)
_UUENCODE = (b"\nbegin ", b"\nbegin-b", b"\nbegin\t", b"\rbegin ", b"\rbegin-b", b"\rbegin\t")
_CARDS = (b"begin:vcard", b"begin:vcalendar", b"begin:vevent", b"begin:vnote")
_CODED_LETTERS = (b"&#0", b"&#58", b"&#65", b"&#68", b"&#84", b"&#97", b"&#100", b"&#116", b"&#x")
"""Beginnings of character references that can stand for a letter of `data:`."""


def inside_leaf(part: Part, limits: Limits, said: Mapping[bytes, list[bytes]]) -> Iterator[Child | Finding]:
    """Yield every file or message inside PART, a leaf of which its header SAID this, and say what is odd about it."""
    leaf = LeafText(part, limits)
    for name in _formats(leaf, said):
        told = False
        found: Iterator[Child | Finding] = import_module(f"qsfilter.mime.embedded.{name}").children(leaf)
        try:
            for answer in found:
                if isinstance(answer, Child) and name in _ARMOURED and not told:
                    told = True
                    yield odd("coded-text", part, name)
                yield answer
        except LimitReached as error:
            yield unscannable("over-limit", part, str(error))


def _formats(leaf: LeafText, said: Mapping[bytes, list[bytes]]) -> list[str]:
    """Return the names of the modules that have to look at LEAF."""
    head, part = leaf.head, leaf.part
    found: list[str] = []
    if head.startswith(_APPLE):
        found.append("apple")
    elif head[:1] == b"\x30" and any(oid in head for oid in _CMS_OIDS):
        found.append("cms")
    if part.declared == _PGP_CONTROL or (head[:1] >= b"\x80" and _is_named(part, _PGP_ENDINGS)):
        found.append("pgp")
    leaf.coding = _promised(said)
    charset = _ODD_CHARSET.search(b"".join(said.get(b"content-type", ())).lower())
    if part.declared in _BINHEX_TYPES:
        leaf.coding = "binhex"
    named = _is_named(part, _MESSAGES)
    if not leaf.coding and not named and not _is_text(part, head):
        return found
    declared_markup = part.declared.startswith(_MARKUP_TYPES)
    leaf.markup = declared_markup or (b"<" in head if part.declared != "text/plain" else head.lstrip()[:1] == b"<")
    mentioned = _mentioned(leaf)
    other_letters = "charset" in mentioned or charset or head[:2] in _ODD_STARTS
    if other_letters and part.origin != "charset" and not _is_tar(part):
        found.append("charset")
    if _begins_as_message(head) or named or _is_named(part, _WEB_ARCHIVES):
        found.append("messages")
    if _may_be_coded(part, head):
        mentioned.add("sniffed")
    if "cards" in mentioned and not leaf.markup:
        mentioned.discard("data_uri")  # `cards` looks for them as well, in joined lines
    return found + [name for name in _IN_TEXT if name in mentioned]


_IN_TEXT = ("uuencode", "yenc", "binhex", "pem", "cards", "data_uri", "sniffed")
"""In the order in which they are asked: what only looks like base64 comes last."""


def _is_text(part: Part, head: bytes) -> bool:
    """Whether PART is declared or looks as if it could hold encoded text."""
    if part.declared.startswith(_TEXT_TYPES):
        return True
    if head.startswith(_BINARY_FILES):
        return False
    controls = head.translate(None, _TEXT)
    few_zeros = not controls.strip(b"\0") and len(controls) * 10 <= len(head)
    return few_zeros or head[:2] in _ODD_STARTS[:2] or b"=ybegin" in head.lower()


def _is_tar(part: Part) -> bool:
    """Whether the NUL in PART are those of a tar archive; its members are looked at, and what is none is corrupt."""
    return any(one.kind == "tar" for one in containers(part.blob))


def _is_named(part: Part, endings: tuple[str, ...]) -> bool:
    return any(form.casefold().endswith(endings) for candidate in part.names for form in candidate.forms)


def _promised(said: Mapping[bytes, list[bytes]]) -> str:
    """Return the coding with an armour that a header promises which SAID this; some mailers leave the armour away."""
    for value in said.get(b"content-transfer-encoding", ()):
        coding = value.strip().lower()
        if coding not in KNOWN:
            for word, found in _ARMOURS.items():
                if word in coding:
                    return found
    return ""


def _begins_as_message(head: bytes) -> bool:
    """Whether HEAD begins with a field of a message, an mbox separator, or the length that .emlx files begin with."""
    line = head.lstrip()[:200].partition(b"\n")[0].lower()
    return (
        line.partition(b":")[0].rstrip() in FIELDS or line.startswith((b"from ", b">from ")) or line.strip().isdigit()
    )


def _may_be_coded(part: Part, head: bytes) -> bool:
    """Whether one of the first lines of HEAD can be base64, or HEAD has escapes of quoted-printable."""
    if part.names and (b"=\n" in head or b"=\r\n" in head or head.count(b"=") * 6 > len(head)):
        return True
    for line in head.lstrip().split(b"\n", 4)[:4]:
        if len(line.rstrip()) >= LEAST_LINE and b" " not in line and not line.translate(None, _BASE64):
            return True
    return False


def _mentioned(leaf: LeafText) -> set[str]:
    """Return the formats whose beginnings occur in LEAF, by searches in steps."""
    base, (start, end) = leaf.part.blob.base, leaf.part.blob.span
    found = {leaf.coding}
    for at in range(start, end, STEP):
        window = bytes(base[at : min(end, at + STEP + _OVERLAP)]).lower()
        if b"begin" in window:
            if any(line in window for line in _UUENCODE) or (at == start and window.startswith(b"begin")):
                found.add("uuencode")
            if b"=ybegin" in window:
                found.add("yenc")
            if b"-----begin " in window:
                found.add("pem")
            if any(mention in window for mention in _CARDS):
                found.add("cards")
        if b"::" in window and (b"\ndn:" in window or window.startswith(b"dn:")):
            found.add("cards")
        if b"binhex" in window:
            found.add("binhex")
        if b"data:" in window or (leaf.markup and _is_cut_up(window)):
            found.add("data_uri")
        if b"\0" in window or (leaf.markup and b"utf-7" in window):
            found.add("charset")
        if not leaf.markup and _LONG_LINE in window.translate(_SHAPES):
            found.add("sniffed")
    return found


def _is_cut_up(window: bytes) -> bool:
    """Whether WINDOW, markup in lower case, can spell `data:` with line ends, references or shifts in it."""
    if b"data:" in window.translate(None, b"\t\r\n") or b"&colon;" in window or b"&tab;" in window:
        return True
    if b"\x1b" in window or b"\x0e" in window:  # shifts of ISO 2022
        return True
    return b"&#" in window and any(letter in window for letter in _CODED_LETTERS)
