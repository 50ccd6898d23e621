"""What is said to spamd and what it answers (SPAMC/1.5), as bytes.

Guarantee: an answer counts only if it is whole and says with numbers what the score is; everything else raises.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import NoReturn

VERSION = b"SPAMC/1.5"
LONGEST_ANSWER = 1 << 18
"""Octets. A report of two hundred rules has 20,000."""
LONGEST_HEAD = 4096
MOST_RULES = 200
_STATUS = re.compile(rb"SPAMD/[0-9.]{1,8} ([0-9]{1,3}) ([^\r\n]{0,512})\r?\n")
_POINTS = r"-?[0-9]{1,6}(?:\.[0-9]{1,4})?"
_SPAM = re.compile(rf"(true|yes|false|no) ?; ?({_POINTS}) ?/ ?({_POINTS})", re.IGNORECASE)
_WRITTEN = re.compile(rf"({_POINTS})/({_POINTS})(?: ([!-~]+))?")
_LENGTH = re.compile("[0-9]{1,9}")
_RULE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_SCORED = re.compile(r"^ *(-?[0-9]+(?:\.[0-9]+)?) ([A-Z0-9_]{1,64})\b", re.MULTILINE)
_END = re.compile(rb"\r?\n\r?\n")


class GarbledError(ConnectionError):
    """An answer that is none, or an error that spamd reports."""


class Score(NamedTuple):
    """What spamd says of a message."""

    spam: bool
    score: str
    """In points, as spamd writes them."""
    required: str
    """From how many points on it is spam."""
    rules: tuple[str, ...] = ()
    """Names of the rules that hit, each as `NAME` or `NAME=POINTS`."""

    @property
    def over(self) -> float:
        """Points above what is required; rounded, so that 7.1 is 2.1 above 5.0."""
        return round(float(self.score) - float(self.required), 4)

    def __str__(self) -> str:
        """Text for a finding, as `15.2/5.0 RULE,OTHER`; `read` reads it again."""
        return f"{self.score}/{self.required} {','.join(self.rules)}".rstrip()


def read(text: str, *, spam: bool) -> Score | None:
    """Return the Score that TEXT was made from; None for any other text."""
    found = _WRITTEN.fullmatch(text)
    return None if found is None else Score(spam, found[1], found[2], tuple(found[3].split(",")) if found[3] else ())


def request(command: bytes, content: bytes, user: str = "") -> bytes:
    """Return the octets that ask COMMAND about CONTENT, with the settings of USER."""
    head = [command + b" " + VERSION, b"Content-length: %d" % len(content)]
    if user:
        head.append(b"User: " + user.encode("ascii"))
    return b"\r\n".join((*head, b"", content))


def ping() -> bytes:
    """Return the octets that ask whether spamd is there."""
    return b"PING " + VERSION + b"\r\n\r\n"


def is_whole(data: bytes) -> bool:
    """Whether DATA needs no more to be read. Raises GarbledError for what can't become an answer."""
    if len(data) > LONGEST_ANSWER:
        raise GarbledError("its answer is too long")
    head, body = _split(data)
    if head is None:
        if len(data) > LONGEST_HEAD:
            raise GarbledError("the head of its answer is too long")
        return False
    length = _length(head)
    return length is not None and len(body) >= length


def too_early(data: bytes) -> NoReturn:
    """Say what is wrong with DATA, which came before spamd had been given all of the message. Raises GarbledError."""
    _status(data)
    raise GarbledError("it answered before it had read the message")


def pong(data: bytes) -> None:
    """Take the answer to `ping`. Raises GarbledError for any other."""
    if _status(data) != "PONG":
        raise GarbledError("it does not answer PING with PONG")


def scored(data: bytes, *, report: bool = False) -> Score:
    """Read the answer to SYMBOLS, or to REPORT. Raises GarbledError."""
    _status(data)
    head, body = _split(data)
    length = None if head is None else _length(head)
    if head is None or length is None or len(body) < length:
        raise GarbledError("it ended in the middle of its answer")
    if len(body) > length:
        raise GarbledError("its answer is longer than it says")
    found = _SPAM.fullmatch(head.get("spam", ""))
    if found is None:
        raise GarbledError("its answer holds no score")
    text = body.decode("latin-1")
    if report:
        rules = [f"{name}={points}" for points, name in _SCORED.findall(text)]
    else:
        rules = [name for name in map(str.strip, text.split(",")) if _RULE.fullmatch(name)]
    return Score(found[1].lower() in {"true", "yes"}, found[2], found[3], tuple(rules[:MOST_RULES]))


def _status(data: bytes) -> str:
    found = _STATUS.match(data)
    if found is None:
        raise GarbledError("it does not speak as spamd does" if data else "it closed the connection without an answer")
    text = found[2].decode("ascii", "backslashreplace")
    if int(found[1]):
        raise GarbledError(f"it answers {int(found[1])} {text[:100]!r}")
    return text


def _split(data: bytes) -> tuple[dict[str, str] | None, bytes]:
    """Return the fields of the head, their names in lower case, and what comes behind; None while it is not whole."""
    end = _END.search(data, 0, LONGEST_HEAD + 4)
    if end is None:
        return None, b""
    lines = data[: end.start()].decode("latin-1").splitlines()[1:]
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if fields.setdefault(name.strip().lower(), value.strip()) != value.strip():
            raise GarbledError("its answer says two different things")
    return fields, data[end.end() :]


def _length(fields: dict[str, str]) -> int | None:
    text = fields.get("content-length", "")
    return int(text) if _LENGTH.fullmatch(text) else None
