"""The order of the stages, and what happens when one fails; nothing else knows it.

Guarantee: however a message goes through, the answer is a Report whose outcome was earned: exit 0 comes only from the
transport, or after a durable copy, or from a rule that says discard. An error of the core itself propagates; the
process edge turns it into "try again later".
"""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qsfilter.actions import Action, Kind
from qsfilter.bypass import BYPASS
from qsfilter.context import Context, Uncached
from qsfilter.decide import decide
from qsfilter.deliver import deliver
from qsfilter.errors import text_of
from qsfilter.examination import Examination, untimed
from qsfilter.limits import Budget, Limits
from qsfilter.model import About, Blob, Decision, Disposition, Finding, Message, Part, Path, Report
from qsfilter.registry import Registry
from qsfilter.report import report
from qsfilter.scan import scan
from qsfilter.worklist import open_message

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping
    from mmap import mmap

    from qsfilter.attempts import Attempt
    from qsfilter.deliver import Transport
    from qsfilter.examination import Guard
    from qsfilter.legacy_headers import LegacyHeaders
    from qsfilter.model import Client, Envelope
    from qsfilter.site_policy import Policy
    from qsfilter.verdict_cache import VerdictCache

UNCACHED = Uncached()
_TRACE = re.compile(
    rb"(?:(?-i:From ).*+\n)?+(?:(?:received|return-path|delivered-to)[ \t]*+:.*+\n(?:[ \t].*+\n)*+)++", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Setup:
    """Everything that stays the same from message to message."""

    registry: Registry
    policy: Policy
    limits: Limits
    about: tuple[About, ...] = ()
    broken: Mapping[str, Finding] | None = None
    """Plugins that can't be asked, as they failed to start or ended the process, and the FAILURE that says so."""
    headers: LegacyHeaders | None = None
    """Header fields that are added beside our own."""
    config: str = ""

    def started(self, asking: Callable[[str, str], None] | None = None) -> Setup:
        """Start every plugin that is not broken, and ask it who it is; those that fail are noted as broken.

        ASKING is told hook and plugin before each.
        """
        broken = dict(self.broken or {})
        for hook in self.registry.hooks["start"]:
            if hook.entry.name in broken:
                continue
            if asking is not None:
                asking("start", hook.entry.name)
            try:
                hook({})
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may fail in any way; each message says so
                detail = f"{type(error).__name__}: {text_of(error)}"
                broken[hook.entry.name] = Finding(kind=Kind.FAILURE, name="start", detail=detail)
        return replace(self, broken=broken, about=about(self.registry, broken, asking))

    def keeping_alone(self) -> Setup:
        """Return what is left for a message that breaks us off: the quarantine, and no plugin that looks at it."""
        kept = [entry for entry in self.registry.entries if entry.name == "quarantine"]
        return replace(self, registry=Registry(kept), broken=None)


def about(
    registry: Registry, broken: Container[str] = (), asking: Callable[[str, str], None] | None = None
) -> tuple[About, ...]:
    """Ask every plugin who it is; one that can't say, or is BROKEN and not asked, is left with its name alone.

    ASKING is told "about" and the plugin before each.
    """
    told: list[About] = []
    for hook in registry.hooks["about"]:
        if hook.entry.name in broken:
            told.append(About(name=hook.entry.name))
            continue
        if asking is not None:
            asking("about", hook.entry.name)
        try:
            answer = hook({})
        except (Exception, SystemExit):  # noqa: BLE001 - not knowing a version never holds up mail
            answer = None
        told.append(answer if isinstance(answer, About) else About(name=hook.entry.name))
    return tuple(told)


def examine(
    setup: Setup,
    raw: bytes | mmap,
    envelope: Envelope,
    client: Client,
    ctx: Context,
    guard: Guard = untimed,
    *,
    attempt: Attempt | None = None,
) -> tuple[Report, Examination]:
    """Parse, unpack, scan and decide; deliver nothing. Return the report so far, and the examination to go on with.

    Where ATTEMPT knows the message as one that breaks us off, nothing is asked about it, and it is a finding.
    """
    started = ctx.clock()
    if attempt is not None and attempt.poison:
        setup = setup.keeping_alone()
    examination = Examination(setup.registry, ctx, guard, setup.broken, attempt)
    if attempt is not None and attempt.poison:
        examination.record(Finding(kind=Kind.FAILURE, name="poison", detail=attempt.detail), None)
    elif attempt is not None and attempt.trouble:
        examination.record(Finding(kind=Kind.NOTE, name="attempts", detail=attempt.trouble), None)
    parts = open_message(raw, examination)
    message = Message(envelope=envelope, client=client, parts=parts, findings=tuple(examination.findings))
    findings = scan(message, examination)
    verdicts, decision = decide(message, findings, examination, setup.policy)
    findings = tuple(examination.findings)
    finished = Report(
        key=ctx.key,
        message=message,
        findings=tuple(found for found in findings if not found.shadow),
        shadow=tuple(found for found in findings if found.shadow),
        verdicts=verdicts,
        decision=decision,
        calls=tuple(examination.calls),
        about=setup.about,
        config=setup.config,
        seconds=ctx.clock() - started,
    )
    return finished, examination


def run(
    setup: Setup,
    raw: bytes | mmap,
    envelope: Envelope,
    client: Client,
    ctx: Context,
    transport: Transport,
    guard: Guard = untimed,
    *,
    attempt: Attempt | None = None,
) -> Report:
    """Take one message through its whole life and return the report on it."""
    started = ctx.clock()
    examined, examination = examine(setup, raw, envelope, client, ctx, guard, attempt=attempt)
    before = len(examination.findings)
    outcome = deliver(examined, raw, examination, setup.policy, transport, setup.headers)
    finished = replace(_up_to_now(examined, examination, before), outcome=outcome, seconds=ctx.clock() - started)
    if not setup.registry.hooks["report"]:
        return finished
    before = len(examination.findings)
    report(finished, examination)
    return _up_to_now(finished, examination, before)


def _up_to_now(told: Report, examination: Examination, before: int) -> Report:
    """Return the report TOLD with all that was asked since, and the findings of EXAMINATION from number BEFORE on."""
    later = examination.findings[before:]
    return replace(
        told,
        findings=told.findings + tuple(found for found in later if not found.shadow),
        shadow=told.shadow + tuple(found for found in later if found.shadow),
        calls=tuple(examination.calls),
    )


def unexamined(
    setup: Setup,
    raw: bytes | mmap,
    envelope: Envelope,
    client: Client,
    ctx: Context,
    transport: Transport,
    why: str,
) -> Report:
    """Hand one message over without asking any plugin, not even those that keep copies, and say WHY in the report."""
    root = Part(path=Path(), declared="message/rfc822", blob=Blob(raw), origin="message")
    noted = Finding(kind=Kind.NOTE, name=BYPASS, detail=why, source="core")
    passing = Report(
        key=ctx.key,
        message=Message(envelope=envelope, client=client, parts=(root,), findings=(noted,)),
        findings=(noted,),
        shadow=(),
        verdicts=(),
        decision=Decision(
            groups=(Disposition(action=Action.ACCEPT, recipients=tuple(dict.fromkeys(envelope.recipients))),)
        ),
        config=setup.config,
    )
    outcome = deliver(passing, raw, Examination(Registry(()), ctx), setup.policy, transport, setup.headers)
    return replace(passing, outcome=outcome)


def context(
    limits: Limits,
    raw: bytes | mmap,
    envelope: Envelope,
    deadline: float | None = None,
    verdicts: VerdictCache | None = None,
) -> Context:
    """Make the context of one message; DEADLINE is on `time.monotonic`, else `limits.seconds` from now.

    VERDICTS is what is remembered of contents; nothing without it.
    """
    limits = limits.of_message(len(raw))
    until = time.monotonic() + limits.seconds if deadline is None else deadline
    cache = UNCACHED if verdicts is None else verdicts.until(until)
    return Context(limits=limits, budget=Budget(limits), deadline=until, key=retry_key(envelope, raw), cache=cache)


def retry_key(envelope: Envelope, raw: bytes | mmap) -> str:
    """Return the SHA-256 by which a retry of the same mail is recognised, in hexadecimal.

    It is taken over sender, recipients and the message without its leading trace fields (RFC 5321, 4.4), because each
    attempt puts a new Received on top.
    """
    digest = hashlib.sha256()
    for address in (envelope.sender, *envelope.recipients, b""):
        digest.update(len(address).to_bytes(8) + address)
    trace = _TRACE.match(raw)
    with memoryview(raw) as view:
        digest.update(view[trace.end() if trace else 0 :])
    return digest.hexdigest()
