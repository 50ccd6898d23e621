"""The messages in tests/messages: what is hidden in a hostile one is found, and an honest one is delivered.

Names begin with a number: 001 to 080 are classes of hostile mail, 301 to 324 of hostile archives and documents, and
each message says what it does; 201 to 299 are the codes of `qsfilter.mime.codes`, `a` a message that sets one and `b`
an honest near miss; `honest` is mail that every reader reads the same way, however odd it looks. `qsfilter replay
tests/messages` says the same as this file; --update writes the expectations, and the tests below keep it from writing
that something is no longer found.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qsfilter import Action, Filter, config
from qsfilter.mime.codes import AMBIGUOUS, IRREGULAR
from qsfilter.replay import CONFIG, Case, Expected, cases, expected, replay

FOLDER = Path(__file__).parent / "messages"
CASES = tuple(cases(str(FOLDER)))
STEMS = sorted({case.name.partition(":")[0] for case in CASES})
CLASSES = (*range(1, 81), *range(301, 325))
HOSTILE = "03"
"""What the names of hostile messages begin with."""
NO_MESSAGE: dict[int, str] = {}
"""Class → why no message shows it."""
HARMFUL = ("malware ", "policy ")


def each(number: str, letters: str, *said: str) -> dict[str, tuple[str, ...]]:
    """Return what has to be SAID of the messages LETTERS of the class NUMBER."""
    return {number + letter: said for letter in letters}


SAID_INSTEAD = {
    "003j": ("ambiguous duplicate-content-type",),
    "013": ("unscannable over-limit",),
    "038": ("unscannable over-limit",),
    "053d": ("unscannable unknown-coding",),
    "066f": ("unscannable over-limit",),
    "068": ("ambiguous message-partial",),
    "069": ("irregular external-body",),
    "071g": ("unscannable encrypted",),
    "071h": ("unscannable encrypted",),
    **each("301", "abdefgijklm", "unscannable over-limit"),
    "301c": ("unscannable encrypted",),
    **each("302", "ab", "unscannable corrupt"),
    **each("304", "bc", "unscannable over-limit"),
    **each("305", "ace", "unscannable over-limit"),
    "310t": ("unscannable corrupt",),
    "311n": ("unscannable over-limit",),
    **each("312", "bdfhjlmnop", "unscannable encrypted"),
    **each("313", "mnopq", "unscannable no-unpacker"),
    **each("314", "eh", "unscannable no-unpacker"),
    "318h": ("note linked-file",),
    **each("318", "nu", "unscannable corrupt"),
    "319d": ("note pdf-javascript",),
    "319m": ("unscannable over-limit",),
    **each("323", "fhs", "unscannable over-limit"),
    "323t": ("unscannable corrupt",),
    **each("324", "abcdeghijklmnopqrvwyz", "unscannable corrupt"),
    "324f": ("unscannable over-limit",),
    **each("324", "tu", "unscannable no-unpacker"),
    "324x": ("irregular pdf-unreadable",),
}
"""Hostile messages in which nothing forbidden can be found, or not by everybody, and what has to be said of them."""
UNDECIDABLE = {
    "073a": "only what runs the script knows what it builds",
    "073b": "only what runs the script knows what becomes of the text",
    "303a": "nothing is hidden in it: that it ends is what counts",
    "316x": "only GNU's tar looks behind the noise, and it ends with an error",
    "317h": "people send links to the web",
    "320b": "only what runs the script knows what it builds",
    "320c": "only what runs the script knows what it builds",
    "320d": "only what runs the script knows what it builds",
}
"""Hostile messages that no decoder can see through, and why; a site's policy on types is what helps."""
HONEST_ABSENT = {"ambiguous", "malware", "policy", "unscannable"}
HONEST_MESSAGES = 200
CODE = re.compile(r"2\d\d([ab])-(?:not-)?(.+)")


@pytest.fixture(scope="module")
def chosen() -> Filter:
    """The filter of the corpus, started."""
    made = config.load(str(FOLDER / CONFIG))
    made.start()
    return made


def wanted(stem: str) -> Expected:
    return expected(str(FOLDER / f"{stem}.expect"))


def starting_with(digits: str) -> list[str]:
    return [stem for stem in STEMS if stem[0] in digits]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_message_is_judged_as_expected(chosen: Filter, case: Case) -> None:
    """Action and findings are those in the .expect beside it, in both forms."""
    result = replay(chosen, case)
    assert result.right, str(result)


def test_every_class_of_hostile_mail_has_a_message() -> None:
    """Nobody can drop one without saying why."""
    present = {int(stem[:3]) for stem in starting_with(HOSTILE)}
    assert present | set(NO_MESSAGE) == set(CLASSES)
    assert not present & set(NO_MESSAGE)


@pytest.mark.parametrize("stem", starting_with(HOSTILE))
def test_what_a_hostile_message_hides_is_expected_to_be_found(stem: str) -> None:
    """An update of the expectations can't make a miss the rule."""
    if stem.partition("-")[0] in UNDECIDABLE:
        return
    findings = wanted(stem).findings or ()
    instead = next((said for start, said in SAID_INSTEAD.items() if stem.startswith(start)), ())
    assert any(found.startswith(HARMFUL) or found in instead for found in findings)


def test_every_hostile_message_comes_in_both_forms_or_says_which() -> None:
    """A module that leaves out a form names the one it is about."""
    forms: dict[str, set[str]] = {}
    for case in CASES:
        forms.setdefault(case.name.partition(":")[0], set()).add(case.form)
    alone = [stem for stem, found in forms.items() if found != {"LF", "CRLF"}]
    assert all("NEWLINES" in (FOLDER / f"{stem}.py").read_text() for stem in alone)


@pytest.mark.parametrize("code", [*AMBIGUOUS, *IRREGULAR])
def test_every_code_has_a_message_that_sets_it_and_a_near_miss(code: str) -> None:
    """The near miss is delivered."""
    finding = f"{'ambiguous' if code in AMBIGUOUS else 'irregular'} {code}"
    found = {match[1]: stem for stem in STEMS if (match := CODE.fullmatch(stem)) and match[2] == code}
    setting, near = wanted(found["a"]), wanted(found["b"])
    assert finding in (setting.findings or ())
    assert finding not in (near.findings or ())
    assert {finding, "ambiguous"} <= set(near.absent)
    assert near.action == str(Action.ACCEPT)


@pytest.mark.parametrize("stem", [stem for stem in STEMS if stem.startswith("honest/")])
def test_honest_mail_is_expected_to_be_delivered(stem: str) -> None:
    """An update of the expectations can't make a false alarm the rule."""
    honest = wanted(stem)
    assert honest.action == str(Action.ACCEPT)
    assert set(honest.absent) >= HONEST_ABSENT


def test_there_is_much_honest_mail() -> None:
    """A reader that marks everything would find every hostile message."""
    assert len({case.name for case in CASES if case.name.startswith("honest/")}) >= HONEST_MESSAGES
