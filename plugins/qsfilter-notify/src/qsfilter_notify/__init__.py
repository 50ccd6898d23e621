"""Tells the administrator, and senders and recipients where the site wants it, of mail that was blocked.

Guarantees: a notice never delays or changes the mail: it is put into the outbox and sent later; a flood of blocked mail
makes no more notices than the options allow, and what is left out stands in one digest; a retried mail is told once.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from qsfilter import About, Action, ConfigError, __version__, hookimpl, plugin
from qsfilter.outbox.spool import OUTBOX
from qsfilter_notify.addresses import address_of
from qsfilter_notify.tokens import checked_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Context, Problem, Report

__all__ = ["Notify"]

BLOCKED = frozenset((Action.DISCARD, Action.QUARANTINE, Action.REJECT))
LONGEST_HOURS = 30 * 24.0
LONGEST_DESCRIPTION = 100
LANGUAGES = ("de", "en")
"""The folders of templates that are here."""


@plugin
class Notify:
    """Notices about mail that ends in quarantine, is refused or is discarded."""

    admin: str
    """The administrator's address; From of every notice, unless `from_address` is set."""
    tokens: tuple[str, ...] = ("admin",)
    """Who is told: none, sender, recips, psender, precips, admin, nmladm, nmlvadm, all."""
    admin_description: str = "Mail filter"
    """The name beside the address in From."""
    from_address: str = ""
    """Another address for From; empty for the administrator's."""
    local_domains: tuple[str, ...] = ()
    """Whose recipients may be told: `example.com`, or `.example.com` with all below it; empty for that of `admin`."""
    refused_senders: bool = False
    """Whether senders are told of what was refused, too, which their own server does."""
    spam: bool = False
    """Whether the administrator is told of spam, too; nobody else ever is."""
    silent_admin: bool = False
    """Whether what is silent is kept from the administrator, too."""
    language: str = "en"
    """Of all notices: de or en."""
    templates: str = ""
    """A folder with templates of the site, an absolute path; one that is not in it is ours. Empty for none."""
    digest_only: bool = False
    """Whether the administrator gets digests only."""
    hours: float = 24.0
    """What the next three are counted over, and how long a digest collects."""
    most_to_admin: int = 20
    """Notices to the administrator; further ones are lines of the digest."""
    most: int = 100
    """Notices to all senders and recipients together."""
    most_per_address: int = 3
    """Notices to one of them."""
    outbox: str = OUTBOX
    """The folder from which `qsfilter outbox send` sends, an absolute path."""
    counts: str = ""
    """The folder in which notices are counted; empty for `notices` beside the outbox."""

    def __post_init__(self) -> None:
        """Refuse what no notice could be made with."""
        checked_tokens(self.tokens)
        for key, address in (("admin", self.admin), ("from_address", self.from_address or self.admin)):
            if not address_of(address.encode("utf-8", "surrogateescape")):
                raise ConfigError(f"{key}: takes an address as user@example.com, not {address!r}")
        if not (self.from_address or self.admin).isascii():
            key = "from_address" if self.from_address else "admin"
            raise ConfigError(f"{key}: From takes an address of ASCII; set from_address to one")
        if not self.admin_description.isprintable() or len(self.admin_description) > LONGEST_DESCRIPTION:
            raise ConfigError(f"admin_description: takes up to {LONGEST_DESCRIPTION} characters that print")
        for domain in self.local_domains:
            if not domain.strip(".") or "@" in domain or not domain.isprintable():
                raise ConfigError(f"local_domains: takes domains as example.com or .example.com, not {domain!r}")
        if self.language not in LANGUAGES:
            raise ConfigError(f"language: takes one of {', '.join(LANGUAGES)}, not {self.language!r}")
        for key, path in (("templates", self.templates), ("outbox", self.outbox), ("counts", self.counts)):
            if (path or key == "outbox") and (not os.path.isabs(path) or "\0" in path):
                raise ConfigError(f"{key}: takes an absolute path")
        if not 0 < self.hours <= LONGEST_HOURS:
            raise ConfigError(f"hours: takes a number above 0 and up to {LONGEST_HOURS:.0f}")
        if min(self.most_to_admin, self.most, self.most_per_address) < 0:
            raise ConfigError("most_to_admin, most, most_per_address: take numbers from 0")

    @hookimpl
    def about(self) -> About:
        """Say name and version."""
        return About(name="notify", version=__version__)

    @hookimpl
    def report(self, report: Report, ctx: Context) -> None:
        """Put the notices about a message that was blocked for good into the outbox.

        Raises after trying all of them, so that the trace says what was not told.
        """
        if report.outcome is None or not any(group.action in BLOCKED for group in report.decision.groups):
            return
        if report.outcome.exit != 0 and not 11 <= report.outcome.exit <= 40:
            return  # the mail comes again
        from qsfilter_notify.notices import tell  # noqa: PLC0415 - most mail is told to nobody

        tell(self, report, ctx.now())

    @hookimpl
    def check(self) -> Iterator[Problem]:
        """Report templates that can't be used, an outbox that can't be written, and tokens that harm or do nothing."""
        from qsfilter_notify.checks import problems  # noqa: PLC0415 - asked by `check` only

        yield from problems(self)
