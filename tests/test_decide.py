"""The decide stage: findings become votes, and votes one decision for every group of recipients."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import pipeline
from qsfilter.actions import DEFAULT_ACTIONS, Action, Kind
from qsfilter.decide import decide
from qsfilter.examination import Examination
from qsfilter.limits import Limits
from qsfilter.model import Blob, Client, Decision, Edit, Envelope, Finding, Message, Part, Path, Verdict, Waiver
from qsfilter.registry import Entry, Registry
from qsfilter.reply import MOST_OCTETS
from qsfilter.site_policy import Policy
from qsfilter.words import accept, defer, discard, malware, note, policy, quarantine, reject, unscannable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BOB, CAROL, DAVE = b"bob@example.com", b"carol@example.com", b"dave@example.com"
PLACES = [Path(), Path(steps=((1, ""),), shown="1"), Path(steps=((10, ""),), shown="10"), None]
Votes = dict[str, object]


class Deciding:
    """Takes findings and votes through the decide stage."""

    def __init__(self, plugin_with: Callable[..., object]) -> None:
        """Make plugins with PLUGIN_WITH."""
        self._plugin_with = plugin_with

    def __call__(
        self,
        *findings: Finding,
        votes: Votes | None = None,
        to: Sequence[bytes] = (BOB,),
        policy: Policy | None = None,
        entries: Sequence[Entry] = (),
        client: Client | None = None,
    ) -> Decision:
        """Decide about FINDINGS, with VOTES by plugins of these names, for mail TO these recipients."""
        return self.with_verdicts(*findings, votes=votes, to=to, policy=policy, entries=entries, client=client)[1]

    def with_verdicts(
        self,
        *findings: Finding,
        votes: Votes | None = None,
        to: Sequence[bytes] = (BOB,),
        policy: Policy | None = None,
        entries: Sequence[Entry] = (),
        client: Client | None = None,
    ) -> tuple[tuple[Verdict, ...], Decision]:
        """Return the verdicts as well."""
        asked = [Entry(name=name, plugin=self._voter(answer)) for name, answer in (votes or {}).items()]
        envelope = Envelope(sender=b"alice@example.org", recipients=tuple(to))
        root = Part(path=Path(), blob=Blob(b"x"), origin="message")
        message = Message(envelope=envelope, client=client or Client(ip="192.0.2.1"), parts=(root,))
        examination = Examination(Registry([*asked, *entries]), pipeline.context(Limits(), b"", envelope))
        examination.findings += findings
        return decide(message, tuple(examination.findings), examination, policy or Policy())

    def _voter(self, answer: object) -> object:
        return self._plugin_with(decide=lambda self: answer)

    def shadow(self, answer: object) -> Entry:
        """Return a plugin in shadow mode that votes ANSWER."""
        return Entry(name="tried", plugin=self._voter(answer), shadow=True)


@pytest.fixture(scope="session")
def decided(plugin_with: Callable[..., object]) -> Deciding:
    """Decide."""
    return Deciding(plugin_with)


def actions(decision: Decision) -> dict[bytes, str]:
    """Return recipient → action."""
    return {rcpt: str(group.action) for group in decision.groups for rcpt in group.recipients}


# --- the action table -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind)
def test_a_finding_gets_its_kinds_action(decided: Deciding, kind: Kind) -> None:
    """Nobody has to vote on it."""
    assert decided(Finding(kind=kind, name="x")).action is DEFAULT_ACTIONS[kind][0]


@pytest.mark.parametrize("key", [key for key in DEFAULT_ACTIONS if "." in key])
def test_a_finer_line_outweighs_its_kind(decided: Deciding, key: str) -> None:
    """`kind.name` counts where it is listed."""
    kind, _, name = key.partition(".")
    assert decided(Finding(kind=Kind(kind), name=name)).action is DEFAULT_ACTIONS[key][0]


def test_a_site_can_make_lines_of_its_own(decided: Deciding) -> None:
    """For any finding by its name."""
    site = Policy(actions={**DEFAULT_ACTIONS, "policy.extension .exe": (Action.DISCARD, False)})
    assert decided(policy("extension .exe"), policy=site).action is Action.DISCARD
    assert decided(policy("extension .com"), policy=site).action is Action.REJECT


def test_a_kind_that_a_table_leaves_out_has_its_default(decided: Deciding) -> None:
    """A library user may say only what is different."""
    assert decided(malware("x"), policy=Policy(actions={"policy": (Action.ACCEPT, False)})).action is Action.QUARANTINE


def test_keep_comes_from_the_table(decided: Deciding) -> None:
    """`keep = true` holds for the group."""
    (group,) = decided(policy("x")).groups
    assert (group.action, group.keep) == (Action.REJECT, True)


def test_no_finding_is_accepted(decided: Deciding) -> None:
    """And there is no reason to give."""
    (group,) = decided().groups
    assert (group.action, group.reason, group.because) == (Action.ACCEPT, "", ())


def test_the_gravest_finding_leads(decided: Deciding) -> None:
    """Malware outranks policy in what is reported, however many there are."""
    site = Policy(actions={**DEFAULT_ACTIONS, "malware": (Action.REJECT, False)})
    (group,) = decided(policy("a"), malware("z"), policy("b"), policy=site).groups
    assert group.reason == "malware z"
    assert [str(found) for found in group.because] == ["malware z", "policy a", "policy b"]


def test_only_what_led_to_the_action_is_its_reason(decided: Deciding) -> None:
    """A note is not why mail is refused."""
    (group,) = decided(note("seen"), policy("x")).groups
    assert [str(found) for found in group.because] == ["policy x"]


def test_what_is_found_in_shadow_has_no_vote(decided: Deciding) -> None:
    """It is reported and changes nothing."""
    assert decided(Finding(kind=Kind.MALWARE, name="x", shadow=True)).action is Action.ACCEPT


# --- failures -------------------------------------------------------------------------------------------------------


def failing(plugin_with: Callable[..., object], on_error: Action | None) -> Entry:
    """Return a plugin that fails when it is asked to vote."""

    def vote(self: object) -> None:
        raise RuntimeError

    return Entry(name="broken", plugin=plugin_with(decide=vote), on_error=on_error)


@pytest.mark.parametrize("on_error", Action)
def test_a_failure_votes_as_its_plugin_is_set(
    decided: Deciding, plugin_with: Callable[..., object], on_error: Action
) -> None:
    """`on_error` is an action."""
    assert decided(entries=[failing(plugin_with, on_error)]).action is on_error


def test_a_failure_votes_as_the_table_says_otherwise(decided: Deciding, plugin_with: Callable[..., object]) -> None:
    """That is defer where the site says nothing."""
    assert decided(entries=[failing(plugin_with, None)]).action is Action.DEFER


def test_on_error_is_for_failures_only(decided: Deciding, plugin_with: Callable[..., object]) -> None:
    """What the plugin did find has its kind's action."""
    entry = Entry(name="lenient", plugin=plugin_with(decide=lambda self: None), on_error=Action.ACCEPT)
    found = Finding(kind=Kind.MALWARE, name="x", source="lenient")
    assert decided(found, entries=[entry]).action is Action.QUARANTINE


