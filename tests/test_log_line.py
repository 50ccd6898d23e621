"""The log line: one bounded line of printable ASCII, in which nobody but the filter writes fields."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Entry, Filter
from qsfilter.actions import Action, Kind
from qsfilter.log_line import MOST_FINDINGS_IN_LOG, MOST_OCTETS, log_line
from qsfilter.model import Call, Client, Disposition, Envelope, Finding, Outcome, Path, Report, Verdict, Waiver
from qsfilter.testing import examine, message
from qsfilter.words import malware, policy, quarantine, reject

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = Filter()
FIELD = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|\S*)')
PLACE = Path(steps=((1, ""),), shown="1")


def report_on(
    sender: bytes = b"alice@example.org", recipients: tuple[bytes, ...] = (b"bob@example.com",), ip: str = "192.0.2.1"
) -> Report:
    """Return the report on a plain message with this envelope and client."""
    return PLAIN.examine(message(b"x"), Envelope(sender=sender, recipients=recipients), Client(ip=ip))


def fields(line: str) -> dict[str, str]:
    """Read a log line."""
    return dict(FIELD.findall(line))


def test_the_log_line_says_what_became_of_it() -> None:
    """By `key=value`."""
    outcome = Outcome(exit=0, handed=(b"bob@example.com",))
    report = replace(report_on(), outcome=outcome)
    said = fields(log_line(report))
    assert {key: said[key] for key in ("action", "exit", "handed", "kept", "from", "to", "client")} == {
        "action": "accept",
        "exit": "0",
        "handed": "1",
        "kept": "0",
        "from": '"alice@example.org"',
        "to": '"bob@example.com"',
        "client": '"192.0.2.1"',
    }
    assert said["id"] == report.key[:16]
    assert said["size"] == str(report.message.root.blob.size)


def test_the_log_line_says_what_was_found() -> None:
    """And where."""
    found = Finding(kind=Kind.MALWARE, name="EICAR", part=PLACE)
    assert fields(log_line(replace(report_on(), findings=(found,))))["findings"] == '"malware EICAR in 1"'


def test_the_log_line_says_the_reply() -> None:
    """What the sender was told."""
    report = replace(report_on(), outcome=Outcome(exit=31, reply='refused "so"'))
    assert fields(log_line(report))["reply"] == '"refused \\"so\\""'


def test_without_an_outcome_nothing_was_handed_over() -> None:
    """As `explain` leaves it."""
    said = fields(log_line(report_on()))
    assert (said["exit"], said["handed"], said["kept"]) == ("0", "0", "0")
    assert "reply" not in said


def test_a_reply_that_was_not_given_is_not_said() -> None:
    """Mail that is taken has none."""
    assert "reply" not in fields(log_line(replace(report_on(), outcome=Outcome(exit=0))))


def test_the_log_line_says_which_finding_decided(plugin_with: Callable[..., object]) -> None:
    """And where it is, and who found it."""
    engine = plugin_with(scan=lambda self, message: [malware("EICAR", message.parts[1]), policy("size")])
    report = examine(Filter(Entry(name="engine", plugin=engine)), message(b"x"))
    assert fields(log_line(report))["because"] == '"policy size by engine"'
    report = examine(Filter(Entry(name="engine", plugin=engine, shadow=True)), message(b"x"))
    assert "because" not in fields(log_line(report))
    assert fields(log_line(report))["shadow"] == "2"


def test_the_log_line_says_where_it_is() -> None:
    """By the part's path."""
    found = replace(policy("x", Path(steps=((1, ""), (2, "")), shown='1.2 > "a.zip"')), source="names")
    vote = Verdict(action=Action.REJECT, reason=str(found), because=(found,), source="policy")
    report = decided(report_on(), vote)
    assert fields(log_line(report))["because"] == '"policy x in 1.2 > \\"a.zip\\" by names"'


def test_the_log_line_says_which_rule_decided(plugin_with: Callable[..., object]) -> None:
    """In its words and by its name."""
    rule = Entry(name="rule:sundays", plugin=plugin_with(decide=lambda self: reject("not today")), rule="rules.py:4")
    assert fields(log_line(examine(Filter(rule), message(b"x"))))["because"] == '"not today, voted by rule:sundays"'


def test_the_log_line_says_each_groups_reason(plugin_with: Callable[..., object]) -> None:
    """Three recipients may have three."""
    votes = [quarantine("for bob", recipients=[b"bob"]), quarantine("for carol", recipients=[b"carol"])]
    chosen = Filter(Entry(name="rule:r", plugin=plugin_with(decide=lambda self: votes)))
    said = fields(log_line(examine(chosen, message(b"x"), recipients=(b"bob", b"carol"))))
    assert said["because"] == '"for bob, voted by rule:r; for carol, voted by rule:r"'


def test_a_rule_that_votes_about_a_finding_is_named_with_it() -> None:
    """As a table of `[[policy]]` does."""
    found = replace(policy("x"), source="names")
    same = Verdict(action=Action.REJECT, reason=str(found), because=(found,), source="site.toml:3")
    other = Verdict(action=Action.REJECT, reason="no programs", because=(found,), source="site.toml:3")
    assert fields(log_line(decided(report_on(), same)))["because"] == '"policy x by names, voted by site.toml:3"'
    said = fields(log_line(decided(report_on(), other)))["because"]
    assert said == '"no programs: policy x by names, voted by site.toml:3"'


def test_a_failure_is_said_with_its_detail(plugin_with: Callable[..., object]) -> None:
    """The name alone mends nothing."""

    def scan(self: object) -> None:
        raise ConnectionRefusedError("clamd is away")

    report = examine(Filter(Entry(name="engine", plugin=plugin_with(scan=scan))), message(b"x"))
    said = fields(log_line(report))["failures"]
    assert said == '"crash by engine: scan: ConnectionRefusedError: clamd is away"'


