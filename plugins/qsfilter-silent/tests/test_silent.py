"""The plugin: which messages it silences, and that it changes nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Action, Client, ConfigError, Envelope, Filter, Kind, Policy, Verdict, Waiver, hookimpl, plugin
from qsfilter.actions import DEFAULT_ACTIONS, UNSCANNABLE_NAMES
from qsfilter.config import from_table
from qsfilter.testing.contract import PluginContract
from qsfilter.testing.messages import message
from qsfilter.words import finding
from qsfilter_silent import Silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Decision, Finding, Message

RAW = message(b"text")
RECIPIENTS = (b"bob@example.com", b"carol@example.com", b"dave@example.net")
ENVELOPE = Envelope(sender=b"alice@example.org", recipients=RECIPIENTS)
CLIENT = Client(ip="192.0.2.1")
KLEZ, MYDOOM, OTHER = "CLAMDSCAN:W32.Klez.H@mm", "Win.Worm.MYDOOM-5", "Win.Trojan.Agent-1388639"
VIRUSES = ("klez", "MyDoom")


class TestContract(PluginContract):
    """What every plugin owes the core."""

    def make(self) -> object:
        """Make one with a list of names."""
        return Silent(viruses=VIRUSES)


@plugin
class Says:
    """An engine, an allow list and a site's rules in one: says what it is told to say."""

    found: tuple[Finding, ...] = ()
    """What it finds in every message."""
    votes: tuple[Verdict, ...] = ()
    """What it votes for."""
    waived: tuple[bool, ...] = ()
    """For each finding in turn, whether it votes to leave it out."""

    @hookimpl
    def scan(self) -> Iterator[Finding]:
        """Yield the findings."""
        yield from self.found

    @hookimpl
    def decide(self, message: Message, findings: tuple[Finding, ...]) -> Iterator[Verdict | Waiver]:
        """Yield the votes and the waivers."""
        yield from self.votes
        for found, waived in zip(findings, self.waived, strict=False):
            if waived:
                yield Waiver(finding=found, reason="allowed", malware=True)


def decided(*plugins: object, policy: Policy | None = None) -> Decision:
    return Filter(*plugins, policy=policy).examine(RAW, ENVELOPE, CLIENT).decision


def silent(plugin: Silent, *found: Finding) -> bool:
    """Say whether PLUGIN silences a message with FOUND; it does so for all recipients or for none."""
    (answer,) = {group.silent for group in decided(Says(found=found), plugin).groups}
    return answer


def virus(name: str) -> Finding:
    return finding(Kind.MALWARE, name)


@pytest.mark.parametrize("name", [KLEZ, MYDOOM, "klez", "Worm.Klez"])
def test_a_name_is_part_of_the_virus_name_in_any_case(name: str) -> None:
    """Engines write the same virus differently."""
    assert silent(Silent(viruses=VIRUSES), virus(name))


def test_a_virus_that_is_not_listed_is_told_of() -> None:
    """Its sender may be who they say."""
    assert not silent(Silent(viruses=VIRUSES), virus(OTHER))


def test_one_virus_that_is_not_listed_is_enough() -> None:
    """Its notice is not lost for a silent one beside it."""
    assert not silent(Silent(viruses=VIRUSES), virus(KLEZ), virus(OTHER))
    assert silent(Silent(viruses=VIRUSES), virus(KLEZ), virus(MYDOOM))


@pytest.mark.parametrize("viruses", [("auto",), ("AUTO",)])
def test_auto_is_every_virus(viruses: tuple[str, ...]) -> None:
    """Whatever it is called, and also where its name has no such letters."""
    assert silent(Silent(viruses=viruses), virus(OTHER), virus(""))
    assert Silent().viruses == ("auto",)


def test_no_name_is_no_virus() -> None:
    """An empty list switches silence off."""
    assert not silent(Silent(viruses=()), virus(KLEZ))


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.MALWARE])
def test_nothing_but_a_virus_makes_a_message_silent(kind: Kind) -> None:
    """A policy block is told of, even if it is called as a virus is."""
    assert not silent(Silent(), finding(kind, UNSCANNABLE_NAMES[0] if kind is Kind.UNSCANNABLE else KLEZ))