def test_on_error_is_for_that_plugin_only(decided: Deciding, plugin_with: Callable[..., object]) -> None:
    """Another's failure has its own."""
    entry = Entry(name="lenient", plugin=plugin_with(decide=lambda self: None), on_error=Action.ACCEPT)
    found = Finding(kind=Kind.FAILURE, name="crash", source="strict")
    assert decided(found, entries=[entry]).action is Action.DEFER


def test_a_refusal_because_of_a_failure_keeps_a_copy(decided: Deciding, plugin_with: Callable[..., object]) -> None:
    """The mail may have been harmless."""
    (group,) = decided(entries=[failing(plugin_with, Action.REJECT)]).groups
    assert group.keep


# --- votes ----------------------------------------------------------------------------------------------------------


def test_the_safest_vote_wins(decided: Deciding) -> None:
    """Whoever gives it."""
    votes: Votes = {"a": accept("friend"), "b": reject("foe"), "c": quarantine("unsure")}
    (group,) = decided(votes=votes).groups
    assert (group.action, group.reason) == (Action.REJECT, "foe")


def test_an_accept_takes_nothing_back(decided: Deciding) -> None:
    """A vote for delivery is outweighed by the table's."""
    assert decided(malware("x"), votes={"friend": accept("known")}).action is Action.QUARANTINE


