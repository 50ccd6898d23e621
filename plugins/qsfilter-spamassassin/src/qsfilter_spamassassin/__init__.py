"""Asks spamd how much a message looks like spam, tells that in header fields, and keeps back what is above a threshold.

Guarantees: a message counts as scored only if a spamd gave a whole answer about it; without one it is a FAILURE, or a
NOTE where the site prefers mail without a score; nothing but the header's top is ever changed; a sender's own X-Spam
fields can't be taken for ours; all servers share one deadline.
"""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from qsfilter import About, Action, ConfigError, Kind, Problem, Verdict, __version__, hookimpl, note, plugin, spam
from qsfilter.model import Edit
from qsfilter.words import finding
from qsfilter_spamassassin import marks, protocol
from qsfilter_spamassassin.asked import content, user_of, why_not_asked
from qsfilter_spamassassin.exchange import Servers
from qsfilter_spamassassin.servers import parse
from qsfilter_spamassassin.thresholds import Thresholds, Wishes, actions, of_recipients, thresholds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Context, Finding, Message
    from qsfilter_spamassassin.protocol import Score

__all__ = ["SpamAssassin"]

NAME = "spamassassin"
CHECK_SECONDS = 10.0
SHARE = 0.95
"""Of the time that the message has left: what was found has to be told before the core's own timer rings."""
LARGEST = 1 << 28
DEFAULT = "@scanners_default"
"""Who in the file of settings stands for all that it does not name."""


