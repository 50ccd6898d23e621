"""The suite that every plugin passes: inherit `PluginContract`, say how to make your plugin, and pytest does the rest.

class TestContract(PluginContract):
    def make(self) -> object:
        return HashRegistry(zone="malware.hash.example.org")
"""

from __future__ import annotations

import dataclasses
import itertools
import os
from collections import Counter
from typing import TYPE_CHECKING

from qsfilter import pipeline
from qsfilter.actions import Kind
from qsfilter.filter import Filter
from qsfilter.hookspecs import hookimpl, plugin
from qsfilter.limits import Budget, Limits
from qsfilter.model import Client, Envelope
from qsfilter.testing import messages
from qsfilter.testing.problems import problems
from qsfilter.testing.resources import no_descriptor_stays_open
from qsfilter.words import accept, note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.model import Finding, Message, Report, Verdict

ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com", b"carol@example.com"))
HOSTILE = {
    "empty": b"",
    "no mail": b"\xff\xfe\x00PK\x03\x04 no mail at all",
    "header without end": b"Subject: x\nContent-Type: multipart/mixed; boundary=",
    "names": messages.message(messages.attachment(b"x", "../../etc/\x00passwd\u202egpj.exe")),
    "8-bit": messages.message(messages.part(bytes(range(256)) * 8, "text/plain; charset=\xff")),
    "broken zip": messages.message(messages.attachment(messages.zip_of({"a": b"b" * 500})[:-60], "a.zip")),
    "long lines": messages.message(b"a" * 100_000, subject="b" * 50_000),
    "no recipients": messages.message(b"text"),
}
ATTACHED = (
    messages.attachment(messages.zip_of({"setup.exe": b"MZ", "letter.txt": b"hello"}), "files.zip"),
    messages.attachment(messages.eicar(), "notes.txt"),
    messages.attachment(b"<p>hello</p>", "page.html", "text/html"),
)
"""What a message is given in every order; something for engines, for rules on names, and nothing for others."""


@plugin
class _Neighbour:
    """Another plugin of the same filter: it says something of every part, and votes."""

    @hookimpl
    def scan(self, message: Message) -> Iterator[Finding]:
        """Note every part."""
        yield from (note("neighbour", part) for part in message.parts)

    @hookimpl
    def decide(self) -> Verdict:
        """Vote for delivery, which any other vote outweighs."""
        return accept("no objection")


class PluginContract:
    """What a plugin owes the core, whatever it does."""

    def make(self) -> object:
        """Return a new object of the plugin, usable without any server."""
        raise NotImplementedError

    def test_registration_finds_no_problem(self) -> None:
        """Hooks, options and docstrings are what they should be."""
        found = problems(self.make())
        assert not found, found

    def test_making_it_does_nothing(self) -> None:
        """A plugin object is a value: nothing is opened until `start`."""
        with no_descriptor_stays_open():
            made = self.make()
        del made  # what only it holds was open until here

    def test_its_options_are_frozen(self) -> None:
        """Nothing changes a plugin after it was made."""
        plugin = self.make()
        for field in dataclasses.fields(plugin):  # type: ignore[arg-type]  # `problems` tells what is no dataclass
            try:
                setattr(plugin, field.name, None)
            except dataclasses.FrozenInstanceError:
                continue
            raise AssertionError(f"{field.name} can be changed")

    def test_hostile_messages_make_it_neither_fail_nor_raise(self) -> None:
        """Whatever the message is, the answer is made of findings, none of which is a failure of the plugin."""
        chosen = self._filter()
        for name, raw in HOSTILE.items():
            report = self._examine(chosen, raw)
            failed = [found for found in report.findings if found.kind is Kind.FAILURE]
            assert not failed, f"{name}: {failed}"

    def test_an_expired_deadline_is_no_clean_answer(self) -> None:
        """A plugin that was not asked because time was up is a failure in the report."""
        chosen = self._filter()
        if not any(chosen.setup.registry.hooks[hook] for hook in ("scan", "decide")):
            return
        context = pipeline.context(Limits(), b"", ENVELOPE, deadline=0.0)
        report, _ = pipeline.examine(chosen.setup, messages.message(b"text"), ENVELOPE, Client(), context)
        assert [found for found in report.findings if found.kind is Kind.FAILURE]

    def test_an_exhausted_budget_is_no_failure(self) -> None:
        """A bound that is reached is a finding about the message."""
        chosen = self._filter()
        limits = Limits(unpacked_bytes=10, members=1)
        context = dataclasses.replace(pipeline.context(limits, b"", ENVELOPE), budget=Budget(limits))
        raw = messages.message(messages.attachment(messages.zip_of({"a": b"b" * 500, "c": b"d"}), "a.zip"))
        report, _ = pipeline.examine(chosen.setup, raw, ENVELOPE, Client(), context)
        assert not [found for found in report.findings if found.kind is Kind.FAILURE]

    def test_it_finds_the_same_every_time(self) -> None:
        """Nothing that is remembered from one message shows in the next."""
        chosen = self._filter()
        raws = list(HOSTILE.values())
        first = [self._examine(chosen, raw).findings for raw in raws]
        again = [self._examine(chosen, raw).findings for raw in reversed(raws)]
        assert first == again[::-1]

    def test_the_order_of_plugins_changes_nothing(self) -> None:
        """What others say before it or behind it is added, and takes nothing away."""
        before, behind = (self._started(*pair) for pair in ((self.make(), _Neighbour()), (_Neighbour(), self.make())))
        for name, raw in {**HOSTILE, "attached": messages.message(*ATTACHED)}.items():
            one, other = self._examine(before, raw), self._examine(behind, raw)
            assert Counter(one.findings) == Counter(other.findings), name
            assert Counter(one.verdicts) == Counter(other.verdicts), name
            assert one.decision.action is other.decision.action, name

    def test_the_order_of_parts_changes_no_finding(self) -> None:
        """What is found in an attachment does not depend on what stands in front of it."""
        chosen = self._filter()
        told = []
        for order in itertools.permutations(ATTACHED):
            report = self._examine(chosen, messages.message(messages.part(b"see below"), *order))
            told.append((Counter((found.kind, found.name) for found in report.findings), report.decision.action))
        assert all(one == told[0] for one in told), told

    def test_it_works_after_a_fork(self) -> None:
        """A worker forks first and starts plugins then; what was made before must do in the child."""
        plugin = self.make()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                failed = self._failures(plugin)
                code = 1 if failed else 0
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    def _failures(self, plugin: object) -> list[object]:
        chosen = self._started(plugin)
        report = self._examine(chosen, messages.message(b"text"))
        return [found for found in report.findings if found.kind is Kind.FAILURE]

    def _filter(self) -> Filter:
        return self._started(self.make())

    @staticmethod
    def _started(*plugins: object) -> Filter:
        chosen = Filter(*plugins)
        chosen.start()
        return chosen

    @staticmethod
    def _examine(chosen: Filter, raw: bytes) -> Report:
        return chosen.examine(raw, ENVELOPE, Client(ip="192.0.2.1"))
