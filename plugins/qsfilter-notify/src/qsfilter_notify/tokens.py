"""The words of `tokens`: who is told of which mail.

    admin       the administrator, of everything that was blocked
    nmladm      as admin, but not of mail from mailing lists
    nmlvadm     as nmladm, and not of malware
    sender      the envelope sender
    psender     as sender, but not of malware
    recips      recipients in our own domains
    precips     as recips, but not of malware
    all         admin, sender, recips
    none        nobody

Guarantee: of two words about the same people the wider one counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from qsfilter import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

TOKENS = ("none", "sender", "recips", "psender", "precips", "admin", "nmladm", "nmlvadm", "all")


class Wanted(NamedTuple):
    """Whom the words name, for one message."""

    admin: bool
    sender: bool
    recipients: bool


def checked_tokens(tokens: Iterable[str]) -> None:
    """Raise ConfigError for words that are unknown, and for `none` beside others."""
    given = tuple(tokens)
    for token in given:
        if token not in TOKENS:
            raise ConfigError(f"tokens: takes {', '.join(TOKENS)}, not {token!r}")
    if "none" in given and len(given) > 1:
        raise ConfigError("tokens: 'none' stands alone")


def wanted(tokens: AbstractSet[str], *, malware: bool, list_mail: bool) -> Wanted:
    """Return whom TOKENS name for a message with MALWARE, and for LIST_MAIL."""
    everybody = "all" in tokens
    return Wanted(
        admin=everybody
        or "admin" in tokens
        or ("nmladm" in tokens and not list_mail)
        or ("nmlvadm" in tokens and not list_mail and not malware),
        sender=everybody or "sender" in tokens or ("psender" in tokens and not malware),
        recipients=everybody or "recips" in tokens or ("precips" in tokens and not malware),
    )