def test_a_vote_in_shadow_changes_nothing(decided: Deciding) -> None:
    """It is in the report."""
    verdicts, decision = decided.with_verdicts(entries=[decided.shadow(reject("foe"))])
    assert decision.action is Action.ACCEPT
    assert [(vote.reason, vote.shadow) for vote in verdicts] == [("foe", True)]


def test_an_edit_in_shadow_changes_nothing(decided: Deciding) -> None:
    """No header line is added for it."""
    vote = Verdict(action=Action.ACCEPT, edits=(Edit(what="add", field=b"X-Tried", value=b"yes"),))
    assert decided(entries=[decided.shadow(vote)]).edits == ()


def test_every_vote_has_its_source(decided: Deciding) -> None:
    """The plugin's name, or the table's."""
    verdicts, _ = decided.with_verdicts(note("x"), votes={"mine": accept("y")})
    assert {vote.reason: vote.source for vote in verdicts} == {"y": "mine", "note x": "policy"}


def test_a_rule_can_keep_the_copy_of_what_it_refuses(decided: Deciding) -> None:
    """`keep` of the vote that wins."""
    (group,) = decided(votes={"a": reject("x", keep=True)}).groups
    assert group.kept


def test_a_keep_of_a_vote_that_lost_does_not_count(decided: Deciding) -> None:
    """Its action was not taken."""
    site = Policy(actions={**DEFAULT_ACTIONS, "spam": (Action.QUARANTINE, True)})
    (group,) = decided(Finding(kind=Kind.SPAM, name="x"), votes={"a": reject("y")}, policy=site).groups
    assert not group.keep


def test_any_vote_makes_it_silent(decided: Deciding) -> None:
    """The virus stays a virus, only the notice is kept back."""
    (group,) = decided(malware("x"), votes={"silent": accept(silent=True)}).groups
    assert (group.action, group.silent) == (Action.QUARANTINE, True)


def test_edits_are_united(decided: Deciding) -> None:
    """Each once."""
    tag = Edit(what="subject_tag", field=b"Subject", value=b"[SPAM]")
    line = Edit(what="add", field=b"X-Spam", value=b"yes")
    votes: Votes = {
        "a": Verdict(action=Action.ACCEPT, edits=(tag, line)),
        "b": Verdict(action=Action.ACCEPT, edits=(line,)),
    }
    assert decided(votes=votes).edits == (tag, line)


@pytest.mark.parametrize(
    "answer",
    [
        reject("x", recipients=BOB),  # type: ignore[arg-type]
        reject("x", recipients=["bob@example.com"]),  # type: ignore[list-item]
        Verdict(action=Action.REJECT, recipients=[BOB]),  # type: ignore[arg-type]
        Verdict(action=Action.REJECT, because=("x",)),  # type: ignore[arg-type]
        Verdict(action=Action.REJECT, because=[malware("x")]),  # type: ignore[arg-type]
        Verdict(action=Action.REJECT, edits=("x",)),  # type: ignore[arg-type]
        Waiver(finding="malware x", reason="y"),  # type: ignore[arg-type]
        Waiver(finding=None, reason="y"),  # type: ignore[arg-type]
        "reject",
        Action.REJECT,
        True,
    ],
    ids=[
        "one address",
        "text",
        "list",
        "because",
        "because list",
        "edits",
        "waiver",
        "empty waiver",
        "word",
        "action",
        "bool",
    ],
)
def test_a_vote_that_can_not_be_counted_is_a_failure(decided: Deciding, answer: object) -> None:
    """Taken as it is, it would be a vote for nobody, or end the stage."""
    (group,) = decided(votes={"wrong": answer}, to=[BOB, CAROL]).groups
    assert (group.action, group.reason) == (Action.DEFER, "failure nonsense")


# --- recipients -----------------------------------------------------------------------------------------------------


def test_votes_for_all_make_one_group(decided: Deciding) -> None:
    """All get the same."""
    (group,) = decided(policy("x"), to=[BOB, CAROL]).groups
    assert group.recipients == (BOB, CAROL)


def test_a_vote_for_some_makes_groups(decided: Deciding) -> None:
    """Those whom it names, and the others."""
    votes: Votes = {"a": quarantine("not for them", recipients=[CAROL])}
    assert actions(decided(votes=votes, to=[BOB, CAROL, DAVE])) == {
        BOB: "accept",
        CAROL: "quarantine",
        DAVE: "accept",
    }


