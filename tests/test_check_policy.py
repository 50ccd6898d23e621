"""`check` tells of rules that never decide, and of allow entries that are over or silence much."""

from __future__ import annotations

import tomllib

import pytest

from qsfilter.cli.check_policy import policy_problems
from qsfilter.config import from_table


def problems(text: str) -> list[str]:
    """Return what is odd about the configuration TEXT."""
    found = list(policy_problems(from_table(tomllib.loads(text), "x.toml")))
    assert not any(problem.fatal for problem in found)
    assert all(problem.mend for problem in found)
    return [problem.text for problem in found]


def rules(*matches: str) -> str:
    """Return a table of [[policy]] for each of MATCHES."""
    return "".join(f'[[policy]]\nmatch = {{ {match} }}\naction = "quarantine"\n' for match in matches)


@pytest.mark.parametrize(
    "matches",
    [
        ("", 'kind = "policy"'),
        ('kind = "policy"', 'kind = "policy", name = "x"'),
        ('recipient = ["@a.example", "@b.example"]', 'recipient = "@b.example", larger = 5'),
        ("relay = true", 'relay = true, direction = "out"'),
        ('kind = "spam"', 'kind = "spam"'),
    ],
)
def test_a_rule_behind_a_wider_one_never_decides(matches: tuple[str, str]) -> None:
    assert problems(rules(*matches)) == ["x.toml: policy[2]: never decides, as x.toml: policy[1] fits whatever it fits"]


@pytest.mark.parametrize(
    "matches",
    [
        ('kind = "policy", name = "x"', 'kind = "policy"'),
        ('recipient = "@a.example"', 'recipient = ["@a.example", "@b.example"]'),
        ('sender = "<>"', 'recipient = "@a.example"'),
        ("larger = 5", "larger = 6"),
    ],
)
def test_a_rule_that_may_decide_is_fine(matches: tuple[str, str]) -> None:
    assert problems(rules(*matches)) == []


def test_a_plugin_that_is_not_there_is_named() -> None:
    assert problems(rules('plugin = "clamd"')) == ["x.toml: policy[1]: no plugin is called 'clamd'"]
    assert problems(rules('plugin = ["core", "zip-unpacker"]')) == []


def test_a_rule_that_lets_everything_through_is_named() -> None:
    """It would accept malware, and what could not be checked."""
    wide = rules('sender = "@example.org"').replace("quarantine", "accept")
    text = "x.toml: policy[1]: accept holds for every finding, malware and failures among them"
    assert problems(wide) == [text]
    assert problems(wide.replace("match = {", 'match = { kind = "spam",')) == []


SENDER = 'sender = "a@example.org"\n'


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (SENDER + 'silence = "note x"\nuntil = 2020-01-01', "is over, so it silences nothing"),
        (SENDER + 'silence = "policy *"', "'policy *' silences every finding of its kind"),
        (SENDER + 'silence = "*"', "'*' silences every finding of its kind"),
        ('silence = "note x"', "has no condition, so it silences 'note x' in all mail"),
        (SENDER + 'silence = "malware Eicar"', "silences malware in any content"),
    ],
)
def test_an_entry_that_is_over_or_silences_much_is_named(entry: str, text: str) -> None:
    assert problems(f"[[allow]]\n{entry}\n") == [f"x.toml: allow[1]: {text}"]


def test_a_narrow_entry_is_fine() -> None:
    digest = "0" * 64
    assert problems(f'[[allow]]\nsilence = "malware Eicar"\nsha256 = "{digest}"\nuntil = 9000-01-01\n') == []
