"""Chooses who is told of a message, and about which of its recipients.

Guarantees: senders and recipients are told of no spam, nothing silent, no list's and no program's mail; a recipient
only in our own domains; each address once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter import Action, Kind
from qsfilter.patterns import matches_address
from qsfilter.report import malware_in
from qsfilter_notify import BLOCKED
from qsfilter_notify.addresses import address_of, is_list_address, is_role
from qsfilter_notify.origin import is_automatic, is_list_mail
from qsfilter_notify.tokens import wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Disposition, Finding, Report
    from qsfilter_notify import Notify


@dataclass(frozen=True, kw_only=True, slots=True)
class Addressee:
    """Somebody who is told, and of what."""

    role: str
    """`admin`, `sender` or `recipient`: the name of the template, too."""
    address: str
    groups: tuple[Disposition, ...]
    """What was blocked, as far as it concerns him; never empty."""


def addressees(notify: Notify, report: Report) -> Iterator[Addressee]:
    """Yield who is told of the message in REPORT, the administrator first."""
    blocked = [group for group in report.decision.groups if group.action in BLOCKED]
    from_list = is_list_mail(report.message)
    named = wanted(frozenset(notify.tokens), malware=bool(malware_in(report)), list_mail=from_list)
    seen: set[str] = set()
    if named.admin:
        of_admin = [
            group
            for group in blocked
            if (notify.spam or not is_spam(report, group)) and not (notify.silent_admin and group.silent)
        ]
        if of_admin:
            seen.add(notify.admin.casefold())
            yield Addressee(role="admin", address=notify.admin, groups=tuple(of_admin))
    if from_list or is_automatic(report.message):
        return
    told = [group for group in blocked if not group.silent and not is_spam(report, group)]
    if named.recipients:
        for address, group in _local_recipients(notify, told):
            if address.casefold() not in seen:
                seen.add(address.casefold())
                yield Addressee(role="recipient", address=address, groups=(group,))
    if named.sender:
        # A refused sender is told by his own server, which was given the reason (RFC 5321, 6.1).
        of_sender = [group for group in told if notify.refused_senders or group.action is not Action.REJECT]
        sender = address_of(report.message.envelope.sender)
        seen.add(notify.admin.casefold())
        if of_sender and sender and not is_role(sender) and sender.casefold() not in seen:
            yield Addressee(role="sender", address=sender, groups=tuple(of_sender))


def findings_of(report: Report, group: Disposition) -> list[Finding]:
    """Return what GROUP was blocked for, the gravest first, and malware in any case."""
    return sorted(dict.fromkeys([*malware_in(report), *group.because]), key=lambda found: found.kind.rank)


def is_spam(report: Report, group: Disposition) -> bool:
    """Whether GROUP was blocked for spam and nothing else."""
    return {found.kind for found in findings_of(report, group)} == {Kind.SPAM}


def _local_recipients(notify: Notify, groups: list[Disposition]) -> Iterator[tuple[str, Disposition]]:
    domains = notify.local_domains or (notify.admin.rpartition("@")[2],)
    patterns = [domain.lower() if domain.startswith(".") else f"@{domain.lower()}" for domain in domains]
    for group in groups:
        for recipient in group.recipients:
            address = address_of(recipient)
            ours = address and matches_address(recipient, patterns)
            if ours and not is_role(address) and not is_list_address(address):
                yield address, group
