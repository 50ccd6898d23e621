"""A Filter: the built-in plugins, yours, the site's rules, a policy and a transport, ready to take messages.

The only module that names built-ins. Guarantee: what can be wrong with the plugins is found when the Filter is made.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from qsfilter import pipeline
from qsfilter.actions import Kind
from qsfilter.builtin.mime_reader import MimeReader
from qsfilter.builtin.quarantine import Quarantine
from qsfilter.builtin.stream_unpacker import StreamUnpacker
from qsfilter.builtin.tar_unpacker import TarUnpacker
from qsfilter.builtin.zip_unpacker import ZipUnpacker
from qsfilter.errors import ConfigError, text_of
from qsfilter.examination import untimed
from qsfilter.limits import Limits
from qsfilter.message_log import PREFIX, MessageLog
from qsfilter.model import Client, Finding
from qsfilter.registry import Entry, Registry
from qsfilter.site_policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from mmap import mmap

    from qsfilter.attempts import Attempts
    from qsfilter.builtin.rule_set import RuleSet
    from qsfilter.bypass import Bypass
    from qsfilter.deliver import Transport
    from qsfilter.examination import Guard
    from qsfilter.legacy_headers import LegacyHeaders
    from qsfilter.metrics import Counters
    from qsfilter.model import Envelope, Report
    from qsfilter.verdict_cache import VerdictCache

QUARANTINE = "/var/spool/qsfilter/quarantine"
NOBODY = Client()


class Filter:
    """Takes messages through the pipeline; holds no state of any message."""

    def __init__(
        self,
        *plugins: object,
        rules: str | Iterable[str] | RuleSet = (),
        last_good: str = "",
        transport: Transport | None = None,
        quarantine: str = QUARANTINE,
        policy: Policy | None = None,
        limits: Limits | None = None,
        reply: str = "plain",
        attempts: Attempts | None = None,
        cache: VerdictCache | None = None,
        log: MessageLog | None = None,
        counters: Counters | None = None,
        bypass: Bypass | None = None,
        headers: LegacyHeaders | None = None,
        config: str = "",
    ) -> None:
        """Set up PLUGINS (plugin objects, or Entries that say more), site RULES (files and folders) and TRANSPORT.

        LAST_GOOD is a folder that keeps the last good version of each rules file over the end of the process.
        Without a TRANSPORT the filter can `examine` only. REPLY is the dialect in which the queue wrapper gives the
        reason of a refusal (`queue.contract.DIALECTS`). ATTEMPTS remembers which messages broke us off, so that they
        are given up in the end. CACHE keeps what engines said, for `run` in one thread.
        LOG is what the queue wrapper and the service say of each message, and COUNTERS is where they count it.
        BYPASS is where the postmaster may say that mail passes unexamined for a time.
        HEADERS are the fields of Qmail-Scanner that are added to mail beside our own.
        CONFIG is the digest of the configuration this comes from.
        Raises ConfigError for rules that can't be read and PluginError for plugins that can't be asked.
        """
        unpackers = (ZipUnpacker(), TarUnpacker(), StreamUnpacker())
        built_in = (MimeReader(), *unpackers, Quarantine(path=quarantine))
        entries = [Entry(name=_name(plugin), plugin=plugin) for plugin in built_in]
        entries += _named(plugins)
        self._fixed = entries
        self.rules = _rule_set(rules, last_good)
        if self.rules is not None:
            entries = [*entries, *self.rules.entries]
        self.transport = transport
        self.reply = reply
        self.attempts = attempts
        self.cache = cache
        self.log = log or MessageLog()
        self.counters = counters
        self.bypass = bypass
        self.setup = pipeline.Setup(
            registry=Registry(entries),
            policy=policy or Policy(),
            limits=limits or Limits(),
            headers=headers,
            config=config,
        )

    @property
    def limits(self) -> Limits:
        """The bounds on each message."""
        return self.setup.limits

    def refresh(self) -> None:
        """Take over what has changed in the site's rules; call it between messages, from one thread at a time.

        Costs one stat for each file. A message that is under way goes on with the rules it began with. What can't be
        used leaves the last good version in force, and every message notes it. Raises PluginError, and changes nothing,
        where a rule takes the name of a plugin.
        """
        if self.rules is not None and self.rules.refresh():
            self.setup = replace(self.setup, registry=Registry([*self._fixed, *self.rules.entries]))

    def start(self, asking: Callable[[str, str], None] | None = None) -> None:
        """Start every plugin; call it once, after the last fork. A plugin that fails is a FAILURE in every message.

        ASKING is told hook and plugin before each is started, for one who watches over this process.
        """
        self.setup = self.setup.started(asking)

    def skipping(self, failures: Mapping[str, str]) -> Filter:
        """Return a copy that does not ask the plugins in FAILURES (name → why), each of which is a FAILURE instead."""
        other = copy(self)
        broken = {name: Finding(kind=Kind.FAILURE, name="crash", detail=why) for name, why in failures.items()}
        other.setup = replace(self.setup, broken={**(self.setup.broken or {}), **broken})
        return other

    def tell(self, report: Report, stderr: Callable[[str, str], None]) -> None:
        """Log what became of the message in REPORT, and count it; STDERR is given a line and what stands before it.

        Never raises: whatever goes wrong is a line, and changes nothing about the mail.
        """
        try:
            self.log.write(report, stderr)
            if self.counters is not None:
                self.counters.count(report)
        except Exception as error:  # noqa: BLE001 - the mail is worth more than a line about it
            stderr(f"a message can't be told of: {type(error).__name__}: {text_of(error)}", PREFIX)
        for teller in (self.cache, self.counters):
            if teller is not None and (trouble := teller.take_trouble()):
                stderr(trouble, PREFIX)

    def examine(
        self,
        raw: bytes | mmap,
        envelope: Envelope,
        client: Client = NOBODY,
        *,
        guard: Guard = untimed,
        deadline: float | None = None,
    ) -> Report:
        """Parse, unpack, scan and decide about RAW; deliver nothing.

        GUARD interrupts plugins that take too long; without one they are only told the DEADLINE (on
        `time.monotonic`; default: `limits.seconds` from now).
        """
        ctx = pipeline.context(self.limits, raw, envelope, deadline)
        return pipeline.examine(self.setup, raw, envelope, client, ctx, guard)[0]

    def run(
        self,
        raw: bytes | mmap,
        envelope: Envelope,
        client: Client = NOBODY,
        *,
        guard: Guard = untimed,
        deadline: float | None = None,
        transport: Transport | None = None,
    ) -> Report:
        """Take RAW through its whole life; `report.outcome.exit` is what the caller of qmail-queue must be told.

        TRANSPORT takes the place of the Filter's own. Raises ConfigError where neither is set.
        """
        chosen = transport or self.transport
        if chosen is None:
            raise ConfigError("no transport: set deliver.qmail_queue or deliver.maildir")
        ctx = pipeline.context(self.limits, raw, envelope, deadline, self.cache)
        if self.bypass is not None and (why := self.bypass.reason()):
            return pipeline.unexamined(self.setup, raw, envelope, client, ctx, chosen, why)
        if self.attempts is None:
            return pipeline.run(self.setup, raw, envelope, client, ctx, chosen, guard)
        with self.attempts.begin(ctx.key) as attempt:
            if attempt.seconds:
                ctx = replace(ctx, waited=attempt.seconds)
            report = pipeline.run(self.setup, raw, envelope, client, ctx, chosen, guard, attempt=attempt)
            attempt.ended(report.outcome.exit if report.outcome else 71)
        return report


def _rule_set(rules: str | Iterable[str] | RuleSet, last_good: str) -> RuleSet | None:
    """Load RULES, if there are any."""
    if isinstance(rules, (tuple, list)) and not rules:
        return None
    from qsfilter.builtin.rule_set import RuleSet, for_long  # noqa: PLC0415 - not every site has rules

    if isinstance(rules, RuleSet):
        return rules
    return for_long((rules,) if isinstance(rules, str) else rules, last_good)


def _named(plugins: Iterable[object]) -> list[Entry]:
    """Name each plugin after its class, with a number where there are two of a kind."""
    entries: list[Entry] = []
    for plugin in plugins:
        if isinstance(plugin, Entry):
            entries.append(plugin)
            continue
        same = sum(type(entry.plugin) is type(plugin) for entry in entries)
        entries.append(Entry(name=f"{_name(plugin)}-{same + 1}" if same else _name(plugin), plugin=plugin))
    return entries


def _name(plugin: object) -> str:
    """Return the class's name in lower case, words joined by hyphens."""
    name = type(plugin).__name__
    return "".join(
        f"-{char.lower()}" if char.isupper() and name[i - 1 : i].islower() else char.lower()
        for i, char in enumerate(name)
    )
