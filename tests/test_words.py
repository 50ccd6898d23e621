"""The words in which plugins and site rules speak."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qsfilter import words
from qsfilter.actions import Action, Kind
from qsfilter.model import Blob, Finding, Part, Path

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter.model import Verdict

PLACE = Path(steps=((1, ""),), shown="1")
FACTS = {
    words.malware: Kind.MALWARE,
    words.policy: Kind.POLICY,
    words.spam: Kind.SPAM,
    words.unscannable: Kind.UNSCANNABLE,
    words.ambiguous: Kind.AMBIGUOUS,
    words.irregular: Kind.IRREGULAR,
    words.note: Kind.NOTE,
}
VOTES = {
    words.accept: Action.ACCEPT,
    words.discard: Action.DISCARD,
    words.defer: Action.DEFER,
    words.quarantine: Action.QUARANTINE,
    words.reject: Action.REJECT,
}


@pytest.mark.parametrize(("word", "kind"), FACTS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_each_fact_has_its_kind(word: Callable[..., Finding], kind: Kind) -> None:
    """The word is the kind's name."""
    assert word("x", PLACE, "why") == Finding(kind=kind, name="x", part=PLACE, detail="why")


@pytest.mark.parametrize(("word", "action"), VOTES.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_each_vote_has_its_action(word: Callable[..., Verdict], action: Action) -> None:
    """The word is the action's name."""
    vote = word("why")
    assert (vote.action, vote.reason, vote.recipients) == (action, "why", None)


def test_every_action_has_a_word() -> None:
    """A rule can say whatever a configuration can."""
    assert set(VOTES.values()) == set(Action)


def test_a_fact_about_a_part_is_about_its_path() -> None:
    """A finding names the place and holds no content."""
    part = Part(path=PLACE, blob=Blob(b"x"), origin="mime")
    assert words.malware("x", part) == Finding(kind=Kind.MALWARE, name="x", part=PLACE)


def test_a_fact_about_a_content_holds_it() -> None:
    """The core finds the parts that carry it."""
    blob = Blob(b"x")
    found = words.malware("x", blob)
    assert found.blob is blob
    assert found.part is None


def test_a_fact_about_the_message_has_no_place() -> None:
    """A finding without a place is about the whole message."""
    found = words.spam("score 12")
    assert (found.part, found.blob) == (None, None)


def test_a_vote_can_be_for_some_recipients() -> None:
    """Any iterable of addresses will do."""
    assert words.reject("x", recipients=[b"a@example.org", b"b@example.org"]).recipients == (
        b"a@example.org",
        b"b@example.org",
    )


def test_a_vote_for_no_recipients_is_not_one_for_all() -> None:
    """An empty list of recipients stays one."""
    assert words.reject("x", recipients=[]).recipients == ()


def test_a_reject_can_keep_a_copy() -> None:
    """`keep` is an option of reject."""
    assert words.reject("x", keep=True).keep


def test_an_accept_can_be_silent() -> None:
    """`silent` is an option of accept, which needs no reason."""
    assert words.accept(silent=True).silent


def test_a_rule_is_noted_in_its_own_file() -> None:
    """Rules of one file do not show in another, and may all be called `_`."""
    source = "from qsfilter.words import rule\n@rule('a')\ndef _(): pass\n@rule('b')\ndef _(): pass\n"
    first: dict[str, list[tuple[str, object]]] = {}
    second: dict[str, list[tuple[str, object]]] = {}
    for namespace in (first, second):
        exec(source, namespace)  # noqa: S102 - as a rules file is run
    assert [name for name, _, _ in first["__qsfilter_rules__"]] == ["a", "b"]
    assert first["__qsfilter_rules__"] is not second["__qsfilter_rules__"]


def test_a_rule_stays_the_function_it_was() -> None:
    """It can be called in a test."""
    namespace: dict[str, Callable[[], int]] = {}
    exec("from qsfilter.words import rule\n@rule('a')\ndef answer(): return 42\n", namespace)  # type: ignore[arg-type]  # noqa: S102
    assert namespace["answer"]() == 42
