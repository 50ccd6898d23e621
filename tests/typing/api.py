"""Uses every public word as the author of a plugin, of a rule and of a queue wrapper would; it is checked, never run.

`tests/packaging/test_api.py` gives it to mypy and pyright, both strict. A line that carries `ignore` is wrong on
purpose: a checker that does not complain there is told by its own "unnecessary ignore", and the test fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

from qsfilter import (
    About,
    Action,
    Blob,
    Child,
    Client,
    ConfigError,
    Container,
    Context,
    Decision,
    DeliveryError,
    Disposition,
    Edit,
    Entry,
    Envelope,
    Field,
    Filter,
    Finding,
    Head,
    Kept,
    Kind,
    LimitReached,
    Limits,
    Maildir,
    Message,
    Name,
    Outcome,
    Part,
    Path,
    PluginError,
    Policy,
    Problem,
    QmailQueue,
    QsfilterError,
    Report,
    Verdict,
    Waiver,
    __version__,
    accept,
    ambiguous,
    defer,
    discard,
    hookimpl,
    irregular,
    malware,
    note,
    plugin,
    policy,
    quarantine,
    reject,
    rule,
    spam,
    unscannable,
)
from qsfilter.actions import DEFAULT_ACTIONS
from qsfilter.connecting import connect
from qsfilter.context import Answers
from qsfilter.names import name
from qsfilter.queue import main
from qsfilter.testing import (
    FrozenClock,
    QueueInMemory,
    QueueStandIn,
    assert_action,
    attachment,
    eicar,
    examine,
    message,
    part,
    problems,
    run,
    zip_of,
)
from qsfilter.testing.caller import Answer, call
from qsfilter.testing.contract import PluginContract

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from mmap import mmap

version: str = __version__


# --- a plugin -------------------------------------------------------------------------------------------------------


@plugin
class Everything:
    """Implements every hook with all its arguments."""

    zone: str
    """An option that has to be given."""
    most: int = 3
    """An option with a default."""

    @hookimpl
    def start(self) -> None:
        """Refuse an option."""
        if not self.zone:
            raise ConfigError("zone: takes a domain")

    @hookimpl
    def about(self) -> About:
        """Say who this is."""
        return About(name="everything", version="1", signatures="7", age=60.0, engine=True)

    @hookimpl
    def check(self) -> Iterator[Problem]:
        """Find a problem."""
        yield Problem(text="no server", mend="start it", fatal=False)

    @hookimpl
    def parse(self, part: Part, ctx: Context) -> Iterator[Child | Finding]:
        """Read a part."""
        assert_type(part.blob, Blob)
        assert_type(part.path, Path)
        assert_type(part.header, tuple[Field, ...])
        if ctx.seconds_left > 0:
            yield Child(data=part.blob.data, names=(name(b"a.txt", "mine"),), origin="mine", reading="mine")
        yield ambiguous("two-names", part)
        yield irregular("odd-end", part.path)

    @hookimpl
    def unpack(self, part: Part, containers: tuple[Container, ...], ctx: Context) -> Iterable[Child | Finding]:
        """Open a part."""
        if not containers or containers[0].kind != "mine":
            return [unscannable("no-unpacker", part)]
        try:
            ctx.budget.spend_bytes(part.blob.size)
        except LimitReached as error:
            assert_type(error.bound, float)
            return [unscannable("over-limit", part, error.limit)]
        return [Child(data=part.blob.part_of(containers[0].offset, part.blob.size), origin="mine")]

    @hookimpl
    def scan(self, message: Message, ctx: Context) -> Iterator[Finding]:
        """Look at each content, through the cache."""
        answers = ctx.cache.through(("everything", "7"), message.blobs, self._ask)
        for blob in message.blobs:
            assert_type(blob.sha256, str)
            if answers[blob] != b"clean":
                yield malware("Test", blob, "by name")
        yield spam("score", None, "7.0")
        yield note("seen")

    def _ask(self, blobs: tuple[Blob, ...]) -> Answers:
        return Answers(dict.fromkeys(blobs, b"clean"), ("everything", "7"))

    @hookimpl
    def decide(self, message: Message, findings: tuple[Finding, ...], ctx: Context) -> Iterator[Verdict | Waiver]:
        """Vote."""
        for finding in findings:
            assert_type(finding.kind, Kind)
            if finding.kind is Kind.NOTE:
                yield Waiver(finding=finding, reason="known", until=ctx.now() + 60)
        yield defer("later", recipients=message.envelope.recipients[:1])
        yield Verdict(action=Action.ACCEPT, edits=(Edit(what="add", field=b"X-Mine", value=b"1"),))

    @hookimpl
    def deliver(self, message: Message, decision: Decision, report: Report, ctx: Context) -> Iterator[Kept]:
        """Keep a copy."""
        group = decision.groups[0]
        assert_type(group, Disposition)
        assert_type(report.outcome, Outcome | None)
        yield Kept(what="archive", where=ctx.key, recipients=group.recipients)

    @hookimpl
    def report(self, report: Report, ctx: Context) -> None:
        """Tell nobody."""
        assert_type(report.decision.action, Action)


@plugin
class Fewer:
    """Takes fewer arguments, and gives a list."""

    @hookimpl
    def scan(self, message: Message) -> list[Finding]:
        """Look at the names."""
        names: list[Name] = [name for one in message.parts for name in one.names]
        return [policy("name", detail=name.text) for name in names if name.raw in name.forms[0].encode()]


assert_type(connect(("192.0.2.9", 3310), 60.0).fileno(), int)
assert_type(connect("/run/engine.sock", 60.0, lambda made, until: (made.fileno(), until)), tuple[int, float])
connect("/run/engine.sock")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
chosen_plugin = assert_type(Everything(zone="example.com"), Everything)
assert_type(chosen_plugin.most, int)
Everything()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Everything("example.com")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Everything(zone=7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
chosen_plugin.zone = "example.org"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
Finding(Kind.NOTE, "no keywords")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Child(data="text", origin="mine")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("typed", mode="shadow")
def typed(message: Message, findings: tuple[Finding, ...]) -> Verdict | None:
    """Vote in every word."""
    if message.client.relay:
        return accept(silent=True)
    if b"abuse@example.com" in message.envelope.recipients:
        return discard("nobody reads it")
    if any(str(found) == "malware Test" for found in findings):
        return reject("malware", recipients=(b"bob@example.com",), keep=True)
    return quarantine("to be looked at")


assert_type(reject("no"), Verdict)
assert_type(malware("Test"), Finding)
reject()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
reject("no", recipients=["bob@example.com"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
malware(b"Test")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@rule  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def _without_a_name(message: Message) -> None: ...


# --- a queue wrapper ------------------------------------------------------------------------------------------------


class Elsewhere:
    """A transport of one's own."""

    def hand_over(self, raw: bytes | mmap, head: Head, envelope: Envelope) -> int:
        """Take nothing."""
        if not head.lines or head.offset > len(raw) or not envelope.sender:
            raise DeliveryError("nothing to hand over", 71)
        return 71


