"""The names that a reader may give a part: decoding of what stood in the message, and every normalised form.

Guarantees: nothing is ever lost (`raw` and `text` stay, `forms` begins with `text`); no name becomes a path; `shown`
gives a form that is safe in a log line.
"""

from __future__ import annotations

import re

from qsfilter.model import Name

LONGEST_SHOWN = 120
_PLAIN = re.compile(r"[\w()+,=@\[\]-]+(?:[ .]+[\w()+,=@\[\]-]+)*", re.ASCII)
_WORD = re.compile(rb"=\?([^?\s*]{1,40})(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape"})
"""Python's own codecs under which a long name takes quadratic time or means something that no mail reader knows."""
_PUNCTUATION = re.compile(r"[^a-z0-9]+")
"""What Python passes over in a codec's name: `Unicode/Escape` is `unicode_escape`, and `!punycode` is `punycode`."""
# Few messages ask for the following patterns; `re` compiles each when one does, and start-up pays nothing.
_UTF_7 = r"(?i)(?:x-)?(?:cs)?(?:unicode-?[12]-?[01]-?)?utf-?7"
_EBCDIC = r"(?i).*ebcdic.*|(?:ibm|cp)-?0*(?:37|2[789]\d|42[034]|500|87[015]|880|1026|1047|114\d)"
"""Charsets that mail programs know and Python does not; Latin letters and the dot are the same in all of EBCDIC."""
_NOT_AS_ASCII = rb"(?i)=\?(?=[^?\s]{1,40}\?[bq]\?)[^?]*?(?:utf-?(?:7|16|32)|ucs|unicode|ebcdic|ibm|cp|2022|hz)[^?]*"
"""The beginning of an encoded word in whose charset ASCII may be something else, which not every reader knows."""
_SHIFTS = r"\x1b(?:\$[()*+]?[@-_]|[(-/][ -~])|[\x0e\x0f]"
"""What switches from one set of letters to another (ISO 2022) and stands raw in names of old mailers."""
_BASE64_WORD = rb"(=\?[^?]*\?[bB]\?)([^?]*)(?=\?=)"
_IGNORABLE = frozenset(
    map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x3164, *range(0xFE00, 0xFE10), 0xFFA0))
)
"""Characters that show nothing and are no format characters (Unicode: Default_Ignorable_Code_Point)."""
_BETWEEN_WORDS = re.compile(rb"(\?=)[ \t\r\n]+(=\?)")


def name(raw: bytes, source: str) -> Name:
    """Read RAW, an attribute's value without its quotes or an archive's member name, as a candidate name."""
    text = decode_words(raw) if b"=?" in raw else as_text(raw)
    found = forms(text)
    if b"=?" in raw:
        # PHP, and with it webmail, passes over padding wherever it stands, and others stop there.
        unpadded = re.sub(_BASE64_WORD, lambda word: word[1] + word[2].replace(b"=", b""), raw)
        for reading in dict.fromkeys((unpadded, re.sub(_NOT_AS_ASCII, b"=?us-ascii", raw))):
            if reading != raw and (other := decode_words(reading)) != text:
                found = tuple(dict.fromkeys((text, *forms(other), *found)))
    return Name(raw=raw, text=text, source=source, forms=found)


def name_from_text(text: str, source: str, raw: bytes | None = None) -> Name:
    """Make a candidate name of TEXT that its container has already decoded (RFC 2231, zip's UTF-8 flag)."""
    return Name(
        raw=text.encode("utf-8", "surrogatepass") if raw is None else raw, text=text, source=source, forms=forms(text)
    )


def as_text(raw: bytes, charset: str = "utf-8") -> str:
    """Decode RAW by CHARSET, and by Latin-1, which never fails, where that does not work."""
    try:
        if charset == "utf-8" or _PUNCTUATION.sub("_", charset.lower()).strip("_") not in _NO_CHARSETS:
            return raw.decode(charset)
    except LookupError:
        if codec := _codec(charset):
            return raw.decode(codec, "replace")
    except ValueError:  # UnicodeError is one; codecs such as idna raise others of its kind
        pass
    return raw.decode("latin-1")


