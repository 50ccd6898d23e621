"""The report stage: telling plugins, the one log line, and the object that `explain --json` prints."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Entry, Filter
from qsfilter.actions import Kind
from qsfilter.model import Client, Envelope, Finding, Outcome, Path, Report
from qsfilter.report import MOST_FINDINGS_IN_LOG, as_dict, exit_code, log_line
from qsfilter.testing import attachment, eicar, examine, message, part, zip_of
from qsfilter.words import malware, policy, reject

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter.edits import Head

PLAIN = Filter()
FIELD = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|\S*)')


class NextHop:
    """A transport that takes everything."""

    def hand_over(self, raw: bytes, head: Head, envelope: Envelope) -> int:
        """Take it."""
        return 0


def report_on(
    sender: bytes = b"alice@example.org", recipients: tuple[bytes, ...] = (b"bob@example.com",), ip: str = "192.0.2.1"
) -> Report:
    """Return the report on a plain message with this envelope and client."""
    return PLAIN.examine(message(b"x"), Envelope(sender=sender, recipients=recipients), Client(ip=ip))


def fields(line: str) -> dict[str, str]:
    """Read a log line."""
    return dict(FIELD.findall(line))


# --- plugins are told -----------------------------------------------------------------------------------------------


def test_plugins_are_told_what_became_of_it(plugin_with: Callable[..., object]) -> None:
    """The report has its outcome."""
    told: list[Report] = []
    chosen = Filter(plugin_with(report=lambda self, report: told.append(report)), transport=NextHop())
    chosen.run(message(b"x"), Envelope(sender=b"", recipients=(b"bob@example.com",)))
    assert [report.outcome for report in told] == [Outcome(exit=0, handed=(b"bob@example.com",))]


@pytest.mark.parametrize("shadow", [False, True])
def test_a_notice_that_fails_changes_nothing(plugin_with: Callable[..., object], shadow: bool) -> None:
    """The mail is where it is."""

    def notify(self: object) -> None:
        raise SystemExit(99)

    entry = Entry(name="notifier", plugin=plugin_with(report=notify), shadow=shadow)
    report = Filter(entry, transport=NextHop()).run(message(b"x"), Envelope(sender=b"", recipients=(b"bob",)))
    assert report.outcome == Outcome(exit=0, handed=(b"bob",))


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


# --- the log line ---------------------------------------------------------------------------------------------------


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
    found = Finding(kind=Kind.MALWARE, name="EICAR", part=Path(steps=((1, ""),), shown="1"))
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


any_text = st.text(st.characters(exclude_categories=()))


@given(st.binary(), st.lists(st.binary()), any_text, any_text, any_text)
def test_the_log_line_is_one_printable_line(
    sender: bytes, recipients: list[bytes], ip: str, name: str, reply: str
) -> None:
    """Whatever the addresses, the client and the findings are."""
    report = report_on(sender, tuple(recipients), ip)
    found = Finding(kind=Kind.SPAM, name=name, part=Path(steps=((1, ""),), shown=name))
    line = log_line(replace(report, findings=(found,), outcome=Outcome(exit=71, reply=reply)))
    assert line.isprintable()


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_nobody_can_write_fields_into_the_log(sender: bytes, recipient: bytes) -> None:
    """The action that is read from the line is the one that was taken."""
    line = log_line(report_on(b'" action=reject ' + sender, (b"x action=reject exit=31 " + recipient,)))
    assert [value for key, value in FIELD.findall(line) if key in {"action", "exit"}] == ["accept", "0"]


def test_the_log_line_is_bounded() -> None:
    """However many recipients and findings there are."""
    report = report_on(b"a" * 900, (b"b" * 900,) * 5000)
    found = tuple(policy("x" * 1000, Path(steps=((number, ""),), shown="y" * 1000)) for number in range(500))
    assert len(log_line(replace(report, findings=found))) < 5000


def test_findings_that_are_left_out_are_counted() -> None:
    """Who reads the line knows that there is more."""
    report = replace(report_on(), findings=tuple(malware(f"x{number}") for number in range(9)))
    assert fields(log_line(report))["findings"].endswith('; and 4 more"')
    fewer = replace(report, findings=report.findings[:MOST_FINDINGS_IN_LOG])
    assert "more" not in fields(log_line(fewer))["findings"]


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
    assert as_dict(report)["id"] == fields(log_line(report))["id"]


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
