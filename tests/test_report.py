"""The report stage: telling plugins, which vote decided, and the object that `explain --json` prints."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Entry, Filter
from qsfilter.actions import DEFAULT_ACTIONS, Action, Kind
from qsfilter.log_line import log_line
from qsfilter.model import Client, Edit, Envelope, Finding, Outcome, Report, Verdict, Waiver
from qsfilter.report import as_dict, exit_code, leading_votes, votes_on
from qsfilter.site_policy import Policy
from qsfilter.testing import attachment, eicar, examine, message, part, zip_of
from qsfilter.words import malware, policy, quarantine, reject

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable

    from qsfilter.edits import Head

PLAIN = Filter()


class NextHop:
    """A transport that takes everything."""

    def hand_over(self, raw: bytes, head: Head, envelope: Envelope) -> int:
        """Take it."""
        return 0


any_text = st.text(st.characters(exclude_categories=()))


def report_on(
    sender: bytes = b"alice@example.org", recipients: tuple[bytes, ...] = (b"bob@example.com",), ip: str = "192.0.2.1"
) -> Report:
    """Return the report on a plain message with this envelope and client."""
    return PLAIN.examine(message(b"x"), Envelope(sender=sender, recipients=recipients), Client(ip=ip))


# --- plugins are told -----------------------------------------------------------------------------------------------


def test_plugins_are_told_what_became_of_it(plugin_with: Callable[..., object]) -> None:
    """The report has its outcome."""
    told: list[Report] = []
    chosen = Filter(plugin_with(report=lambda self, report: told.append(report)), transport=NextHop())
    chosen.run(message(b"x"), Envelope(sender=b"", recipients=(b"bob@example.com",)))
    assert [report.outcome for report in told] == [Outcome(exit=0, handed=(b"bob@example.com",))]


def test_a_notice_that_fails_changes_nothing(plugin_with: Callable[..., object]) -> None:
    """The mail is where it is, and the log says who failed."""

    def notify(self: object) -> None:
        raise SystemExit(99)

    entry = Entry(name="notifier", plugin=plugin_with(report=notify))
    report = Filter(entry, transport=NextHop()).run(message(b"x"), Envelope(sender=b"", recipients=(b"bob",)))
    assert report.outcome == Outcome(exit=0, handed=(b"bob",))
    assert [(str(found), found.source) for found in report.findings] == [("failure crash", "notifier")]
    assert 'failures="crash by notifier: report: SystemExit: 99"' in log_line(report)


def test_who_is_tried_out_tells_nobody(plugin_with: Callable[..., object]) -> None:
    told: list[Report] = []
    entry = Entry(name="notifier", plugin=plugin_with(report=lambda self, report: told.append(report)), shadow=True)
    Filter(entry, transport=NextHop()).run(message(b"x"), Envelope(sender=b"", recipients=(b"bob",)))
    assert told == []


def test_a_notice_has_no_answer(plugin_with: Callable[..., object]) -> None:
    """What it returns changes nothing either."""
    chosen = Filter(plugin_with(report=lambda self: reject("too late")), transport=NextHop())
    report = chosen.run(message(b"x"), Envelope(sender=b"", recipients=(b"bob",)))
    assert report.outcome == Outcome(exit=0, handed=(b"bob",))


# --- exit code ------------------------------------------------------------------------------------------------------


def test_the_exit_code_is_that_of_the_outcome() -> None:
    """The queue program's own."""
    assert exit_code(replace(report_on(), outcome=Outcome(exit=53))) == 53


def test_without_an_outcome_it_is_the_one_it_would_be(plugin_with: Callable[..., object]) -> None:
    """That is what `explain` says."""
    assert exit_code(examine(Filter(plugin_with(decide=lambda self: reject("x"))), message(b"x"))) == 31


# --- the object -----------------------------------------------------------------------------------------------------