def test_recipients_with_the_same_votes_are_one_group(decided: Deciding) -> None:
    """One copy is kept for them together."""
    votes: Votes = {"a": quarantine("x", recipients=[BOB, DAVE])}
    assert {group.recipients for group in decided(votes=votes, to=[BOB, CAROL, DAVE]).groups} == {(BOB, DAVE), (CAROL,)}


def test_a_duplicate_recipient_is_in_its_group_once(decided: Deciding) -> None:
    """The envelope keeps it twice."""
    votes: Votes = {"a": quarantine("x", recipients=[CAROL])}
    decision = decided(votes=votes, to=[BOB, CAROL, BOB, CAROL])
    assert sorted(rcpt for group in decision.groups for rcpt in group.recipients) == [BOB, CAROL]


def test_a_vote_for_somebody_else_changes_nothing(decided: Deciding) -> None:
    """Only recipients of this message count."""
    assert decided(votes={"a": reject("x", recipients=[DAVE])}).action is Action.ACCEPT


def test_one_deferred_recipient_defers_all(decided: Deciding) -> None:
    """The retry brings the message for everybody."""
    votes: Votes = {"a": defer("x", recipients=[CAROL])}
    assert actions(decided(votes=votes, to=[BOB, CAROL])) == {BOB: "defer", CAROL: "defer"}


def test_a_reject_for_some_becomes_a_quarantine(decided: Deciding) -> None:
    """One exit code stands for all recipients; the report says that it was downgraded."""
    decision = decided(votes={"a": reject("x", recipients=[CAROL])}, to=[BOB, CAROL])
    assert {group.recipients: (str(group.action), group.downgraded) for group in decision.groups} == {
        (BOB,): ("accept", False),
        (CAROL,): ("quarantine", True),
    }


def test_a_reject_for_all_in_two_groups_is_a_reject(decided: Deciding) -> None:
    """Each for its own reason."""
    votes: Votes = {"a": reject("x", recipients=[BOB]), "b": reject("y", recipients=[CAROL])}
    assert actions(decided(votes=votes, to=[BOB, CAROL])) == {BOB: "reject", CAROL: "reject"}


def test_a_message_without_recipients_has_one_group(decided: Deciding) -> None:
    """It is decided about like any other."""
    (group,) = decided(malware("x"), to=[]).groups
    assert (group.action, group.recipients) == (Action.QUARANTINE, ())


def test_a_vote_for_some_of_no_recipients_changes_nothing(decided: Deciding) -> None:
    """There is nobody it could be for."""
    assert decided(votes={"a": reject("x", recipients=[BOB])}, to=[]).action is Action.ACCEPT


# --- relays ---------------------------------------------------------------------------------------------------------


def test_a_reject_towards_a_relay_becomes_a_quarantine(decided: Deciding) -> None:
    """The relay would send a bounce to a forged sender."""
    site = Policy(relays=frozenset({"192.0.2.25"}))
    (group,) = decided(policy("x"), policy=site, client=Client(ip="192.0.2.25")).groups
    assert (group.action, group.downgraded, group.kept) == (Action.QUARANTINE, True, True)


def test_nothing_else_changes_towards_a_relay(decided: Deciding) -> None:
    """A deferred message is tried again."""
    site = Policy(relays=frozenset({"192.0.2.25"}))
    (group,) = decided(votes={"a": defer("x")}, policy=site, client=Client(ip="192.0.2.25")).groups
    assert (group.action, group.downgraded) == (Action.DEFER, False)


def test_a_client_that_may_relay_is_no_relay(decided: Deciding) -> None:
    """RELAYCLIENT is for one's own people, who are told what is wrong."""
    assert decided(policy("x"), client=Client(ip="192.0.2.25", relay=True)).action is Action.REJECT


# --- waivers --------------------------------------------------------------------------------------------------------


def test_a_waived_finding_has_no_vote(decided: Deciding) -> None:
    """It stays in the report, with the waiver."""
    found = policy("x")
    decision = decided(found, votes={"allow": Waiver(finding=found, reason="known sender")})
    assert decision.action is Action.ACCEPT
    assert [(waiver.finding, waiver.reason, waiver.source) for waiver in decision.waived] == [
        (found, "known sender", "allow")
    ]


