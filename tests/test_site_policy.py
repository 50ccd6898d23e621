"""The site's opinion: rules by finding, message and recipient, what ends in time, and what an allow entry silences."""

from __future__ import annotations

import hashlib
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Client, Envelope, Filter, Limits, Report, malware, note, policy, unscannable
from qsfilter.actions import Action
from qsfilter.config import from_table
from qsfilter.errors import ConfigError
from qsfilter.model import Message
from qsfilter.testing import attachment, message, part, zip_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter.site_policy import Policy

TO = (b"anna@example.com", b"bert@example.com", b"cora@sales.example.net")
PROGRAM = b"MZ\x90\0" + bytes(60)
RAW = message(part(b"Hello\n"), attachment(PROGRAM, "setup.exe"))


def policy_of(text: str) -> Policy:
    """Return the policy that the configuration TEXT describes."""
    return from_table(tomllib.loads(text), "x.toml").setup.policy


def judged(
    text: str,
    plugin: object,
    raw: bytes = RAW,
    sender: bytes = b"alice@example.org",
    to: tuple[bytes, ...] = TO,
    client: Client | None = None,
) -> Report:
    """Examine RAW by PLUGIN under the configuration TEXT."""
    chosen = Filter(plugin, policy=policy_of(text))
    return chosen.examine(raw, Envelope(sender=sender, recipients=to), client or Client(ip="192.0.2.77"))


def outcome(report: Report) -> dict[str, str]:
    """Return the action for each recipient."""
    return {recipient.decode(): str(group.action) for group in report.decision.groups for recipient in group.recipients}


@pytest.fixture
def finds(plugin_with: Callable[..., object]) -> Callable[..., object]:
    """Return a plugin that finds each of the given in the last part of every message."""

    def make(*found: Callable[..., object]) -> object:
        def scan(self: object, message: Message) -> list[object]:
            return [one(message.parts[-1]) for one in found]

        return plugin_with(scan=scan)

    return make


def rule(match: str, action: str, more: str = "") -> str:
    """Return one table of [[policy]]."""
    return f'[[policy]]\nmatch = {{ {match} }}\naction = "{action}"\n{more}\n'


def extension(where: object) -> object:
    """Find a forbidden extension."""
    return policy("extension .exe", where)  # type: ignore[arg-type]


def virus(where: object) -> object:
    """Find malware."""
    return malware("Eicar-Test", where)  # type: ignore[arg-type]


# --- rules ----------------------------------------------------------------------------------------------------------


def test_one_message_may_have_three_outcomes(finds: Callable[..., object]) -> None:
    """A rejection beside others becomes quarantine, as the message has one exit code."""
    text = rule('name = "extension *", recipient = "anna@example.com"', "accept")
    text += rule('name = "extension *", recipient = "@example.com"', "discard")
    assert outcome(judged(text, finds(extension))) == {
        "anna@example.com": "accept",
        "bert@example.com": "discard",
        "cora@sales.example.net": "quarantine",
    }


def test_the_first_rule_that_fits_wins(finds: Callable[..., object]) -> None:
    text = rule('kind = "policy"', "discard") + rule('kind = "policy"', "accept")
    assert set(outcome(judged(text, finds(extension))).values()) == {"discard"}
    assert set(outcome(judged(text.replace('"policy" }', '"malware" }', 1), finds(extension))).values()) == {"accept"}


FITS = {
    "kind": 'kind = ["spam", "policy"]',
    "name": 'name = "extension .e?e"',
    "plugin": 'plugin = "fake"',
    "sender": 'sender = "@example.org"',
    "subdomains": 'sender = ".org"',
    "pattern": 'sender = "ali*@*"',
    "recipient": 'recipient = ["*@example.com", ".example.net"]',
    "client": 'client = "192.0.2.0/25"',
    "user": 'user = "bob*"',
    "relay": "relay = true",
    "direction": 'direction = "out"',
    "larger": "larger = 100",
    "smaller": "smaller = 100000",
    "file": 'file = "setup.*"',
    "content": f'sha256 = "{hashlib.sha256(PROGRAM).hexdigest()}"',
}
FITS_NOT = {
    "kind": 'kind = "malware"',
    "name": 'name = "extension"',
    "plugin": 'plugin = "clamav"',
    "sender": 'sender = "@org"',
    "part of a domain": 'sender = ".ple.org"',
    "null sender": 'sender = "<>"',
    "recipient": 'recipient = "dora@example.com"',
    "client": 'client = "192.0.2.128/25"',
    "user": 'user = "alice"',
    "relay": "relay = false",
    "direction": 'direction = "in"',
    "larger": "larger = 100000",
    "smaller": "smaller = 100",
    "file": 'file = "*.txt"',
    "content": f'sha256 = "{"0" * 64}"',
}
OWN = Client(ip="192.0.2.77", user="bob@example.org", relay=True)


