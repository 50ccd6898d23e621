"""Kinds, actions, and how the actions of several groups of recipients combine."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter.actions import DEFAULT_ACTIONS, EXIT_CODES, UNSCANNABLE_NAMES, Action, Kind, combine, overall

PERMANENT = range(11, 41)
groups = st.lists(st.sampled_from(Action), min_size=1, max_size=6)


def test_the_safest_action_is_the_greatest() -> None:
    """The order of the actions is the one by which votes for one recipient are settled."""
    expected = [Action.ACCEPT, Action.DISCARD, Action.DEFER, Action.QUARANTINE, Action.REJECT]
    assert sorted(Action) == expected


def test_an_action_is_spelt_as_the_configuration_spells_it() -> None:
    """A report and a configuration use the same words."""
    assert [str(action) for action in Action] == ["accept", "discard", "defer", "quarantine", "reject"]


def test_malware_is_the_gravest_kind() -> None:
    """What a report leads with is malware, then policy."""
    assert sorted(Kind, key=lambda kind: kind.rank)[:2] == [Kind.MALWARE, Kind.POLICY]


def test_no_two_kinds_are_equally_grave() -> None:
    """The finding that a report leads with does not depend on chance."""
    assert len({kind.rank for kind in Kind}) == len(Kind)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_default_action(kind: Kind) -> None:
    """No finding is ever left without a vote."""
    action, _ = DEFAULT_ACTIONS[kind]
    assert isinstance(action, Action)


def test_the_finer_defaults_name_findings_that_exist() -> None:
    """A default for `unscannable.x` is for an x that findings can have; the other is what the pipeline itself finds."""
    finer = [key.partition(".") for key in DEFAULT_ACTIONS if "." in key and key != "failure.poison"]
    assert {(kind, name in UNSCANNABLE_NAMES) for kind, _, name in finer} == {("unscannable", True)}


@pytest.mark.parametrize("kind", [Kind.MALWARE, Kind.POLICY, Kind.UNSCANNABLE, Kind.AMBIGUOUS, Kind.FAILURE])
def test_nothing_dangerous_is_delivered_by_default(kind: Kind) -> None:
    """Only kinds that are no danger are accepted where a site says nothing."""
    assert DEFAULT_ACTIONS[kind][0] is not Action.ACCEPT


def test_a_default_reject_keeps_a_copy() -> None:
    """What is refused by default can still be looked at."""
    assert all(keep for action, keep in DEFAULT_ACTIONS.values() if action is Action.REJECT)


def test_the_defaults_are_the_documented_ones() -> None:
    """What a site gets that says nothing; only what is refused is kept as well."""
    assert DEFAULT_ACTIONS == {
        "malware": (Action.QUARANTINE, False),
        "policy": (Action.REJECT, True),
        "spam": (Action.ACCEPT, False),
        "unscannable": (Action.REJECT, True),
        "unscannable.encrypted": (Action.ACCEPT, False),
        "unscannable.no-unpacker": (Action.ACCEPT, False),
        "ambiguous": (Action.REJECT, True),
        "irregular": (Action.ACCEPT, False),
        "failure": (Action.DEFER, False),
        "failure.poison": (Action.QUARANTINE, False),
        "note": (Action.ACCEPT, False),
    }


def test_every_action_has_its_exit_code() -> None:
    """Those of `qmail.c`: 0 for what is in our care or gone by a rule, 71 for later, 31 for never."""
    assert EXIT_CODES == {
        Action.ACCEPT: 0,
        Action.DISCARD: 0,
        Action.QUARANTINE: 0,
        Action.DEFER: 71,
        Action.REJECT: 31,
    }


@pytest.mark.parametrize("action", [Action.REJECT, Action.DEFER])
def test_refused_mail_is_never_answered_as_accepted(action: Action) -> None:
    """Exit code 0 would tell the caller that the mail is in our care."""
    assert EXIT_CODES[action] != 0


def test_a_reject_is_permanent() -> None:
    """`qmail.c` takes 11 to 40 as permanent."""
    assert EXIT_CODES[Action.REJECT] in PERMANENT


def test_a_defer_is_temporary() -> None:
    """A code from 11 to 40 would make a bounce of it."""
    assert EXIT_CODES[Action.DEFER] not in PERMANENT


@given(groups)
def test_order_never_matters(actions: list[Action]) -> None:
    """Each group gets the same whatever the place in which it stands."""
    expected = dict(zip(actions, combine(actions), strict=True))
    for changed in itertools.islice(itertools.permutations(actions), 24):
        assert combine(changed) == tuple(expected[action] for action in changed)


@given(groups)
def test_no_group_is_lost(actions: list[Action]) -> None:
    """The answer has one action for each group."""
    assert len(combine(actions)) == len(actions)


@given(groups)
def test_any_defer_defers_all(actions: list[Action]) -> None:
    """A retry brings the whole message again, so nobody may have got it before."""
    combined = combine([*actions, Action.DEFER])
    assert set(combined) == {Action.DEFER}


@given(groups)
def test_nobody_is_deferred_without_a_reason(actions: list[Action]) -> None:
    """Only a group that asked for it brings about a temporary failure."""
    assert (Action.DEFER in combine(actions)) == (Action.DEFER in actions)


@given(groups)
def test_a_permanent_answer_needs_every_group(actions: list[Action]) -> None:
    """A permanent code refuses the mail of all recipients, so all of them must be refused."""
    permanent = EXIT_CODES[overall(combine(actions))] in PERMANENT
    assert permanent == (set(actions) == {Action.REJECT})


@given(groups)
def test_a_reject_beside_others_becomes_a_quarantine(actions: list[Action]) -> None:
    """Those who may have it get it, and the others' copy is kept."""
    combined = combine([*actions, Action.REJECT, Action.ACCEPT])
    if Action.DEFER not in actions:
        assert combined[-2:] == (Action.QUARANTINE, Action.ACCEPT)


@given(groups)
def test_nobody_gets_what_was_not_accepted_for_them(actions: list[Action]) -> None:
    """Settling the groups against each other never turns anything into delivery."""
    for before, after in zip(actions, combine(actions), strict=True):
        assert after is not Action.ACCEPT or before is Action.ACCEPT


@given(groups)
def test_combining_twice_changes_nothing(actions: list[Action]) -> None:
    """What has been settled is settled."""
    assert combine(combine(actions)) == combine(actions)


def test_no_groups_are_no_groups() -> None:
    """Nothing is made up where there is nothing to combine."""
    assert combine([]) == ()


def test_a_report_leads_with_the_greatest_action() -> None:
    """One word stands for the message."""
    assert overall([Action.ACCEPT, Action.QUARANTINE, Action.DISCARD]) is Action.QUARANTINE
