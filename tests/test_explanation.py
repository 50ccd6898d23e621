"""The tree that `explain` prints: everything about a message in its place, and nothing that steers a terminal."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Entry, Filter
from qsfilter.actions import Action, Kind
from qsfilter.cli.explanation import STYLES, explanation, in_colour
from qsfilter.cli.opinions import MOST_VOTES
from qsfilter.model import Call, Client, Edit, Envelope, Finding, Path, Verdict, Waiver
from qsfilter.names import name_from_text
from qsfilter.testing import attachment, examine, message, part, zip_of
from qsfilter.words import defer, malware, note, policy, quarantine, reject

if TYPE_CHECKING:
    from collections.abc import Callable

RAW = message(part(b"text"), attachment(zip_of({"a.txt": b"a", "b.txt": b"b"}), "x.zip"), part(b"end"))
PLAIN = Filter()
any_text = st.text(st.characters(exclude_categories=()))


def explained(chosen: Filter, raw: bytes = RAW, *recipients: bytes, trace: bool = False) -> list[str]:
    """Return the lines about RAW as CHOSEN filters it."""
    report = examine(chosen, raw, recipients=recipients or (b"bob@example.com",))
    return explanation("m.eml", report, raw, trace=trace).splitlines()


def voting(plugin_with: Callable[..., object], *votes: object) -> Filter:
    """Return a filter with one plugin that casts VOTES."""
    return Filter(Entry(name="voter", plugin=plugin_with(decide=lambda self: list(votes))))


# --- the tree -------------------------------------------------------------------------------------------------------


def test_each_part_stands_below_the_one_that_holds_it() -> None:
    """With its path, type, size, names and what it came out of; members before the next part of the mail."""
    tree = "\n".join(explained(PLAIN)).partition("\n  asked: ")[0].splitlines()
    told = [line for line in tree if line.strip().startswith("1")]
    assert [line.strip().split("  ")[0] for line in told] == [
        "1",
        "1.1",
        "1.2",
        '1.2 > "x.zip" > "a.txt"',
        '1.2 > "x.zip" > "b.txt"',
        "1.3",
    ]
    assert [len(line) - len(line.lstrip()) for line in told] == [4, 6, 6, 8, 8, 6]
    assert told[3].endswith('  1 byte  "a.txt"  from zip')


def test_a_finding_stands_below_its_part(plugin_with: Callable[..., object]) -> None:
    """One about the message as a whole stands behind the tree."""
    engine = plugin_with(
        scan=lambda self, message: [
            malware("Test", next(one for one in message.parts if one.blob.data == b"a"), "why"),
            note("long"),
        ]
    )
    lines = explained(Filter(Entry(name="engine", plugin=engine)))
    at = next(number for number, line in enumerate(lines) if "malware Test" in line)
    assert lines[at] == "          ! malware Test  by engine  why"
    assert '"a.txt"' in lines[at - 1]
    assert lines.index("  ! note long  by engine") > at
    assert "no findings" not in "".join(lines)


def test_a_finding_about_a_part_that_is_not_there_is_shown() -> None:
    """A report may come from elsewhere."""
    report = examine(PLAIN, RAW)
    report = replace(report, findings=(policy("x", Path(steps=((9, ""),), shown="9")),))
    assert "  ! in 9: policy x  by" in explanation("m.eml", report, RAW)


def test_a_reading_that_not_all_share_is_named() -> None:
    """Why there is a part that one's own mail program does not show."""
    report = examine(PLAIN, RAW)
    odd = replace(report.message.parts[2], reading="last-boundary", shadow=True)
    whole = replace(report.message, parts=(*report.message.parts[:2], odd))
    text = explanation("m.eml", replace(report, message=whole), RAW)
    assert "1.1  text/plain  4 bytes  in the reading last-boundary  (in shadow)" in text


def test_what_is_found_in_shadow_is_marked(plugin_with: Callable[..., object]) -> None:
    """Findings and votes; neither counts."""
    entry = Entry(
        name="shy", plugin=plugin_with(scan=lambda self: malware("x"), decide=lambda self: reject("no")), shadow=True
    )
    lines = explained(Filter(entry))
    assert "  ! malware x  by shy  (in shadow)" in lines
    assert "  in shadow, not counted: reject  by shy: no" in lines
    assert lines[0].startswith("m.eml: accept ")


def test_a_deep_message_stays_on_the_page() -> None:
    """Indentation ends somewhere; paths don't."""
    report = examine(PLAIN, RAW)
    steps = tuple((1, "") for _ in range(300))
    parts = [replace(report.message.root, path=Path(steps=steps[:depth], shown="x" * 400)) for depth in range(300)]
    text = explanation("m.eml", replace(report, message=replace(report.message, parts=tuple(parts))), RAW)
    assert text.count("xxx…") == 300
    assert max(map(len, text.splitlines())) < 500


