"""Base64 and quoted-printable that nothing declares: texts that are all of it, and base64 between lines of text.

Guarantees: linear; words, hexadecimal digits and plain sentences are not taken for base64; text in which one equals
sign is no escape is not taken for quoted-printable.
"""

from __future__ import annotations

import binascii
import re
from collections import deque
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached
from qsfilter.mime.codes import odd
from qsfilter.mime.embedded.armour import base64_lines, extensions, is_known_file, is_text
from qsfilter.model import Child

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.mime.embedded.leaf_text import LeafText
    from qsfilter.model import Finding, Name

_FIRST_LINES = re.compile(
    rb"\s*(?:[^\r\n]{1,200}+(?:\r\n?|\n)\s*)??(?=[A-Za-z0-9+/]{20}[A-Za-z0-9+/]*+={0,2}[ \t]*+(?:[\r\n]|\Z))"
)
"""What stands before the first line of base64: at most one other line."""
_ARMOURS = (b"-----begin ", b"begin-base64")
"""First lines that another module reads."""
LEAST = 30
"""Octets below which a decoded content is taken for a word."""
LEAST_BESIDE = 48
"""The same where other text stands beside it."""
LEAST_FILE = 1024
"""Octets below which a content of no known type can be a key, a token or a licence, which are text to every reader."""
LEAST_ESCAPES = 3
"""The checksum below an OpenPGP signature can look like one."""
_SAMPLE = 4096
_LINE = re.compile(rb"[A-Za-z0-9+/](?<![^\r\n].)[A-Za-z0-9+/]{59}[A-Za-z0-9+/]*+={0,2}[ \t]*+(?=[\r\n]|\Z)", re.DOTALL)
"""A line of nothing but base64."""
_SEVERAL_WORDS = re.compile(rb"[^\s][ \t]+[^\s]")
_NOT_HEXADECIMAL = re.compile(rb"[G-Zg-z+/]")
_BAD_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*(?:[\r\n]|\Z))")
_ESCAPE = re.compile(rb"=[0-9A-Fa-f]{2}")
_SHOWN_CODED = frozenset({"asc", "b64", "base64", "cer", "crt", "csr", "der", "key", "p7b", "p7m", "p7s", "pem", "pfx"})
"""Extensions of files that are base64 for every reader."""
_DER = (b"\x30\x80", b"\x30\x81", b"\x30\x82", b"\x30\x83")


def children(leaf: LeafText) -> Iterator[Child | Finding]:
    """Yield what LEAF decodes to although nothing says so; quoted-printable only of a leaf that has a name."""
    part, text = leaf.part, leaf.text
    data = _quoted_printable_text(text) if part.names and b"=" in leaf.head else b""
    if data:
        yield odd(_code(text, data, part.names), part, "quoted-printable")
        yield Child(data=data, names=part.names, origin="quoted-printable")
        return
    first = _FIRST_LINES.match(text)
    at = 0
    if first is not None and not first[0].lstrip().lower().startswith(_ARMOURS):
        data, end = _base64_at(text, first.end(), LEAST)
        whole = not first[0].strip() and not text[end : end + _SAMPLE].strip()
        if data and (whole or (len(data) >= LEAST_BESIDE and not leaf.markup)):
            at = end
            yield odd(_code(text, data, part.names) if whole else "coded-text", part, "base64")
            yield Child(data=data, names=part.names, origin="base64")
    told = at > 0
    for data in () if leaf.markup else _between_lines(leaf, at):
        if not told:
            told = True
            yield odd("coded-text", part, "base64")
        yield Child(data=data, origin="base64")


def _between_lines(leaf: LeafText, at: int) -> Iterator[bytes]:
    """Yield what each run of lines of base64 in LEAF from AT decodes to. Raises LimitReached."""
    taken = deque(sorted(leaf.taken))
    for _ in range(leaf.limits.members):
        line = _LINE.search(leaf.text, at)
        if line is None:
            return
        while taken and taken[0][1] <= line.start():
            taken.popleft()
        if taken and taken[0][0] <= line.start():
            at = taken.popleft()[1]
            continue
        data, at = _base64_at(leaf.text, line.start(), LEAST_BESIDE)
        if data:
            yield data
    raise LimitReached("members", leaf.limits.members)


def _base64_at(text: bytes, at: int, least: int) -> tuple[bytes, int]:
    """Return what the base64 at AT in TEXT decodes to, if that is LEAST octets and no words, and where it ends."""
    data, end = base64_lines(text, at)
    if _SEVERAL_WORDS.search(text, at, min(end, at + _SAMPLE)):
        beginning, first_end = base64_lines(text, at, words=True)
        if len(beginning) >= least or not is_known_file(data):
            data, end = beginning, first_end
    return (data if len(data) >= least and _is_mixed(text[at : min(end, at + _SAMPLE)]) else b""), end


def _is_mixed(sample: bytes) -> bool:
    """Whether SAMPLE has the letters that a coded content has, and a word has not."""
    return bool(
        sample.lower() != sample
        and sample.upper() != sample
        and _NOT_HEXADECIMAL.search(sample)
        and sample.translate(None, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz= \t\r\n")
    )


def _quoted_printable_text(text: bytes) -> bytes:
    """Return what TEXT decodes to where it is quoted-printable.

    Every equals sign begins an escape or a soft line break, and there are both, or hardly anything but escapes.
    """
    if _BAD_ESCAPE.search(text):
        return b""
    soft = b"=\n" in text or b"=\r\n" in text
    sample = text[:_SAMPLE]
    escapes = len(_ESCAPE.findall(sample))
    if escapes < LEAST_ESCAPES or (not soft and (escapes < LEAST or escapes * len(b"=XX") * 2 < len(sample))):
        return b""
    data = binascii.a2b_qp(text)
    return b"" if data == text else data


def _code(text: bytes, data: bytes, names: tuple[Name, ...]) -> str:
    """Return the code of the oddity that TEXT, a part with NAMES, decodes to DATA."""
    if not names or data.startswith(_DER) or extensions(names) & _SHOWN_CODED:
        return "coded-text"
    wrapped = len(data) >= LEAST_FILE and len(text[:_SAMPLE].split(None, 2)) > 1
    return "undeclared-coding" if is_known_file(data) or (wrapped and not is_text(data)) else "coded-text"