def test_other_findings_beside_a_silent_virus_change_nothing() -> None:
    """The notice about a policy block would reach the same forged sender."""
    assert silent(Silent(), virus(KLEZ), finding(Kind.POLICY, "extension .exe"))


def test_a_clean_message_is_not_silent() -> None:
    """Where nothing was found, nothing is said about it."""
    assert not silent(Silent())


def test_a_silent_virus_is_quarantined_and_reported() -> None:
    """The silence is about notices alone."""
    report = Filter(Says(found=(virus(KLEZ),)), Silent()).examine(RAW, ENVELOPE, CLIENT)
    assert [(group.action, group.silent) for group in report.decision.groups] == [(Action.QUARANTINE, True)]
    assert [found.name for found in report.findings] == [KLEZ]


NAMES = st.sampled_from([KLEZ, MYDOOM, OTHER, "zz"])
FINDINGS = st.lists(
    st.builds(finding, st.sampled_from([kind for kind in Kind if kind is not Kind.UNSCANNABLE]), NAMES)
    | st.builds(finding, st.just(Kind.UNSCANNABLE), st.sampled_from(UNSCANNABLE_NAMES)),
    max_size=4,
).map(tuple)
ACTIONS = st.sampled_from(Action)
SOME = st.none() | st.lists(st.sampled_from(RECIPIENTS), unique=True).map(tuple)
VOTES = st.lists(st.builds(Verdict, action=ACTIONS, reason=NAMES, recipients=SOME, keep=st.booleans()), max_size=3).map(
    tuple
)
POLICIES = st.builds(
    Policy,
    actions=st.fixed_dictionaries({key: st.tuples(ACTIONS, st.booleans()) for key in DEFAULT_ACTIONS}),
    relays=st.sampled_from([frozenset(), frozenset({CLIENT.ip})]),
)
WAIVED = st.lists(st.booleans(), max_size=4).map(tuple)


@given(
    found=FINDINGS,
    votes=VOTES,
    policy=POLICIES,
    waived=WAIVED,
    viruses=st.sampled_from([("auto",), VIRUSES, ("w",), ()]),
)
def test_no_action_depends_on_silence(**mix: Any) -> None:  # noqa: ANN401 - one of each strategy
    """For every mix of findings, votes, waivers and tables the decision is the same, but for the silence itself."""
    found, policy = mix["found"], mix["policy"]
    says = Says(found=found, votes=mix["votes"], waived=mix["waived"])
    without, with_it = decided(says, policy=policy), decided(says, Silent(viruses=mix["viruses"]), policy=policy)

    assert with_it.action is without.action
    assert replace(with_it, groups=()) == replace(without, groups=())
    for mine, theirs in zip(with_it.groups, without.groups, strict=True):
        assert replace(mine, silent=False, reason=theirs.reason) == theirs
        # Where nothing but votes for delivery without a finding count, silence may be the reason that is named.
        assert mine.reason == theirs.reason or (mine.action in {Action.ACCEPT, Action.DEFER} and not mine.because)
    names = [one.name.lower() for one in found if one.kind is Kind.MALWARE]
    parts = [""] if mix["viruses"] == ("auto",) else [name.lower() for name in mix["viruses"]]
    expected = bool(names) and all(any(part in name for part in parts) for name in names)
    assert {group.silent for group in with_it.groups} == {expected}
    assert not any(group.silent for group in without.groups)


@pytest.mark.parametrize("viruses", ["klez", ("klez", ""), (" ",), ("auto", "klez"), ("klez", "Auto"), (7,)])
def test_a_list_that_cannot_be_meant_is_refused(viruses: Any) -> None:  # noqa: ANN401 - wrong types are the point
    """An empty name is part of every name, a text is no list, and `auto` beside a name says two things."""
    with pytest.raises(ConfigError, match="viruses"):
        Silent(viruses=viruses)


def test_it_is_switched_on_by_its_table() -> None:
    """The entry point bears the plugin's name."""
    chosen = from_table({"plugins": {"silent": {"viruses": ["klez"]}}}, "test.toml")
    (entry,) = (entry for entry in chosen.setup.registry.entries if entry.name == "silent")
    assert isinstance(entry.plugin, Silent)
    assert entry.plugin.viruses == ("klez",)
