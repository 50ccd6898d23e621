"""What clamd answers, and what that means for a content.

Guarantee: nothing but an exact OK is clean; a reply that is neither OK nor FOUND nor an error that clamd is known to
send is no answer at all.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsfilter import malware, unscannable

if TYPE_CHECKING:
    from qsfilter import Blob, Finding

ENCRYPTED = "Heuristics.Encrypted."
LIMITS = "Heuristics.Limits."
TOO_LONG = "INSTREAM size limit exceeded."
REASONS = {
    # As libclamav's cl_strerror words them.
    "Exceeded time limit": "over-limit",
    "Exceeded max recursion depth": "over-limit",
    "Exceeded max scan size": "over-limit",
    "Exceeded max scan files": "over-limit",
    TOO_LONG: "over-limit",
    "Can't unpack some data": "corrupt",
    "Can't parse data": "corrupt",
    "Bad format or broken data": "corrupt",
}
"""Errors that are about the content, with the name of the finding; every other one is about the server."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


OK, FOUND, ERROR = "OK", "FOUND", "ERROR"
"""The three words that a reply can end with."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What clamd said of one content."""

    status: str
    """`OK`, `FOUND` or `ERROR`."""
    text: str = ""
    """The signature's name, or the error."""

    @property
    def about_server(self) -> bool:
        """Whether it says nothing of the content, so that another server has to be asked."""
        return self.status == ERROR and self.text not in REASONS

    def finding(self, blob: Blob) -> Finding | None:
        """Say what the reply means for BLOB; None for a clean one."""
        if self.status == OK:
            return None
        if self.status == ERROR:
            return unscannable(REASONS[self.text], blob, f"clamd: {self.text}")
        if self.text.startswith(ENCRYPTED):
            return unscannable("encrypted", blob, f"clamd: {self.text}")
        if self.text.startswith(LIMITS):
            return unscannable("over-limit", blob, f"clamd: {self.text}")
        return malware(self.text, blob)


CLEAN = Reply(OK)


def doubt(line: str) -> Exception:
    """Return the error for a LINE that clamd's protocol does not have."""
    import clamd  # noqa: PLC0415 - 3 ms, and only mail in which something is found or amiss needs it

    error: Exception = clamd.ResponseError(f"not a reply of clamd: {line[:80]!r}")
    return error


def lost(text: str) -> Exception:
    """Return the error for a connection that failed."""
    import clamd  # noqa: PLC0415 - as above

    error: Exception = clamd.ConnectionError(text)
    return error


def is_doubt(error: Exception) -> bool:
    """Tell whether ERROR means that the server said something wrong, rather than nothing."""
    import clamd  # noqa: PLC0415 - as above

    return isinstance(error, clamd.ResponseError)


def errors() -> Any:  # noqa: ANN401 - a tuple of classes, one of which is untyped
    """Return what a session can raise, for an `except`."""
    import clamd  # noqa: PLC0415 - as above

    return (clamd.ClamdError, OSError)


def numbered(line: bytes) -> tuple[int, str]:
    """Split a reply of an IDSESSION into the number of its command and the rest. Raises clamd.ResponseError."""
    number, colon, text = line.partition(b": ")
    shown = text.decode("utf-8", "backslashreplace")
    if not colon or not number.isdigit() or len(number) > 9 or not shown.isprintable():
        raise doubt(line.decode("utf-8", "backslashreplace"))
    return int(number), shown


def read(text: str, *, descriptor: bool) -> Reply:
    """Read what clamd says of a content that it got as a DESCRIPTOR, or else as a stream.

    Raises clamd.ResponseError for everything that is not a whole reply about such a content.
    """
    if text.endswith(": OK") and _is_place(text[:-4], descriptor=descriptor):
        return CLEAN
    import clamd  # noqa: PLC0415 - as above

    matched = clamd.scan_response.match(text)
    if matched is None:
        # Before clamd has a name for the content, an error comes without one.
        error = text.removesuffix(" ERROR")
        if error not in {"", text} and ": " not in text:
            return Reply(ERROR, error)
        raise doubt(text)
    place, said, word = matched.group("path", "virus", "status")
    if not _is_place(place, descriptor=descriptor) or not said or word == OK:
        raise doubt(text)
    return Reply(word, said)


def _is_place(text: str, *, descriptor: bool) -> bool:
    """Tell whether TEXT is what clamd calls a content: a descriptor by its own number for it."""
    if not descriptor:
        return text == "stream"
    return text.isascii() and text.startswith("fd[") and text.endswith("]") and text[3:-1].isdigit()


@dataclass(frozen=True, slots=True)
class Version:
    """What clamd says of itself."""

    engine: str
    """As `1.4.6`."""
    signatures: str = ""
    """Number of the daily database; empty where only databases of the site's own are loaded."""
    built: float | None = None
    """When that database was made, in seconds since the epoch; clamd tells its local time, which is taken for ours."""
    date: str = ""
    """The same as clamd tells it."""


def version(text: str) -> Version:
    """Read the reply to VERSION, as `ClamAV 1.4.6/27819/Thu Nov 19 18:27:13 2026`. Raises clamd.ResponseError."""
    product, _, rest = text.partition(" ")
    if product != "ClamAV" or not rest:
        raise doubt(text)
    engine, _, database = rest.partition("/")
    signatures, _, made = database.partition("/")
    return Version(engine, signatures, _built(made.split()), made)


def _built(words: list[str]) -> float | None:
    """Read a ctime; not by strptime, whose import is 10 ms."""
    try:
        _, month, day, clock, year = words
        hour, minute, second = clock.split(":")
        date = (int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), 0, 0, -1)
        return time.mktime(date)
    except (ValueError, OverflowError):
        return None
