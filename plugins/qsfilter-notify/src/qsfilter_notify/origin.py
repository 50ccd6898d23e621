"""Judges where a message comes from: whether a list or a program sent it, so that no stranger is told of it.

Guarantees: every header field in every reading counts; in doubt it is a list's or a program's. A sender can pretend to
be either, so nothing but notices may depend on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter_notify.addresses import is_list_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Message

_LIST_FIELDS = frozenset(
    (b"mailing-list", b"x-mailing-list", b"x-mailinglist", b"x-ml-name", b"x-listname", b"x-list", b"x-beenthere",
     b"x-mailman-version", b"x-loop")
)  # fmt: skip
"""Beside List-* (RFC 2369, RFC 2919)."""
_BULK = frozenset((b"bulk", b"list", b"junk"))
_AUTOMATIC_FIELDS = frozenset((b"x-autoreply", b"x-autorespond", b"x-autoresponse", b"x-auto-reply-from"))
_DOUBLE_BOUNCE = b"#@[]"
"""What qmail-send gives a bounce of a bounce as sender."""


def is_list_mail(message: Message) -> bool:
    """Whether MESSAGE came from a mailing list, or says that it went to many."""
    if is_list_address(message.envelope.sender.decode("utf-8", "replace")):
        return True
    return any(
        name.startswith(b"list-") or name in _LIST_FIELDS or (name == b"precedence" and _word(value) in _BULK)
        for name, value in _fields(message)
    )


def is_automatic(message: Message) -> bool:
    """Whether nobody wrote MESSAGE: a bounce, or what says so itself (RFC 3834, 5)."""
    if message.envelope.sender in (b"", _DOUBLE_BOUNCE):
        return True
    return any(
        name in _AUTOMATIC_FIELDS
        or (name == b"auto-submitted" and _word(value) != b"no")
        or (name == b"x-auto-response-suppress" and _word(value) != b"none")
        for name, value in _fields(message)
    )


def _fields(message: Message) -> Iterator[tuple[bytes, bytes]]:
    for field in message.header:
        yield field.name.strip().lower(), field.value


def _word(value: bytes) -> bytes:
    """Return the first word of VALUE, without parameters and comments."""
    return value.partition(b";")[0].partition(b"(")[0].strip().lower()
