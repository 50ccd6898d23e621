"""Sends a copy of spam and of policy hits to a central mailbox, or to the recipients' own folders for such mail.

Guarantees: the copy lies in the outbox, durably, before the message is answered; a message whose copy can't be put
waits; a retry makes no second copy; malware is never copied, and no copy is copied again.
"""

from __future__ import annotations

import hashlib
import os
from itertools import chain
from typing import TYPE_CHECKING

from qsfilter import About, Action, ConfigError, Envelope, Kept, Kind, __version__, hookimpl, plugin
from qsfilter.log_sinks import Stderr
from qsfilter.maildir import pieces_of
from qsfilter.names import shown
from qsfilter.outbox.spool import NEW, OUTBOX, put
from qsfilter.patterns import fits
from qsfilter_copyto.addresses import checked, filled_for, is_pattern
from qsfilter_copyto.mark import PREFIX, Mark, is_copy, newline_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Context, Decision, Disposition, Finding, Message, Problem, Report

__all__ = ["CopyTo"]

KINDS = tuple(str(kind) for kind in Kind if kind is not Kind.MALWARE)
ACTIONS = tuple(str(action) for action in Action if action is not Action.DEFER)
MOST_TOLD = 5


@plugin
class CopyTo:
    """A copy of each message that was stopped for spam or policy, for somebody who looks at it."""

    to: tuple[str, ...]
    """Addresses; `{local}` and `{domain}` stand for those of each recipient, as in `{local}-spam@{domain}`."""
    kinds: tuple[str, ...] = ("spam", "policy")
    """Kinds of findings."""
    actions: tuple[str, ...] = ("quarantine", "discard", "reject")
    """What has to become of the message because of them; `accept` is delivered mail."""
    names: tuple[str, ...] = ("*",)
    """Patterns for the names of findings."""
    sender: str = ""
    """Envelope sender of the copies; empty for the null sender, to whom nothing bounces."""
    outbox: str = OUTBOX
    """The folder from which `qsfilter outbox send` sends, an absolute path."""

    def __post_init__(self) -> None:
        """Refuse what is no address, and words that are none of the kinds and actions."""
        if not self.to:
            raise ConfigError("to: takes at least one address")
        for address in self.to:
            checked(address, "to")
        if self.sender and is_pattern(checked(self.sender, "sender")):
            raise ConfigError("sender: takes one address")
        if str(Kind.MALWARE) in self.kinds:
            raise ConfigError(
                "kinds: malware is never copied, since whoever opens the copy gets it; see the quarantine"
            )
        for key, chosen, known in (("kinds", self.kinds, KINDS), ("actions", self.actions, ACTIONS)):
            if not chosen or not set(chosen) <= set(known):
                raise ConfigError(f"{key}: takes some of {', '.join(known)}")
        if not os.path.isabs(self.outbox) or "\0" in self.outbox:
            raise ConfigError("outbox: takes an absolute path")

    @hookimpl
    def about(self) -> About:
        """Say name and version."""
        return About(name="copyto", version=__version__)

    @hookimpl
    def deliver(self, message: Message, decision: Decision, report: Report, ctx: Context) -> Iterator[Kept]:
        """Put the copies into the outbox: one for the mailboxes, and one for the recipients' own folders."""
        hits = [(group, found) for group in decision.groups if (found := self._hits(group, report))]
        malware = any(found.kind is Kind.MALWARE for found in report.findings)
        if not hits or malware or is_copy(message, self.outbox):
            return
        recipients = tuple(recipient for group, _ in hits for recipient in group.recipients)
        findings = tuple(dict.fromkeys(found for _, some in hits for found in some))
        mailboxes = tuple(address.encode() for address in self.to if not is_pattern(address))
        own, without = filled_for(filter(is_pattern, self.to), recipients)
        if without:
            told = ", ".join(shown(one.decode("utf-8", "backslashreplace")) for one in without[:MOST_TOLD])
            Stderr().write(f"copyto: id={ctx.key[:16]}: {len(without)} recipients get no copy: {told}")
        # Who else got the message is no business of one recipient.
        for addresses, named in ((mailboxes, recipients), (own, recipients if len(own) == 1 else ())):
            mark = Mark(str(decision.action), findings, named)
            if addresses and (where := self._put(message, addresses, mark, ctx.key)):
                yield Kept(what="copy", where=where, recipients=recipients)

    def _hits(self, group: Disposition, report: Report) -> tuple[Finding, ...]:
        """Return the findings for which a copy is wanted, among those because of which GROUP has its action."""
        if str(group.action) not in self.actions:
            return ()
        because = group.because or report.findings  # a site's rule names none
        return tuple(found for found in because if str(found.kind) in self.kinds and fits(found.name, self.names))

    def _put(self, message: Message, addresses: tuple[bytes, ...], mark: Mark, key: str) -> str:
        """Put the copy for ADDRESSES; return where it lies, empty where it did before. Raises DeliveryError."""
        envelope = Envelope(sender=self.sender.encode(), recipients=addresses)
        # One message may have several copies, and a retry of it, which has the same key, has the same ones.
        which = hashlib.sha256(b"\0".join((envelope.sender, *addresses))).hexdigest()
        name = f"{PREFIX}{key}.{which[:16]}"
        raw = message.root.blob.base
        done = put(self.outbox, name, envelope, chain([mark.lines(name, newline_of(raw))], pieces_of(raw)))
        return os.path.join(self.outbox, NEW, name) if done else ""

    @hookimpl
    def check(self) -> Iterator[Problem]:
        """Report an outbox that can't be written, or that nobody sends."""
        from qsfilter.outbox.checking import problems  # noqa: PLC0415 - for the command alone

        yield from problems(self.outbox, "copyto.outbox")