def test_a_waiver_waives_one_finding(decided: Deciding) -> None:
    """The same kind and name elsewhere is another."""
    here, there = policy("x", Path()), policy("x", PLACES[1])
    assert decided(here, there, votes={"allow": Waiver(finding=here, reason="y")}).action is Action.REJECT


def test_malware_is_never_waived(decided: Deciding) -> None:
    """An allow entry that does not name it does not mean it."""
    found = malware("x")
    decision = decided(found, votes={"allow": Waiver(finding=found, reason="known sender")})
    assert (decision.action, decision.waived) == (Action.QUARANTINE, ())


def test_malware_is_waived_where_the_entry_names_it(decided: Deciding) -> None:
    """For the one who has to send viruses to a laboratory."""
    found = malware("x")
    decision = decided(found, votes={"allow": Waiver(finding=found, reason="laboratory", malware=True)})
    assert (decision.action, len(decision.waived)) == (Action.ACCEPT, 1)


def test_a_waiver_in_shadow_waives_nothing(decided: Deciding) -> None:
    """It is being tried out."""
    found = policy("x")
    decision = decided(found, entries=[decided.shadow(Waiver(finding=found, reason="y"))])
    assert (decision.action, decision.waived) == (Action.REJECT, ())


def test_a_plugins_vote_goes_with_the_findings_it_is_because_of(decided: Deciding) -> None:
    """An allow entry for a newsletter counts whoever wants it in quarantine, as long as that is all there is."""
    found, other = policy("x"), policy("y")
    allow = Waiver(finding=found, reason="known sender")
    said = Verdict(action=Action.QUARANTINE, reason="score", because=(found,))
    assert decided(found, votes={"allow": allow, "score": said}).action is Action.ACCEPT
    more = replace(said, because=(found, other))
    assert decided(found, votes={"allow": allow, "score": more}).action is Action.QUARANTINE
    shown = Verdict(action=Action.ACCEPT, because=(found,), edits=(Edit(what="add", field=b"X-Score"),))
    assert decided(found, votes={"allow": allow, "score": shown}).edits == shown.edits


def test_it_goes_for_those_alone_who_have_the_entry(decided: Deciding) -> None:
    found = policy("x")
    allow = Waiver(finding=found, reason="Bob wants it", recipients=(BOB,))
    said = Verdict(action=Action.QUARANTINE, reason="score", because=(found,))
    decision = decided(found, votes={"allow": allow, "score": said}, to=[BOB, CAROL])
    assert actions(decision)[BOB] == "accept"
    assert actions(decision)[CAROL] != "accept"


def test_a_waiver_outweighs_no_vote_of_a_rule(decided: Deciding) -> None:
    """It is about one finding, and the rule may have other reasons."""
    found = policy("x")
    votes: Votes = {"allow": Waiver(finding=found, reason="y"), "rule": reject("z")}
    assert decided(found, votes=votes).action is Action.REJECT


# --- the reply ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vote", "reply"),
    [
        (reject("no"), "message refused: no"),
        (defer("later"), "try again later: later"),
        (accept("yes"), ""),
        (discard("gone"), ""),
        (quarantine("kept"), ""),
    ],
    ids=lambda value: str(getattr(value, "action", "")),
)
def test_the_reply_says_why(decided: Deciding, vote: Verdict, reply: str) -> None:
    """Only where the message is not taken."""
    assert decided(votes={"a": vote}).reply.partition(" (id ")[0] == reply


def test_the_reply_is_printable_ascii(decided: Deciding) -> None:
    """SMTP takes nothing else, and a reason may hold a name of the sender's."""
    reply = decided(votes={"a": reject("n\u00f6\r\n250 ok~\x7f\x1b\0")}).reply
    assert reply.startswith("message refused: n???250 ok~??? (id ")


def test_the_reply_is_bounded(decided: Deciding) -> None:
    """It has to fit on a line."""
    assert len(decided(votes={"a": reject("x" * 5000)}).reply) == MOST_OCTETS


def test_the_reply_names_who_deferred(decided: Deciding) -> None:
    """Not the reason of a group that would have been accepted."""
    votes: Votes = {"a": defer("greylisted", recipients=[CAROL])}
    assert decided(votes=votes, to=[BOB, CAROL]).reply.startswith("try again later: greylisted (id ")


# --- order ----------------------------------------------------------------------------------------------------------

