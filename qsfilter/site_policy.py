"""The site's opinion on findings: the action table, the rules of `[[policy]]`, and allow entries.

Guarantees: for each recipient the first rule that fits a finding decides, else the table; nothing here looks at the
order of plugins; malware is silenced only by an entry that names it; what an entry silences stays in the report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from qsfilter.actions import DEFAULT_ACTIONS, Action, Kind
from qsfilter.model import Path, Verdict, Waiver
from qsfilter.patterns import fits, matches_address, matches_client

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qsfilter.model import Finding, Message, Part

Direction = Literal["", "in", "out"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """Conditions that all have to hold; each holds if one of its values fits, and always if it has none."""

    kind: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    """Names of findings, with `*` and `?`."""
    plugin: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    sender: tuple[str, ...] = ()
    client: tuple[str, ...] = ()
    """Networks."""
    user: tuple[str, ...] = ()
    """Who logged in (TCPREMOTEINFO), with `*` and `?`."""
    relay: bool | None = None
    """Whether RELAYCLIENT is set."""
    direction: Direction = ""
    """`out` is from a client that may relay or has logged in, `in` is from anybody else."""
    larger: int = 0
    """Bytes of the message; 0 for any."""
    smaller: int = 0
    file: tuple[str, ...] = ()
    """Names of the part that the finding is about: every name it goes by has to fit one of these."""
    sha256: tuple[str, ...] = ()
    """Content of that part, or of one that it lies in; in hexadecimal."""

    def fits_finding(self, found: Finding) -> bool:
        """Whether the conditions on findings hold for FOUND."""
        return (
            (not self.kind or str(found.kind) in self.kind)
            and (not self.name or fits(found.name, self.name))
            and (not self.plugin or found.source in self.plugin)
        )

    def fits_message(self, message: Message) -> bool:
        """Whether the conditions on sender, client and size hold for MESSAGE."""
        client, size = message.client, message.root.blob.size
        outward = client.relay or bool(client.user)
        return (
            (not self.sender or matches_address(message.envelope.sender, self.sender))
            and (not self.client or matches_client(client.ip, self.client))
            and (not self.user or fits(client.user, self.user))
            and (self.relay is None or self.relay is client.relay)
            and (not self.direction or (self.direction == "out") is outward)
            and (not self.larger or size > self.larger)
            and (not self.smaller or size < self.smaller)
        )

    def fits_part(self, found: Finding, message: Message) -> bool:
        """Whether the conditions on the part hold that FOUND is about."""
        if not self.file and not self.sha256:
            return True
        line = _line_of(found, message)
        if not line:
            return False
        names = [name.text for name in line[-1].names]
        named = bool(names) and all(fits(name, self.file) for name in names)
        return (not self.file or named) and (not self.sha256 or any(one.blob.sha256 in self.sha256 for one in line))

    def recipients(self, among: Iterable[bytes]) -> list[bytes]:
        """Return those AMONG the recipients for whom the condition on them holds."""
        return [one for one in among if not self.recipient or matches_address(one, self.recipient)]


def _line_of(found: Finding, message: Message) -> list[Part]:
    """Return the part that FOUND is about, with those that it lies in before it."""
    if not isinstance(found.part, Path):
        return []
    steps = found.part.steps
    return [one for one in message.parts if one.path.steps == steps[: len(one.path.steps)]]


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyRule:
    """One table of `[[policy]]`."""

    match: Match
    action: Action
    keep: bool = False
    hours: float = 0.0
    """How long `action` holds, from the first attempt to send the message; 0 for ever."""
    then: Action | None = None
    where: str = ""
    """File and number, for the trace."""

    def action_after(self, waited: float) -> Action:
        """Return the action for a message that came first WAITED seconds ago."""
        late = self.then is not None and self.hours and waited >= self.hours * 3600
        return self.then if late and self.then is not None else self.action


@dataclass(frozen=True, kw_only=True, slots=True)
class AllowEntry:
    """One table of `[[allow]]`: findings that are left out of the decision where its conditions hold."""

    silence: tuple[str, ...]
    """`kind name` of findings, with `*` and `?`; malware only where the text begins with `malware `."""
    match: Match
    until: float | None = None
    """Seconds since the epoch at which it ends."""
    comment: str = ""
    where: str = ""

    def silences(self, found: Finding) -> bool:
        """Whether FOUND is named."""
        said = str(found)
        fitting = [text for text in self.silence if fits(said, (text,))]
        return any(found.kind is not Kind.MALWARE or text.startswith("malware ") for text in fitting)


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """Action and `keep` for each kind, or for `kind.name` where that is listed; rules and allow entries before that."""

    actions: Mapping[str, tuple[Action, bool]] = field(default_factory=lambda: DEFAULT_ACTIONS)
    relays: frozenset[str] = frozenset()
    """Addresses of clients that only pass mail on; a reject towards them becomes a quarantine."""
    rules: tuple[PolicyRule, ...] = ()
    allow: tuple[AllowEntry, ...] = ()

    def by_table(self, found: Finding, on_error: Action | None) -> Verdict:
        """Give the table's opinion on FOUND; ON_ERROR is that of the plugin it came from, for failures."""
        action, keep = (
            self.actions.get(f"{found.kind}.{found.name}")
            or self.actions.get(found.kind)
            or DEFAULT_ACTIONS[found.kind]
        )
        if found.kind is Kind.FAILURE and on_error is not None:
            action, keep = on_error, on_error is Action.REJECT
        return Verdict(action=action, reason=str(found), because=(found,), keep=keep, source="policy")

    def votes(
        self,
        found: Finding,
        message: Message,
        on_error: Action | None,
        *,
        waited: float = 0.0,
        exempt: frozenset[bytes] = frozenset(),
    ) -> list[Verdict]:
        """Vote on FOUND for every recipient of MESSAGE who is not EXEMPT; it came first WAITED seconds ago."""
        if not self.rules and not exempt:
            return [self.by_table(found, on_error)]
        everybody = tuple(dict.fromkeys(message.envelope.recipients))
        left = [one for one in everybody if one not in exempt]
        cast: list[Verdict] = []
        for rule in self.rules:
            if not (left or not everybody) or not rule.match.fits_finding(found):
                continue
            if not (rule.match.fits_message(message) and rule.match.fits_part(found, message)):
                continue
            mine = rule.match.recipients(left)
            if not mine and (everybody or rule.match.recipient):
                continue
            cast.append(
                Verdict(
                    action=rule.action_after(waited),
                    reason=str(found),
                    because=(found,),
                    recipients=None if len(mine) == len(everybody) else tuple(mine),
                    keep=rule.keep,
                    source=rule.where or "policy",
                )
            )
            if not everybody:
                return cast
            left = [one for one in left if one not in mine]
        if left or (not everybody and not exempt):
            vote = self.by_table(found, on_error)
            cast.append(vote if len(left) == len(everybody) else _only(vote, tuple(left)))
        return cast

    def waivers(self, findings: Iterable[Finding], message: Message, now: float) -> list[Waiver]:
        """Return what the allow entries silence of FINDINGS at NOW, in seconds since the epoch."""
        found_waivers: list[Waiver] = []
        everybody = tuple(dict.fromkeys(message.envelope.recipients))
        for entry in self.allow:
            if (entry.until is not None and now >= entry.until) or not entry.match.fits_message(message):
                continue
            mine = entry.match.recipients(everybody)
            if not mine and (everybody or entry.match.recipient):
                continue
            found_waivers += [
                Waiver(
                    finding=found,
                    reason=entry.comment or entry.where,
                    until=entry.until,
                    malware=found.kind is Kind.MALWARE,
                    recipients=None if len(mine) == len(everybody) else tuple(mine),
                    source=entry.where,
                )
                for found in findings
                if entry.silences(found) and entry.match.fits_part(found, message)
            ]
        return found_waivers


def _only(vote: Verdict, recipients: tuple[bytes, ...]) -> Verdict:
    """Return VOTE for RECIPIENTS alone."""
    return Verdict(
        action=vote.action,
        reason=vote.reason,
        because=vote.because,
        recipients=recipients,
        keep=vote.keep,
        source=vote.source,
    )