@pytest.mark.parametrize(
    ("condition", "fits"), [*((c, True) for c in FITS.values()), *((c, False) for c in FITS_NOT.values())]
)
def test_a_condition_holds_or_not(finds: Callable[..., object], condition: str, fits: bool) -> None:
    report = judged(rule(condition.replace('"fake"', '"plug"'), "discard"), finds(extension), client=OWN)
    (source,) = {found.source for found in report.findings}
    report = judged(rule(condition.replace('"fake"', f'"{source}"'), "discard"), finds(extension), client=OWN)
    assert ("discard" in outcome(report).values()) is fits


def test_all_conditions_have_to_hold(finds: Callable[..., object]) -> None:
    text = rule('kind = "policy", sender = "<>"', "discard")
    assert "discard" not in outcome(judged(text, finds(extension))).values()
    assert "discard" in outcome(judged(text, finds(extension), sender=b"")).values()


def test_a_message_without_recipients_is_judged(finds: Callable[..., object]) -> None:
    """As a probe that sends none."""
    report = judged(rule('kind = "policy"', "discard"), finds(extension), to=())
    assert report.decision.action is Action.DISCARD
    report = judged(rule('kind = "policy", recipient = "@example.com"', "discard"), finds(extension), to=())
    assert report.decision.action is Action.REJECT


def test_other_findings_keep_their_votes(finds: Callable[..., object]) -> None:
    """A rule that accepts one finding accepts nothing else."""
    report = judged(rule('kind = "policy"', "accept"), finds(extension, virus))
    assert report.decision.action is Action.QUARANTINE


def test_the_rule_stands_in_the_trace(finds: Callable[..., object]) -> None:
    report = judged(rule('kind = "spam"', "discard") + rule('kind = "policy"', "discard"), finds(extension))
    assert [vote.source for vote in report.verdicts] == ["x.toml: policy[2]"]


@pytest.mark.parametrize(("waited", "action"), [(0.0, "defer"), (7199.0, "defer"), (7200.0, "quarantine")])
def test_an_action_may_end_in_time(waited: float, action: str) -> None:
    """Defer for two hours from the first attempt, then quarantine."""
    chosen = policy_of(rule('kind = "failure", plugin = "clamav"', "defer", 'hours = 2\nthen = "quarantine"'))
    found = unscannable("corrupt")
    (one,) = chosen.rules
    assert str(one.action_after(waited)) == action
    assert not one.match.fits_finding(found)


# --- allow entries --------------------------------------------------------------------------------------------------

ALLOW = '[[allow]]\nsilence = "policy extension .exe"\ncomment = "updates of a supplier"\n'


def test_an_entry_silences_what_it_names(finds: Callable[..., object]) -> None:
    report = judged(ALLOW + 'sender = "@example.org"', finds(extension))
    assert report.decision.action is Action.ACCEPT
    assert [(str(one.finding), one.reason) for one in report.decision.waived] == [
        ("policy extension .exe", "updates of a supplier")
    ]
    assert [str(found) for found in report.findings] == ["policy extension .exe"]


@pytest.mark.parametrize("silence", ["*", "policy *", "* *", "m*", "?alware *"])
def test_malware_is_silenced_only_where_it_is_named(finds: Callable[..., object], silence: str) -> None:
    text = f'[[allow]]\nsilence = "{silence}"\n'
    if silence.startswith(("*", "policy")):
        assert judged(text, finds(virus)).decision.action is Action.QUARANTINE
    else:
        with pytest.raises(ConfigError):
            policy_of(text)
    assert judged('[[allow]]\nsilence = "malware Eicar*"\n', finds(virus)).decision.action is Action.ACCEPT


def test_an_entry_for_one_recipient_holds_for_that_one(finds: Callable[..., object]) -> None:
    report = judged(ALLOW + 'recipient = "anna@example.com"', finds(extension))
    assert outcome(report) == {
        "anna@example.com": "accept",
        "bert@example.com": "quarantine",
        "cora@sales.example.net": "quarantine",
    }
    assert report.decision.waived[0].recipients == (b"anna@example.com",)


def test_an_entry_ends(finds: Callable[..., object]) -> None:
    assert judged(ALLOW + "until = 2020-01-31", finds(extension)).decision.action is Action.REJECT
    assert judged(ALLOW + "until = 9000-01-31", finds(extension)).decision.action is Action.ACCEPT


def test_a_day_ends_with_the_day() -> None:
    """In UTC."""
    (entry,) = policy_of(ALLOW + "until = 2026-11-22").allow
    assert entry.until == 1795392000.0