# --- who was asked --------------------------------------------------------------------------------------------------


def test_calls_are_shown_that_took_long_or_went_wrong() -> None:
    """With their part and the rule's file and line."""
    calls = (
        Call(hook="scan", plugin="quick", seconds=0.0001, result="1 answer"),
        Call(hook="scan", plugin="slow", seconds=0.25, result="0 answers"),
        Call(hook="unpack", plugin="zip", seconds=0.0, result="unscannable corrupt: why", part=Path(shown="1.2")),
        Call(hook="decide", plugin="rule:x", seconds=0.0, result="failure crash: why", rule="rules.py:3"),
    )
    report = replace(examine(PLAIN, RAW), calls=calls, seconds=0.3)
    usual, whole = (explanation("m.eml", report, RAW, trace=trace).splitlines() for trace in (False, True))
    shown = [line.strip() for line in usual if " ms  " in line]
    assert shown == [
        "250.000 ms  scan slow: 0 answers",
        "0.000 ms  unpack zip about 1.2: unscannable corrupt: why",
        "0.000 ms  decide rule:x (rules.py:3): failure crash: why",
    ]
    assert next(line for line in usual if "asked" in line).startswith(
        "  asked: 4 calls, 300.00 ms in all; those of 1 ms"
    )
    assert [line.strip() for line in whole if " ms  " in line] == ["0.100 ms  scan quick: 1 answer", *shown]


# --- votes ----------------------------------------------------------------------------------------------------------


def test_the_vote_that_won_is_marked_and_why(plugin_with: Callable[..., object]) -> None:
    """The others stand below."""
    lines = explained(voting(plugin_with, quarantine("odd"), reject("bad"), reject("also bad")))
    at = lines.index("  bob@example.com: reject because of also bad")
    assert lines[at + 1 : at + 6] == [
        "   >reject  by voter: also bad",
        "    reject  by voter: bad",
        "    quarantine  by voter: odd",
        "    reject outweighs quarantine",
        "    2 votes for reject: the one about the gravest finding is named",
    ]


def test_a_vote_is_shown_with_what_it_is_about(plugin_with: Callable[..., object]) -> None:
    """Finding and place."""
    engine = plugin_with(scan=lambda self, message: policy("name", message.parts[3]))
    assert "   >reject  by the action table: policy name in 1.2" in explained(Filter(engine))


def test_each_group_of_recipients_has_its_votes(plugin_with: Callable[..., object]) -> None:
    """And a reject for one of them is told to be none."""
    lines = explained(voting(plugin_with, reject("no", recipients=[b"bob"])), RAW, b"bob", b"carol")
    at = lines.index("  bob: quarantine because of no")
    assert lines[at + 1] == "   >reject  by voter: no"
    assert lines[at + 2].startswith("    reject became quarantine: ")
    assert lines[at + 3 : at + 5] == ["  carol: accept", "    nobody voted, so it is accepted"]


def test_who_is_deferred_because_of_others_is_told_so(plugin_with: Callable[..., object]) -> None:
    """A message is deferred as a whole."""
    lines = explained(
        voting(plugin_with, defer("later", recipients=[b"bob"]), reject("x", recipients=[b"carol"])),
        RAW,
        b"bob",
        b"carol",
    )
    assert any(line.startswith("    reject would be the answer, but for other recipients") for line in lines)


def test_many_votes_are_counted(plugin_with: Callable[..., object]) -> None:
    """All of them are shown if asked for."""
    engine = plugin_with(scan=lambda self: [note(f"n{number}") for number in range(MOST_VOTES + 5)])
    assert "    and 5 more (all: --trace)" in explained(Filter(engine))
    assert not any("more (all" in line for line in explained(Filter(engine), trace=True))


def test_a_waiver_is_shown() -> None:
    """Of what, by whom, for whom, until when and why."""
    report = examine(PLAIN, RAW)
    made = Waiver(
        finding=policy("x", Path(shown="1.2")), reason="ours", until=0.0, recipients=(b"bob",), source="site.toml"
    )
    endless = replace(made, until=1e300)
    report = replace(report, decision=replace(report.decision, waived=(made, endless)))
    lines = explanation("m.eml", report, RAW).splitlines()
    assert "  waived: policy x in 1.2 for bob  by site.toml until 1970-01-01 00:00:00 UTC  ours" in lines
    assert "  waived: policy x in 1.2 for bob  by site.toml until 1e+300 s  ours" in lines


# --- what would be done ---------------------------------------------------------------------------------------------