@pytest.fixture
def found(plugin_with: Callable[..., object]) -> dict[str, object]:
    """Return the object for a message with EICAR in an archive."""
    engine = plugin_with(
        scan=lambda self, message: [malware("EICAR", blob, "why") for blob in message.blobs if blob.data == eicar()]
    )
    archive = zip_of({"x.com": eicar()})
    raw = message(part(b"text"), attachment(archive, "a.zip", "application/zip"))
    report = examine(
        Filter(Entry(name="engine", plugin=engine)), raw, recipients=(b"bob@example.com", b"c@example.com")
    )
    return as_dict(report)


def test_the_object_has_its_documented_keys(found: dict[str, object]) -> None:
    """Those of `explain --json`, but for `file`, which the command adds."""
    assert {"action", "exit", "findings", "parts", "recipients", "seconds"} <= set(found)
    assert (found["action"], found["exit"]) == ("quarantine", 0)


def test_the_object_says_what_was_found(found: dict[str, object]) -> None:
    """Kind in lower case, name, part, source and detail."""
    assert found["findings"] == [
        {"kind": "malware", "name": "EICAR", "part": '1.2 > "a.zip" > "x.com"', "source": "engine", "detail": "why"}
    ]


def test_the_object_says_what_the_message_holds(found: dict[str, object]) -> None:
    """Each part with path, names, type, size, hash and origin."""
    parts = found["parts"]
    assert isinstance(parts, list)
    assert [one["path"] for one in parts] == ["message", "1", "1.1", "1.2", '1.2 > "a.zip" > "x.com"']
    assert set(parts[3]) >= {"path", "names", "declared", "size", "sha256", "origin"}
    assert (parts[3]["names"], parts[3]["declared"], parts[3]["origin"]) == (["a.zip"], "application/zip", "mime")
    assert (parts[4]["size"], parts[4]["origin"]) == (68, "zip")


def test_the_object_says_what_becomes_of_it_for_whom(found: dict[str, object]) -> None:
    """Each group with its action and its reason."""
    groups = found["recipients"]
    assert isinstance(groups, list)
    assert [(one["group"], one["action"], one["reason"]) for one in groups] == [
        (["bob@example.com", "c@example.com"], "quarantine", "malware EICAR")
    ]


def test_the_object_has_the_id_of_the_log() -> None:
    """By which the line is found."""
    report = report_on()
    assert f"id={as_dict(report)['id']} " in log_line(report)


def test_the_object_says_who_was_asked(found: dict[str, object]) -> None:
    """Each call with its part."""
    calls = found["calls"]
    assert isinstance(calls, list)
    assert {(call["hook"], call["plugin"], call["part"]) for call in calls} >= {
        ("parse", "mime-reader", "message"),
        ("unpack", "zip-unpacker", "1.2"),
        ("scan", "engine", ""),
    }


def test_an_unscannable_finding_is_named_by_its_reason() -> None:
    """`unscannable.encrypted` is kind and name."""
    report = examine(PLAIN, message(part(b"x", fields={"Content-Transfer-Encoding": "x-y"})))
    (one,) = as_dict(report)["findings"]
    assert (one["kind"], one["name"]) == ("unscannable", "unknown-coding")


def test_what_is_found_in_shadow_stands_apart() -> None:
    """It is no finding of the message."""
    report = replace(report_on(), shadow=(malware("x"),))
    assert (as_dict(report)["findings"], len(as_dict(report)["shadow"])) == ([], 1)


@given(st.binary(), any_text)
def test_the_object_can_always_be_written(address: bytes, name: str) -> None:
    """As one line of JSON in ASCII, whatever stood in the message."""
    report = replace(report_on(address, (address,)), findings=(Finding(kind=Kind.NOTE, name=name, detail=name),))
    line = json.dumps(as_dict(report))
    assert line.isascii()
    assert "\n" not in line


# --- who decided ----------------------------------------------------------------------------------------------------