def test_content_is_allowed_with_all_that_is_in_it(finds: Callable[..., object]) -> None:
    """A rule that finds a member of an archive is silenced by the archive's hash."""
    archive = zip_of({"setup.exe": PROGRAM})
    raw = message(part(b"Hello\n"), attachment(archive, "update.zip"))
    text = ALLOW + f'sha256 = "{hashlib.sha256(archive).hexdigest()}"'
    assert judged(text, finds(extension), raw).decision.action is Action.ACCEPT
    other = message(part(b"Hello\n"), attachment(zip_of({"setup.exe": b"MZ other"}), "update.zip"))
    assert judged(text, finds(extension), other).decision.action is Action.REJECT


def test_every_name_of_a_part_has_to_be_allowed(finds: Callable[..., object]) -> None:
    """Or a second name would bring a file past the rule."""
    text = ALLOW + 'file = "setup.exe"'
    assert judged(text, finds(extension)).decision.action is Action.ACCEPT
    two = b'Content-Type: application/octet-stream; name="evil.exe"\n'
    two += b'Content-Disposition: attachment; filename="setup.exe"\n\nMZ\n'
    assert judged(text, finds(extension), message(part(b"x"), two)).decision.action is Action.REJECT


# --- mistakes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("policy = 1", "x.toml: policy: takes tables, each with the heading [[policy]]"),
        ("[[policy]]\nmatch = {}", "x.toml: policy[1]: action must be set"),
        (rule('kinds = "policy"', "accept"), "x.toml: policy[1].match: unknown key 'kinds'; did you mean 'kind'?"),
        (rule('kind = "virus"', "accept"), "x.toml: policy[1].match.kind: takes one of malware, "),
        (rule("", "bounce"), "x.toml: policy[1].action: takes one of accept, "),
        (rule("", "defer", "hours = 2"), "x.toml: policy[1]: hours, a number above 0, and then go together"),
        (rule('sender = "alice"', "accept"), "x.toml: policy[1].match.sender: takes user@domain, "),
        (rule('client = "192.0.2.1/24"', "accept"), "x.toml: policy[1].match.client: 192.0.2.1/24 has host bits set"),
        (rule('direction = "up"', "accept"), "x.toml: policy[1].match.direction: takes one of in, out"),
        (rule("recipient = []", "accept"), "x.toml: policy[1].match.recipient: is empty, so it would never fit"),
        (rule('larger = "1M"', "accept"), "x.toml: policy[1].match.larger: takes int"),
        ("[[allow]]", "x.toml: allow[1]: silence must be set"),
        ('[[allow]]\nsilence = "virus x"', "x.toml: allow[1].silence: unknown key 'virus'; "),
        ('[[allow]]\nsilence = "note x"\nuntil = "2027"', "x.toml: allow[1].until: takes a date"),
        ('[[allow]]\nsilence = "note x"\nsha256 = "ab"', "x.toml: allow[1].sha256: takes 64 hexadecimal digits"),
        ('[[allow]]\nsilence = "note x"\nkind = "note"', "x.toml: allow[1]: unknown key 'kind'; "),
    ],
)
def test_a_mistake_is_named(text: str, error: str) -> None:
    with pytest.raises(ConfigError) as caught:
        policy_of(text)
    assert str(caught.value).startswith(error)


# --- properties -----------------------------------------------------------------------------------------------------

RULES = [
    rule(match, action)
    for match in ('kind = "policy"', 'name = "x*"', 'recipient = "@example.com"', 'sender = "<>"', "")
    for action in ("accept", "quarantine", "reject")
]


@given(st.lists(st.sampled_from(RULES), max_size=4), st.permutations([0, 1, 2]))
def test_every_recipient_gets_each_finding_judged_once(chosen: list[str], order: list[int]) -> None:
    """Whatever the rules are, and in whatever order findings and recipients come."""
    site = policy_of("".join(chosen))
    found = note("x")
    report = Filter(limits=Limits()).examine(RAW, Envelope(sender=b"", recipients=TO))
    to = tuple(TO[index] for index in order)
    shuffled = Message(
        envelope=Envelope(sender=b"", recipients=to), client=Client(), parts=report.message.parts, findings=()
    )
    votes = site.votes(found, shuffled, None)
    voted = [one for vote in votes for one in (to if vote.recipients is None else vote.recipients)]
    assert sorted(voted) == sorted(TO)
    by_recipient = {one: vote.action for vote in votes for one in vote.recipients or to}
    again = {one: vote.action for vote in site.votes(found, report.message, None) for one in vote.recipients or TO}
    assert by_recipient == again
