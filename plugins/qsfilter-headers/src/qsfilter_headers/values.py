"""What the rules are tested against: header values as they stand and decoded, and the original's virtual headers.

A value is tested as received, and, where that differs, decoded (RFC 2047) and written in UTF-8 and in Latin-1 with `?`
for what Latin-1 lacks; so a rule file may have been saved in either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter import Kind, Part, Path
from qsfilter.legacy import double_barrelled, has_clsid, too_long
from qsfilter.mime.header import unfold
from qsfilter.names import decode_words

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from qsfilter import Message

Value = tuple[bytes, Part | Path | None, tuple[bytes, ...]]
"""Key of the rules on it, where it was found (None for the message), and its spellings."""

NAME_TESTS: dict[bytes, Callable[[str], bool]] = {
    b"FILELENGTHTOOLONG": too_long,
    b"FILEDOUBLEBARRELED": double_barrelled,
    b"FILECLSID": has_clsid,
}
"""Virtual headers whose values are the names of parts that the test picks out."""
SENSITIVE, CRYPTO = b"ISSENSITIVEANDNOCRYPTO", b"CRYPTODETAILS"
LEAKS = frozenset({SENSITIVE, CRYPTO})
"""Virtual headers of the original's leak prevention; `leaks` has their values."""
VIRTUAL = frozenset({b"MAILFROM", b"RCPTTO", b"REMOTEIPADDR", b"ZIPPASSWORDPROTECTED", *NAME_TESTS, *LEAKS})


def key(field: str) -> bytes:
    """Return the key for rules on FIELD: capitals for a virtual header, small letters for one of the message."""
    upper = field.upper().encode("ascii")
    return upper if upper in VIRTUAL else upper.lower()


def values(message: Message, wanted: Container[bytes]) -> Iterator[Value]:
    """Yield every value in MESSAGE whose key is WANTED, in no order; but for those of `leaks`."""
    yield from _virtual(message, wanted)
    for part in message.parts:
        own = len(part.path.steps) == 1  # its header is the message's own
        # A reading that only a plugin in shadow mode found has to be named, so that what is found there stays shadow.
        where = None if own and not part.shadow else part
        for field in part.header:
            name = field.name.lower()
            # Of inner parts only what describes their content: their other fields are those of somebody else's
            # message, but a rule on Content-Type is about what a reader opens, and that may stand at any depth.
            if name in wanted and (own or name.startswith(b"content-")):
                yield name, where, spellings(unfold(field.value))


def spellings(value: bytes) -> tuple[bytes, ...]:
    """Return VALUE and what a reader shows for it, each once."""
    if b"=?" not in value and value.isascii():
        return (value,)
    text = decode_words(value).strip(" \t\r\n")
    return tuple(dict.fromkeys((value, *_coded(text))))


def _coded(text: str) -> tuple[bytes, bytes]:
    return text.encode("utf-8", "replace"), text.encode("latin-1", "replace")


def _virtual(message: Message, wanted: Container[bytes]) -> Iterator[Value]:
    if b"MAILFROM" in wanted:
        yield b"MAILFROM", None, (message.envelope.sender,)
    if b"RCPTTO" in wanted:
        for recipient in message.envelope.recipients:
            yield b"RCPTTO", None, (recipient,)
    if b"REMOTEIPADDR" in wanted:
        yield b"REMOTEIPADDR", None, (message.client.ip.encode("utf-8", "replace"),)
    if b"ZIPPASSWORDPROTECTED" in wanted:
        for found in message.findings:
            if found.kind is Kind.UNSCANNABLE and found.name == "encrypted" and not found.shadow:
                yield b"ZIPPASSWORDPROTECTED", found.part, (b"yes", str(found.part).encode("utf-8", "replace"))
    for virtual, test in NAME_TESTS.items():
        if virtual in wanted:
            for part in message.parts:
                for form in (form for name in part.names for form in name.forms if test(form)):
                    yield virtual, part, _coded(form)
