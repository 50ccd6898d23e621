"""Makes a notice into a mail as RFC 3834 has it: the null sender, Auto-Submitted, and what it answers.

Guarantees: whatever the texts hold, no line of the header is theirs; the header is ASCII; no line is longer than 998
octets. It is written here and not by the standard library, which folds Message-IDs into encoded words.
"""

from __future__ import annotations

import binascii
import hashlib
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter import Envelope
from qsfilter.names import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Message

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
OCTETS_IN_WORD = 42
"""Of an encoded word, before base64: with its frame it stays below 75 characters (RFC 2047, 2)."""
LONGEST_PLAIN = 65
LONGEST_LINE = 900
"""Octets of a line of a digest."""
_MESSAGE_ID = re.compile(rb"<[!#-'*+\-./0-9=?A-Z^-~]{1,200}@[!#-'*+\-./0-9=?A-Z^-~\[\]:]{1,200}>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Writer:
    """From whom all notices come."""

    description: str
    address: str
    """ASCII, without quotes."""

    def notice(self, *, name: str, to: str, subject: str, body: str, now: float, answers: bytes | None = None) -> bytes:
        """Return a mail TO an address.

        NAME is the one in the outbox. ANSWERS is the Message-ID of what it answers, empty where that has none, and None
        where it answers nothing.
        """
        lines = [*self._header(name, to, subject, "auto-generated" if answers is None else "auto-replied", now)]
        if answers:
            lines += [f"In-Reply-To: {answers.decode('ascii')}", f"References: {answers.decode('ascii')}"]
        lines.append("Content-Transfer-Encoding: quoted-printable")
        coded = binascii.b2a_qp(body.encode("utf-8", "backslashreplace"))
        return "\n".join([*lines, "", ""]).encode("ascii") + coded

    def digest(self, *, name: str, to: str, subject: str, body: str, now: float) -> bytes:
        """Return a mail TO an address, by NAME, to whose end lines may be added as they are."""
        lines = [*self._header(name, to, subject, "auto-generated", now), "Content-Transfer-Encoding: 8bit"]
        pieces = [digest_line(line) + b"\n" for line in body.rstrip("\n").split("\n")]
        return "\n".join([*lines, "", ""]).encode("ascii") + b"".join(pieces) + b"\n"

    def _header(self, name: str, to: str, subject: str, sort: str, now: float) -> Iterator[str]:
        number = hashlib.sha256(name.encode()).hexdigest()[:32]
        yield f"From: {_phrase(self.description)}\n <{self.address}>"
        # An address in UTF-8 would make the header one that not every server takes (RFC 6532).
        yield f"To: {to}" if to.isascii() else "To: undisclosed-recipients:;"
        yield f"Subject: {_text(subject)}"
        yield f"Date: {_date(now)}"
        yield f"Message-ID: <qsfilter.{number}.{int(now)}@{self.address.rpartition('@')[2]}>"
        yield f"Auto-Submitted: {sort}"
        yield "MIME-Version: 1.0"
        yield "Content-Type: text/plain; charset=utf-8"


def envelope(to: str) -> Envelope:
    """Return the envelope of a notice TO an address: nobody is told where it can't be delivered."""
    return Envelope(sender=b"", recipients=(to.encode("utf-8"),))


def digest_line(text: str) -> bytes:
    """Return TEXT as one line of a digest, without its end."""
    return printable(text).encode("utf-8", "backslashreplace")[:LONGEST_LINE].decode("utf-8", "ignore").encode("utf-8")


def message_id(message: Message) -> bytes:
    """Return the Message-ID of MESSAGE where it has one that is well formed, else nothing."""
    found = [field.value.strip() for field in message.header if field.name.strip().lower() == b"message-id"]
    return found[0] if len(found) == 1 and _MESSAGE_ID.fullmatch(found[0]) else b""


def _date(now: float) -> str:
    at = time.gmtime(now)
    clock = f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} +0000"
    return f"{DAYS[at.tm_wday]}, {at.tm_mday:02} {MONTHS[at.tm_mon - 1]} {at.tm_year} {clock}"


def _phrase(text: str) -> str:
    """Write TEXT as the name beside an address (RFC 5322, 3.2.5)."""
    if _is_plain(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return _words(text)


def _text(text: str) -> str:
    return text if _is_plain(text) else _words(text)


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and len(text) <= LONGEST_PLAIN and "=?" not in text


def _words(text: str) -> str:
    """Write TEXT in encoded words of whole characters, one on a line (RFC 2047, 5)."""
    words = [b""]
    for char in printable(text):
        octets = char.encode("utf-8", "backslashreplace")
        if len(words[-1]) + len(octets) > OCTETS_IN_WORD:
            words.append(b"")
        words[-1] += octets
    return "\n ".join(f"=?utf-8?b?{binascii.b2a_base64(word, newline=False).decode('ascii')}?=" for word in words)