def _codec(charset: str) -> str:
    """Return Python's name of a CHARSET that it does not know by that name; empty where ASCII is ASCII in it."""
    return "utf-7" if re.fullmatch(_UTF_7, charset) else "cp037" if re.fullmatch(_EBCDIC, charset) else ""


def decode_words(raw: bytes) -> str:
    """Decode encoded words (RFC 2047, 2), also where the RFC does not allow them, as most readers do."""
    joined = _BETWEEN_WORDS.sub(rb"\1\2", raw)
    pieces: list[str] = []
    at = 0
    for word in _WORD.finditer(joined):
        pieces.append(as_text(joined[at : word.start()]))
        pieces.append(_decoded_word(*word.groups()))
        at = word.end()
    pieces.append(as_text(joined[at:]))
    return "".join(pieces)


def _decoded_word(charset: bytes, coding: bytes, text: bytes) -> str:
    import binascii  # noqa: PLC0415 - most messages have no encoded word in a name

    try:
        decoded = binascii.a2b_base64(text + b"==") if coding in b"bB" else binascii.a2b_qp(text, header=True)
    except binascii.Error:
        decoded = text
    return as_text(decoded, charset.decode("ascii", "replace"))


def decode_extended(raw: bytes) -> str:
    """Decode an extended value (RFC 2231, 4): charset, language and percent-coded text."""
    charset, _, rest = raw.partition(b"'")
    _, quote, text = rest.partition(b"'")
    if not quote:
        charset, text = b"utf-8", raw
    return as_text(unpercent(text), charset.decode("ascii", "replace") or "utf-8")


def unpercent(raw: bytes) -> bytes:
    """Replace each %XX by its octet and leave every other percent sign alone."""
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes((int(match[1], 16),)), raw)


def forms(text: str) -> tuple[str, ...]:
    """List TEXT and every other form that some reader or file system makes of it, each once."""
    if _PLAIN.fullmatch(text):
        return (text,)
    found = {text: None}
    starts = {text: None, text.split("\0", 1)[0]: None}
    if "%" in text:
        unescaped = as_text(unpercent(text.encode("utf-8", "surrogatepass")))
        starts |= {unescaped: None, unescaped.split("\0", 1)[0]: None}
    if "\x1b" in text or "\x0e" in text:
        starts[re.sub(_SHIFTS, "", text)] = None
    if not any(ord(char) & 0xFF for char in text):  # UTF-16 in the other order of octets
        starts[text.encode("utf-16-le", "surrogatepass").decode("utf-16-be", "replace")] = None
    for start in starts:
        visible = _visible(start)
        for form in (visible, _last_component(visible)):
            stripped = form.strip().rstrip(". ")
            stream_cut = stripped.split(":", 1)[0].rstrip(". ")
            found |= dict.fromkeys(candidate for candidate in (stripped, stream_cut) if candidate)
    return tuple(found)


def _visible(text: str) -> str:
    """Drop control and format characters (bidirectional overrides, zero width) and fold compatible letters (NFKC)."""
    if text.isascii() and text.isprintable():
        return text
    import unicodedata  # noqa: PLC0415 - most names are plain ASCII

    kept = "".join(char for char in text if unicodedata.category(char) not in {"Cc", "Cf"} and char not in _IGNORABLE)
    return unicodedata.normalize("NFKC", kept)


def _last_component(text: str) -> str:
    """Return what follows the last slash or backslash that something other than dots and blanks follows."""
    components = [piece for piece in re.split(r"[/\\]", text) if piece.strip(". ")]
    return components[-1] if components else text


def printable(text: str) -> str:
    """Return TEXT with everything escaped that does not print, so that it can't steer a terminal or forge a line."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def shown(text: str, longest: int = LONGEST_SHOWN) -> str:
    """Quote TEXT for people and logs: printable characters as they are, all others escaped, cut at LONGEST."""
    quoted = printable(text[:longest].replace("\\", "\\\\").replace('"', '\\"'))
    return f'"{quoted}…"' if len(text) > longest else f'"{quoted}"'