def test_the_object_says_what_each_vote_is_about(tmp_path: pathlib.Path) -> None:
    """Findings, recipients, and file and line of a site rule."""
    rules = tmp_path / "rules.py"
    rules.write_text(
        "from qsfilter import reject, rule\n\n\n@rule('r')\ndef _():\n    return reject('no', recipients=[b'bob'])\n"
    )
    encoded = message(part(b"x", fields={"Content-Transfer-Encoding": "x-y"}))
    votes = as_dict(examine(Filter(rules=str(rules)), encoded, recipients=(b"bob", b"carol")))["verdicts"]
    by_source = {vote["source"]: vote for vote in votes}
    assert by_source["rule:r"]["rule"] == f"{rules}:4"
    assert (by_source["rule:r"]["recipients"], by_source["rule:r"]["because"]) == (["bob"], [])
    assert (by_source["policy"]["rule"], by_source["policy"]["recipients"]) == ("", None)
    (found,) = by_source["policy"]["because"]
    assert (found["kind"], found["name"], found["part"]) == ("unscannable", "unknown-coding", "1.1")


def test_the_vote_that_decided_stands_first(plugin_with: Callable[..., object]) -> None:
    """Malware before policy, and before rules that name no finding."""
    engine = plugin_with(
        scan=lambda self: [policy("name"), malware("Test")], decide=lambda self: [reject("a rule"), quarantine("b")]
    )
    table = Policy(actions={**DEFAULT_ACTIONS, "malware": (Action.REJECT, False)})
    report = examine(Filter(engine, policy=table), message(b"x"))
    (group,) = report.decision.groups
    assert [vote.reason for vote in leading_votes(report, group)] == ["malware Test", "policy name", "a rule"]
    assert len(votes_on(report, group)) == 4


def test_a_vote_for_others_does_not_count(plugin_with: Callable[..., object]) -> None:
    """Nor one in shadow."""
    shy = Entry(name="shy", plugin=plugin_with(decide=lambda self: reject("no")), shadow=True)
    picky = plugin_with(decide=lambda self: quarantine("not for bob", recipients=[b"bob"]))
    report = examine(Filter(shy, picky), message(b"x"), recipients=(b"bob", b"carol"))
    told = {group.recipients: [vote.reason for vote in votes_on(report, group)] for group in report.decision.groups}
    assert told == {(b"bob",): ["not for bob"], (b"carol",): []}


def test_a_plugin_that_did_not_start_is_in_the_trace(plugin_with: Callable[..., object]) -> None:
    """Once, with the reason, in the place of its calls."""

    def start(self: object) -> None:
        raise OSError("no database")

    chosen = Filter(Entry(name="engine", plugin=plugin_with(start=start, scan=lambda self: None)))
    chosen.start()
    calls = [call for call in as_dict(examine(chosen, message(b"x")))["calls"] if call["plugin"] == "engine"]
    assert [(call["hook"], call["result"]) for call in calls] == [("start", "failure start: OSError: no database")]


def test_edits_are_in_the_object(plugin_with: Callable[..., object]) -> None:
    """As they were asked for."""
    edit = Edit(what="add", field=b"X-Tag", value=b"\xff")
    voter = plugin_with(decide=lambda self: Verdict(action=Action.ACCEPT, edits=(edit,)))
    report = examine(Filter(voter), message(b"x"))
    assert as_dict(report)["edits"] == [{"what": "add", "field": "X-Tag", "value": "\\xff"}]


def test_a_waiver_is_in_the_object_with_its_place_and_for_whom() -> None:
    """And who gave it until when."""
    report = report_on()
    waiver = Waiver(finding=policy("x"), reason="ours", until=5.0, recipients=(b"bob",), source="site.toml")
    decision = replace(report.decision, waived=(waiver,))
    assert as_dict(replace(report, decision=decision))["waived"] == [
        {
            "finding": "policy x",
            "part": "",
            "reason": "ours",
            "source": "site.toml",
            "until": 5.0,
            "recipients": ["bob"],
        }
    ]