def test_what_would_be_edited_is_shown(plugin_with: Callable[..., object]) -> None:
    """Our field, the sender's copy of it, and what votes ask for."""
    edits = (
        Edit(what="add", field=b"X-Tag", value=b"yes"),
        Edit(what="subject_tag", field=b"Subject", value=b"[odd]"),
        Edit(what="rename_inbound", field=b"X-Spam", value=b"X-Spam-Inbound"),
    )
    raw = message(b"x", fields={"X-QSFilter": "clean;"})
    lines = explained(voting(plugin_with, Verdict(action=Action.ACCEPT, edits=edits)), raw)
    at = lines.index("  would be edited")
    assert lines[at + 1] == "    on top: X-QSFilter: not scanned for malware;"
    assert [line for line in lines[at + 2 :] if not line.startswith(" " * 8)] == [
        "    the sender's X-QSFilter becomes X-QSFilter-Inbound",
        '    on top: the field "X-Tag": "yes"',
        '    in front of the Subject: "[odd]"',
        '    the sender\'s "X-Spam" becomes "X-Spam-Inbound"',
        "  the client is told: what the next hop answers",
    ]


def test_mail_that_nobody_gets_is_not_edited(plugin_with: Callable[..., object]) -> None:
    """It is kept as it came."""
    lines = explained(voting(plugin_with, quarantine("x")))
    assert "  would be edited" not in lines
    assert lines[-1] == "  the client is told: accepted"


@pytest.mark.parametrize(("vote", "code"), [(reject("no"), 31), (defer("no"), 71)], ids=["reject", "defer"])
def test_the_answer_is_told_in_the_dialect(plugin_with: Callable[..., object], vote: object, code: int) -> None:
    """With its exit code."""
    report = examine(voting(plugin_with, vote), RAW)
    for dialect, start in (
        ("plain", f'exit {code} and no text, by reply = "plain"; in other dialects: '),
        ("sagredo", 'exit 82, by reply = "sagredo": '),
        ("indimail", 'exit 88, by reply = "indimail": '),
    ):
        text = explanation("m.eml", report, RAW, dialect=dialect)
        assert text.endswith(f"\n  the client is told: {start}{report.decision.reply}")


# --- terminals ------------------------------------------------------------------------------------------------------

paths = st.builds(Path, steps=st.sampled_from([(), ((1, ""),), ((7, ""), (1, ""))]), shown=any_text)
found_ones = st.builds(
    Finding, kind=st.sampled_from(Kind), name=any_text, part=st.none() | paths, detail=any_text, source=any_text
)


@given(
    st.text(st.characters(exclude_characters="\n")),
    st.lists(found_ones, max_size=3).map(tuple),
    any_text,
    st.binary(),
    st.floats(allow_nan=True),
)
def test_nothing_steers_a_terminal(
    file: str, findings: tuple[Finding, ...], text: str, octets: bytes, until: float
) -> None:
    """Whatever stands in names, types, readings, findings, rules, reasons, addresses and edits."""
    report = PLAIN.examine(RAW, Envelope(sender=b"", recipients=(octets,)), Client(ip=text))
    hostile = replace(report.message.parts[1], names=(name_from_text(text, "x"),), declared=text, reading=text)
    vote = Verdict(action=Action.ACCEPT, reason=text, because=findings, source=text)
    waived = tuple(Waiver(finding=found, reason=text, until=until, source=text) for found in findings)
    edits = (Edit(what="add", field=octets, value=octets), Edit(what=text, field=octets))
    report = replace(
        report,
        message=replace(report.message, parts=(*report.message.parts, hostile)),
        findings=findings,
        shadow=findings,
        verdicts=(vote, replace(vote, shadow=True)),
        calls=(Call(hook="scan", plugin=text, seconds=1, result=text, rule=text),),
        decision=replace(report.decision, waived=waived, edits=edits, reply=text),
    )
    lines = explanation(file, report, RAW, trace=True).split("\n")
    assert all(map(str.isprintable, lines))
    painted = explanation(file, report, RAW, trace=True, paint=in_colour)
    for number in STYLES.values():
        painted = painted.replace(f"\x1b[{number}m", "")
    assert painted.replace("\x1b[0m", "").split("\n") == lines


def test_what_is_wider_than_the_terminal_is_folded_further_in() -> None:
    """However narrow that is; other lines are as they are."""
    report = examine(PLAIN, RAW, recipients=(b"bob@example.com",))
    whole = explanation("m.eml", report, RAW, trace=True)
    for columns in (1, 40, 80):
        folded = explanation("m.eml", report, RAW, trace=True, columns=columns)
        assert "".join(folded.split()) == "".join(whole.split())
    for line in explanation("m.eml", report, RAW, trace=True, columns=60).splitlines():
        assert len(line) <= 60
    assert re.search(r"^  asked: .*\n    \S", explanation("m.eml", report, RAW, columns=60), re.MULTILINE)