def test_the_slowest_plugin_is_named_if_it_took_longer_than_a_second() -> None:
    """Only then."""
    slow, quick = (Call(hook="scan", plugin=str(took), seconds=took, result="1 answer") for took in (1.26, 0.9))
    assert fields(log_line(replace(report_on(), calls=(quick, slow))))["slowest"] == '"scan 1.26 1.3 s"'
    assert "slowest" not in log_line(replace(report_on(), calls=(quick,)))


def test_waived_findings_are_counted() -> None:
    """Who wonders why it passed looks there."""
    report = report_on()
    waived = (Waiver(finding=policy("x"), reason="ours"),)
    assert fields(log_line(replace(report, decision=replace(report.decision, waived=waived))))["waived"] == "1"
    assert "waived" not in log_line(report)


def decided(report: Report, vote: Verdict) -> Report:
    """Return REPORT as if VOTE had been the only one."""
    everybody = report.message.envelope.recipients
    group = Disposition(action=vote.action, recipients=everybody, reason=vote.reason, because=vote.because)
    return replace(report, verdicts=(vote,), decision=replace(report.decision, groups=(group,)))


any_text = st.text(st.characters(exclude_categories=()))
paths = st.builds(Path, steps=st.just(((1, ""),)), shown=any_text)
found_ones = st.builds(
    Finding, kind=st.sampled_from(Kind), name=any_text, part=st.none() | paths, detail=any_text, source=any_text
)


@given(
    st.builds(Envelope, sender=st.binary(), recipients=st.lists(st.binary()).map(tuple)),
    st.lists(found_ones, max_size=8),
    st.lists(
        st.builds(
            Verdict,
            action=st.sampled_from(Action),
            reason=any_text,
            because=st.lists(found_ones, max_size=2).map(tuple),
            source=any_text,
        ),
        max_size=3,
    ),
    st.builds(Call, hook=st.just("scan"), plugin=any_text, seconds=st.floats(0, 1e9), result=any_text),
    any_text,
    st.sampled_from([1, 40]),
)
def test_the_log_line_is_one_bounded_line_of_printable_ascii(
    envelope: Envelope, findings: list[Finding], votes: list[Verdict], call: Call, text: str, times: int
) -> None:
    """Whatever the addresses, the client, the plugins' names and words and the findings are, and however long."""
    report = report_on(envelope.sender * times, envelope.recipients * times, text * times)
    longer = tuple(replace(found, name=found.name * times, detail=found.detail * times) for found in findings)
    reasons = [vote.reason for vote in votes] or [text]
    groups = tuple(Disposition(action=Action.REJECT, recipients=(), reason=reason * times) for reason in reasons)
    line = log_line(
        replace(
            report,
            findings=longer,
            verdicts=tuple(replace(vote, reason=vote.reason * times) for vote in votes),
            decision=replace(report.decision, groups=groups),
            calls=(call,),
            outcome=Outcome(exit=71, reply=text * times),
        )
    )
    assert line.isascii()
    assert line.isprintable()
    assert len(line) <= MOST_OCTETS
    assert [value for key, value in FIELD.findall(line) if key in {"action", "exit", "handed"}] == ["reject", "71", "0"]
    assert FIELD.sub("", line).strip() == ""


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_nobody_can_write_fields_into_the_log(sender: bytes, recipient: bytes) -> None:
    """The action that is read from the line is the one that was taken."""
    line = log_line(report_on(b'" action=reject ' + sender, (b"x action=reject exit=31 " + recipient,)))
    assert [value for key, value in FIELD.findall(line) if key in {"action", "exit"}] == ["accept", "0"]


def test_the_log_line_is_bounded() -> None:
    """However many recipients and findings there are."""
    report = report_on(b"a" * 900, (b"b" * 900,) * 5000)
    found = tuple(policy("x" * 1000, Path(steps=((number, ""),), shown="y" * 1000)) for number in range(500))
    line = log_line(replace(report, findings=found))
    assert len(line) <= MOST_OCTETS
    assert set(fields(line)) >= {"id", "action", "exit", "handed", "kept", "from", "to", "findings", "size", "seconds"}


def test_findings_that_are_left_out_are_counted() -> None:
    """Who reads the line knows that there is more."""
    report = replace(report_on(), findings=tuple(malware(f"x{number}") for number in range(9)))
    assert fields(log_line(report))["findings"].endswith('; and 4 more"')
    fewer = replace(report, findings=report.findings[:MOST_FINDINGS_IN_LOG])
    assert "more" not in fields(log_line(fewer))["findings"]


def test_a_long_text_leaves_room_for_the_others() -> None:
    """A sender with a hundred recipients does not hide what was found."""
    found = policy("extension .exe", PLACE)
    line = log_line(replace(report_on(b"a" * 900, (b"b" * 900,) * 5000, "c" * 900), findings=(found,)))
    assert fields(line)["findings"] == '"policy extension .exe in 1"'
    assert fields(line)["to"].endswith('..."')


@pytest.mark.parametrize("name", ["\\", '"', "\\x41", "\u00f6", "\U0001f600", "\x1b", "\ud800"], ids=ascii)
def test_a_text_is_cut_between_two_characters(name: str) -> None:
    """Half an escape would swallow the quote at the end."""
    for length in range(170, 230):
        line = log_line(report_on(b"a" * (length % 7) + (name * length).encode("utf-8", "surrogatepass")))
        assert FIELD.sub("", line).strip() == ""
        assert fields(line)["to"] == '"bob@example.com"'
