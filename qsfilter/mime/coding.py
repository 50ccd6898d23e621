"""Decodes transfer codings (RFC 2045, 6) as every kind of reader does, the usual result first.

Guarantees: linear; never raises; clean text is decoded once and pays nothing for the other readers; bytes that belong
to no coding are passed over in one reading and end it in another.
"""

from __future__ import annotations

import binascii
import re
import string

IDENTITY = frozenset({b"", b"7bit", b"8bit", b"binary"})
CODED = frozenset({b"base64", b"quoted-printable"})
_ALPHABET = (string.ascii_letters + string.digits + "+/").encode()
_JUNK = bytes(octet for octet in range(256) if octet not in _ALPHABET)
_JUNK_BUT_PAD = bytes(octet for octet in range(256) if octet not in _ALPHABET and octet != ord("="))
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_SOFT_BREAK = re.compile(rb"=[ \t]*(?:\r\n|\n|\r|$)")
_TRAILING = re.compile(rb"[ \t]+(?=\r?\n|$)")
_LOOSE_ESCAPE = re.compile(rb"=\0*([0-9A-Fa-f])\0*([0-9A-Fa-f])")
_SPACED_ESCAPE = re.compile(rb"=[ \t]*([0-9A-Fa-f])[ \t]*([0-9A-Fa-f])")
_LIKE_QP = re.compile(rb"=[0-9A-Fa-f]{2}=[0-9A-Fa-f]{2}")
STEP = 4096
_BAD_ESCAPE = re.compile(rb"=(?![0-9A-F]{2}|\r?\n)")
_MISSPELT = {name.replace(b"-", b""): name for name in (*IDENTITY, *CODED)}
_LOOSE = (
    (re.compile(rb"64|^b$|base"), b"base64"),
    (re.compile(rb"quoted|printable|^q$|^qp$"), b"quoted-printable"),
    (re.compile(rb"uu"), b"x-uuencode"),
    (re.compile(rb"yenc"), b"x-yenc"),
    (re.compile(rb"binhex|hqx"), b"x-binhex"),
    (re.compile(rb"^(?:7|8|bin|none|ascii|text|plain|us-ascii|utf-8)"), b"8bit"),
)
EMBEDDED = frozenset({b"x-uuencode", b"x-yenc", b"x-binhex"})
"""Codings with an armour of their own, which is looked for in every leaf, whatever is declared."""
LEAST_CODED = 24
LEAST_LINE = 4
_CODED_LINES = re.compile(rb"(?:[A-Za-z0-9+/]*={0,2}[ \t]*(?:\r?\n|$))+")


def coding_of(token: bytes) -> bytes:
    """Return the coding that TOKEN names, misspellings of honest mailers among them; TOKEN itself where unknown."""
    plain = token.strip(b'" \t').lower()
    return _MISSPELT.get(plain.replace(b"-", b"").replace(b" ", b"").rstrip(b"s"), plain)


def loose_coding(token: bytes) -> bytes:
    """Return the coding that a tolerant reader takes TOKEN for, or the empty string."""
    plain = token.strip().lower().replace(b"\\", b"")
    return next((coding for pattern, coding in _LOOSE if pattern.search(plain)), b"")


def decode(data: bytes, coding: bytes) -> bytes:
    """Decode DATA from CODING, one of `CODED`, as most readers do."""
    return _base64(data) if coding == b"base64" else binascii.a2b_qp(data)


def decodings(data: bytes, coding: bytes) -> list[tuple[str, bytes]]:
    """Return the results of decoding DATA from CODING, one of `CODED`: (code of the oddity, result), the usual first.

    The code of the usual result is empty; another stands here only if its bytes differ.
    """
    return base64_decodings(data) if coding == b"base64" else quoted_printable_decodings(data)


def _base64(data: bytes) -> bytes:
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        return _all_letters(data)


def _all_letters(data: bytes) -> bytes:
    """Decode the letters of the alphabet and nothing else; what is cut short is decoded as far as it goes."""
    letters = data.translate(None, _JUNK)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def is_all_base64(data: bytes, decoded: bytes) -> bool:
    """Whether DATA is the letters of DECODED and line ends: no octet in it is one that readers only skip."""
    tail = data[-80:].rstrip()
    came_out = (len(decoded) + len(tail) - len(tail.rstrip(b"="))) * 4
    # Where that counts too few line ends, they can't be equal: what has come out was in letters.
    if came_out == 3 * (len(data) - _even_line_ends(data)):
        return True
    return came_out == 3 * (len(data) - data.count(b"\n") - data.count(b"\r"))


def _even_line_ends(data: bytes) -> int:
    """Count the line ends of DATA where all lines but the last ones are of one length; else at most so many.

    A slice in steps is 20 times as fast as counting them all.
    """
    first = data.find(b"\n")
    if first < 0:
        return 0
    ends = data[first :: first + 1]
    even = len(ends) if ends.count(b"\n") == len(ends) else 0
    behind = data[even * (first + 1) :]
    returns = data[first - 1 :: first + 1][:even].count(b"\r") if first else 0
    return even + returns + (behind.count(b"\n") + behind.count(b"\r") if len(behind) <= first else 0)