facts = st.builds(
    Finding,
    kind=st.sampled_from(Kind),
    name=st.sampled_from(["x", "y", "encrypted"]),
    part=st.sampled_from(PLACES),
    detail=st.sampled_from(["", "why"]),
    source=st.sampled_from(["one", "two"]),
)
opinions = st.builds(
    Verdict,
    action=st.sampled_from(Action),
    reason=st.sampled_from(["a", "b"]),
    recipients=st.none() | st.lists(st.sampled_from([BOB, CAROL, DAVE]), unique=True).map(tuple),
    because=st.lists(facts, max_size=2).map(tuple),
    edits=st.lists(st.sampled_from([Edit(what="add", field=b"X-A"), Edit(what="add", field=b"X-B")])).map(tuple),
    silent=st.booleans(),
    keep=st.booleans(),
)
waivers = st.builds(Waiver, finding=facts, reason=st.just("allowed"), malware=st.booleans())
answers = st.lists(opinions | waivers, max_size=3)


@given(st.data(), st.lists(facts, max_size=5, unique=True), st.lists(answers, max_size=4))
def test_the_order_of_plugins_and_findings_never_matters(
    decided: Deciding, draw: st.DataObject, found: list[Finding], voted: list[list[object]]
) -> None:
    """The same facts and opinions make the same decision, to the last field."""
    votes: Votes = {f"plugin-{number}": answer for number, answer in enumerate(voted)}
    other: Votes = dict(draw.draw(st.permutations(list(votes.items()))))
    first = decided(*found, votes=votes, to=[BOB, CAROL])
    assert decided(*draw.draw(st.permutations(found)), votes=other, to=[BOB, CAROL]) == first


def test_the_order_of_header_lines_is_that_of_the_plugins_names(decided: Deciding) -> None:
    """However the configuration lists them."""
    lines = [Edit(what="add", field=b"X-A"), Edit(what="add", field=b"X-B")]
    said = {name: Verdict(action=Action.ACCEPT, edits=(line,)) for name, line in zip("ab", lines, strict=True)}
    for names in ("ab", "ba"):
        assert decided(votes={name: said[name] for name in names}).edits == tuple(lines)


def test_the_order_of_waivers_is_that_of_the_plugins_names(decided: Deciding) -> None:
    """However the configuration lists them."""
    found = policy("x")
    for names in ("ab", "ba"):
        votes: Votes = {name: Waiver(finding=found, reason=name) for name in names}
        assert [waiver.reason for waiver in decided(found, votes=votes).waived] == ["a", "b"]


@given(st.data(), answers)
def test_the_order_of_one_plugins_votes_never_matters(
    decided: Deciding, draw: st.DataObject, voted: list[object]
) -> None:
    """Who gets what, and why, is the same."""
    first = decided(votes={"a": voted}, to=[BOB, CAROL])
    other = decided(votes={"a": draw.draw(st.permutations(voted))}, to=[BOB, CAROL])
    assert actions(other) == actions(first)
    assert other.reply == first.reply
    assert set(other.edits) == set(first.edits)


@given(st.lists(facts, max_size=4), answers, st.lists(st.sampled_from([BOB, CAROL, DAVE]), max_size=5))
def test_every_recipient_is_decided_about_once(
    decided: Deciding, found: list[Finding], voted: list[object], to: list[bytes]
) -> None:
    """Nobody is forgotten, and nobody is answered twice."""
    groups = decided(*found, votes={"a": voted}, to=to).groups
    assert sorted(rcpt for group in groups for rcpt in group.recipients) == sorted(set(to))
    assert groups


@given(st.lists(facts, max_size=4), answers)
def test_more_facts_never_make_it_less_safe(decided: Deciding, found: list[Finding], voted: list[object]) -> None:
    """A finding can only add its vote."""
    before = decided(*found, votes={"a": voted}).action
    assert decided(*found, unscannable("corrupt"), votes={"a": voted}).action >= before


def test_a_waiver_for_one_address_as_text_silences_nobody(decided: Deciding) -> None:
    """Recipients are a tuple; a single address would be taken for its octets."""
    found = policy("x")
    wrong = Waiver(finding=found, reason="w", recipients=BOB)  # type: ignore[arg-type]
    assert decided(found, votes={"a": [wrong]}).waived == ()