class NoTransport:
    """Lacks the one method."""


chosen = Filter(
    chosen_plugin,
    Entry(name="fewer", plugin=Fewer(), shadow=True, timeout=20.0, on_error=Action.ACCEPT),
    rules=("/etc/qsfilter/rules.d",),
    last_good="/var/spool/qsfilter/rules",
    transport=QmailQueue(program=("/var/qmail/bin/qmail-queue",)),
    quarantine="/var/spool/qsfilter/quarantine",
    policy=Policy(actions={**DEFAULT_ACTIONS, "malware": (Action.REJECT, True)}, relays=frozenset({"192.0.2.25"})),
    limits=Limits(message_bytes=50_000_000, seconds=120.0),
    reply="notqmail",
)
Filter(transport=Maildir(path="Maildir"))
Filter(transport=Elsewhere())
Filter(transport=NoTransport())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Filter(limits={"seconds": 1})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Filter(unknown=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]

try:
    chosen.start()
    chosen.refresh()
except (PluginError, ConfigError) as error:
    assert_type(error.exit, int)
except QsfilterError:
    pass
sent = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
assert_type(chosen.examine(b"Subject: x\n\n", sent), Report)
assert_type(chosen.run(b"Subject: x\n\n", sent, Client(ip="192.0.2.1", relay=True)), Report)
Envelope(sender="alice@example.org", recipients=())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# --- tests ----------------------------------------------------------------------------------------------------------


class TestEverything(PluginContract):
    """The suite that every plugin passes."""

    def make(self) -> Everything:
        """Make one."""
        return Everything(zone="example.com")


raw = message(part(b"Hello\n"), attachment(zip_of({"x.txt": eicar()}), "x.zip"), subject="test")
queue = QueueInMemory()
report = run(raw, Fewer(), clock=FrozenClock(), queue=queue, limits=Limits(seconds=5))
assert_type(report, Report)
assert_type(queue.queued[0].message, bytes)
assert_action(report, Action.REJECT, "policy name", recipient=b"bob@example.com")
assert_type(examine(chosen, raw), Report)
assert_type(problems(Fewer()), list[str])
assert_type(call(QueueStandIn("queue").program, raw, sent), Answer)
run("text")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

# It never returns: what stands behind it is never reached, and both checkers know.
main(chosen)