def base64_decodings(data: bytes) -> list[tuple[str, bytes]]:
    """Decode DATA as base64 (RFC 2045, 6.8) under every reading; see `decodings`."""
    usual = _base64(data)
    if is_all_base64(data, usual):
        return [("", usual)]
    if _LIKE_QP.search(data[:STEP]):
        return _different([("", usual), ("coding-or-plain", binascii.a2b_qp(data)), ("coding-or-plain", data)])
    coded = _coded_lines(data)
    if 0 < coded < len(data) and not _looks_coded(data[coded:]):
        behind = data[coded:]
        return _different(
            [("", usual)]
            + [
                ("text-after-padding", found)
                for found in (_all_letters(data[:coded]), _all_letters(behind), _blocks(data))
            ]
        )
    found = [("", usual)]
    head, rest = _at_padding(data)
    if rest.strip():
        code = "base64-after-padding" if _looks_coded(rest) else "text-after-padding"
        found += [(code, _blocks(data)), (code, _all_letters(data)), (code, _all_letters(rest))]
    if b"-" in head or b"_" in head:
        found.append(("base64-alphabet", _base64(data.translate(_URL_SAFE))))
    found += _shifted(head)
    junk = head.translate(None, _ALPHABET + b"= \t\r\n")
    if junk:
        found += [("base64-junk", _until_junk(head)), ("base64-junk", _without_odd_lines(data))]
        if len(junk) * 8 > len(head):
            found.append(("coding-or-plain", data))
    return _different(found)


def _coded_lines(data: bytes) -> int:
    """Return the length of the lines at the beginning of DATA that are base64 and nothing else.

    Behind them may stand a list's footer; nothing there counts as coded if no line of it is.
    """
    match = _CODED_LINES.match(data)
    return match.end() if match else 0


def _at_padding(data: bytes) -> tuple[bytes, bytes]:
    """Split DATA behind its first padding, at which many readers stop."""
    match = re.search(rb"=[\s=]*", data)
    return (data[: match.end()], data[match.end() :]) if match else (data, b"")


def _looks_coded(rest: bytes) -> bool:
    """Whether REST, behind base64, holds more of it rather than a footer: a line of nothing else, and not a word."""
    for line in rest.splitlines():
        text = line.strip()
        letters = text.rstrip(b"=")
        long_enough = len(text) >= LEAST_CODED or (letters and letters != text)
        if long_enough and len(text) % 4 == 0 and not text.translate(None, _ALPHABET + b"="):
            return True
    return False


def _blocks(data: bytes) -> bytes:
    """Decode each padded block by itself and join the results."""
    kept = data.translate(None, _JUNK_BUT_PAD)
    return b"".join(_all_letters(block) for block in re.split(rb"=+", kept) if block)


def _until_junk(head: bytes) -> bytes:
    """Decode up to the first character that is neither base64 nor white space."""
    match = re.search(rb"[^A-Za-z0-9+/=\s]", head)
    return _all_letters(head[: match.start()]) if match else _all_letters(head)


def _without_odd_lines(data: bytes) -> bytes:
    """Decode those lines that are base64 and nothing else, as where a delimiter stands among them."""
    lines = (line.strip() for line in data.splitlines())
    return _all_letters(b"".join(line for line in lines if not line.translate(None, _ALPHABET + b"=")))


def _shifted(head: bytes) -> list[tuple[str, bytes]]:
    """Decode without up to three first lines (an armour), and from each of the four alignments."""
    found: list[tuple[str, bytes]] = []
    rest = head
    for line in head.split(b"\n", 3)[:3]:
        text = line.strip()
        if len(text) >= LEAST_LINE and not text.translate(None, _ALPHABET + b"="):
            break
        rest = rest[len(line) + 1 :]
        found.append(("base64-shifted", _all_letters(rest)))
    letters = rest.translate(None, _JUNK)
    if found and letters:
        found += [("base64-shifted", _all_letters(letters[shift:])) for shift in (1, 2, 3)]
    return found


def _octet(escape: re.Match[bytes]) -> bytes:
    return bytes((int(escape[1] + escape[2], 16),))


def quoted_printable_decodings(data: bytes) -> list[tuple[str, bytes]]:
    """Decode DATA as quoted-printable (RFC 2045, 6.7) under every reading; see `decodings`."""
    usual = binascii.a2b_qp(data)
    if not _BAD_ESCAPE.search(data):
        return [("", usual)]
    joined = _SOFT_BREAK.sub(b"", _TRAILING.sub(b"", data))
    tolerant = _LOOSE_ESCAPE.sub(_octet, joined)
    return _different(
        [
            ("", usual),
            ("odd-coding", binascii.a2b_qp(joined)),
            ("loose-quoted-printable", tolerant),
            ("odd-coding", _SPACED_ESCAPE.sub(_octet, joined)),
            ("loose-quoted-printable", binascii.a2b_qp(data.replace(b"\0", b""))),
        ]
    )


def _different(found: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Drop results that an earlier one has already given, and empty ones."""
    kept = found[:1]
    for code, data in found[1:]:
        if data and all(data != other for _, other in kept):
            kept.append((code, data))
    return kept