@plugin
class SpamAssassin:
    """Spam scores by spamd, from the first server that answers."""

    servers: tuple[str, ...] = ("tcp:127.0.0.1:783",)
    """`unix:/PATH` or `tcp:HOST:PORT`, in the order in which they are asked; the next one where one fails."""
    seconds: float = 30.0
    """Time for one message and all servers together; keep it below the table's `timeout` (60)."""
    max_bytes: int = 512_000
    """Larger messages are not scored."""
    pass_unscored: bool = False
    """Where no server answers, go on without a score and a FAILURE."""
    user: str = ""
    """Whose settings spamd uses (spamc's -u)."""
    user_per_recipient: bool = False
    """Use those of the recipient where there is exactly one."""
    tell_sender: bool = True
    """Tell spamd the envelope sender, in a Return-Path line on top of what it is sent."""
    headers: bool = True
    """Add X-Spam-Status and its like, and rename those that a message came with."""
    rule_points: bool = False
    """Ask for the points of each rule, and add X-Spam-Report with them."""
    subject_tag: str = ""
    """Put before the subject of spam, as `[SPAM]`; empty for nothing."""
    tag: float = 0.0
    """Points above the required score from which the subject is tagged."""
    quarantine: float = 0.0
    """Points above the required score from which spam is quarantined; 0 for never."""
    discard: float = 0.0
    """Points above the required score from which spam is discarded; 0 for never."""
    reject: float = 0.0
    """Points above the required score from which spam is refused; 0 for never."""
    recipients: tuple[dict[str, object], ...] = ()
    """Tables of `recipient` (patterns) and thresholds that hold for them in place of those above."""
    settings_per_domain: str = ""
    """Path of that file of the st patch, whose fields about SpamAssassin hold for its recipients; empty for none."""

    def __post_init__(self) -> None:
        """Refuse what can't work; no server is asked."""
        if not self.servers:
            raise ConfigError("servers: takes at least one")
        if len({parse(text).text for text in self.servers}) < len(self.servers):
            raise ConfigError("servers: names one twice")
        if not self.seconds > 0:
            raise ConfigError("seconds: takes a number above 0")
        if not 0 < self.max_bytes <= LARGEST:
            raise ConfigError(f"max_bytes: takes a number of bytes from 1 to {LARGEST}")
        if not (self.user.isascii() and (self.user + "x").isprintable() and " " not in self.user):
            raise ConfigError("user: takes a name in ASCII without blanks")
        if not (self.subject_tag.isascii() and (self.subject_tag + "x").isprintable()):
            raise ConfigError("subject_tag: takes printable ASCII")
        if not self.tag >= 0:
            raise ConfigError("tag: takes a number of points from 0")
        _ = self._usual, self._some

    @cached_property
    def _usual(self) -> Wishes:
        points = {"discard": self.discard, "quarantine": self.quarantine, "reject": self.reject}
        return Wishes(thresholds(points), self.subject_tag, self.tag)

    @cached_property
    def _per_domain(self) -> dict[str, Wishes]:
        """What the file says for an address or a domain. Raises ConfigError."""
        if not self.settings_per_domain:
            return {}
        from qsfilter_spamassassin.per_domain import read  # noqa: PLC0415 - few sites have such a file

        return read(self.settings_per_domain, self._usual)

    @cached_property
    def _some(self) -> tuple[Thresholds, ...]:
        return tuple(map(of_recipients, self.recipients))

    @cached_property
    def _servers(self) -> Servers:
        """The servers; which ones failed lately is all that is remembered."""
        return Servers(tuple(map(parse, self.servers)))

    @hookimpl
    def start(self) -> None:
        """Read the file of settings."""
        _ = self._per_domain

    @hookimpl
    def about(self) -> About:
        """Say name and version of the plugin; spamd tells its own only in mail that it rewrites."""
        return About(name=NAME, version=__version__)

    @hookimpl
    def scan(self, message: Message, ctx: Context) -> Iterator[Finding]:
        """Yield the score, as SPAM if spamd says so and as a NOTE if not; or why there is none."""
        why = why_not_asked(message)
        if why:
            yield note("not-asked", detail=why)
            return
        size = message.root.blob.size
        if size > self.max_bytes:
            yield note("not-scored", detail=f"has {size} bytes, more than {self.max_bytes}")
            return
        score, troubles = self._score(message, time.monotonic() + min(self.seconds, ctx.seconds_left * SHARE))
        if score is None:
            kind = Kind.NOTE if self.pass_unscored else Kind.FAILURE
            yield finding(kind, "not-scored", detail="; ".join(troubles))
            return
        for trouble in troubles:
            yield note("server-failed", detail=trouble)
        yield spam(NAME, detail=str(score)) if score.spam else note(NAME, detail=str(score))

    @hookimpl
    def decide(self, message: Message, findings: tuple[Finding, ...]) -> Iterator[Verdict]:
        """Vote for the header fields and the tag, and for what is done with spam above a threshold."""
        found = next((one for one in findings if one.name == NAME and one.kind in {Kind.SPAM, Kind.NOTE}), None)
        score = None if found is None else protocol.read(found.detail, spam=found.kind is Kind.SPAM)
        edits = marks.renames(message) if self.headers and not why_not_asked(message) else []
        if score is not None and self.headers:
            edits += marks.fields(score)
        recipients = message.envelope.recipients
        if score is not None and score.spam and (tag := self._tag(recipients, score.over)):
            edits.append(Edit(what="subject_tag", field=b"Subject", value=tag.encode("ascii")))
        if edits:
            yield Verdict(action=Action.ACCEPT, edits=tuple(edits))
        if found is not None and score is not None and score.spam:
            yield from self._votes(found, score, recipients)

    @hookimpl
    def check(self) -> Iterator[Problem]:
        """Ask each server whether it is there, and about GTUBE, which is spam to any that has rules."""
        from qsfilter_spamassassin.probes import problems  # noqa: PLC0415 - the mail path needs none of it

        if self.settings_per_domain:
            from qsfilter_spamassassin import per_domain  # noqa: PLC0415 - as above

            try:
                _ = self._per_domain
                yield from per_domain.problems(self.settings_per_domain)
            except ConfigError as error:
                mend = "mend it; until then nothing is scored, and on_error says what becomes of the mail"
                yield Problem(text=f"{NAME}.settings_per_domain: {error}", mend=mend)
        yield from problems(tuple(map(parse, self.servers)), min(self.seconds, CHECK_SECONDS))

    def _score(self, message: Message, deadline: float) -> tuple[Score | None, list[str]]:
        command = b"REPORT" if self.rule_points else b"SYMBOLS"
        user = user_of(message) if self.user_per_recipient else ""
        asked = protocol.request(command, content(message, tell_sender=self.tell_sender), user or self.user)
        return self._servers.ask(asked, lambda data: protocol.scored(data, report=self.rule_points), deadline)

    def _votes(self, found: Finding, score: Score, recipients: tuple[bytes, ...]) -> Iterator[Verdict]:
        everybody = set(recipients)
        for action, some in self._actions(score.over, recipients).items():
            yield Verdict(
                action=action,
                reason=f"spam, {score.score} of {score.required} points",
                because=(found,),
                recipients=None if set(some) == everybody else tuple(some),
            )

    def _actions(self, over: float, recipients: tuple[bytes, ...]) -> dict[Action, list[bytes]]:
        return actions(over, recipients, self._some, lambda one: self._wishes(one).thresholds)

    def _wishes(self, recipient: bytes) -> Wishes:
        if not self._per_domain:
            return self._usual
        address = recipient.decode("utf-8", "surrogateescape").lower()
        tried = (address, address.rpartition("@")[2], DEFAULT)
        return next((self._per_domain[who] for who in tried if who in self._per_domain), self._usual)

    def _tag(self, recipients: tuple[bytes, ...], over: float) -> str:
        """Return the tag that all want who get the message; there is one header for all of them."""
        if not self._per_domain:
            return self._usual.tag_at(over)
        kept = {one for some in self._actions(over, recipients).values() for one in some}
        wanted = {self._wishes(one).tag_at(over) for one in recipients if one not in kept}
        return wanted.pop() if len(wanted) == 1 else ""
