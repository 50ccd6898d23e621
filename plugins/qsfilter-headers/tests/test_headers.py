"""The plugin: which values it tests, and what it says of them.

Longer than most, as one table of rules is tried on all of it; leaks have a file of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qsfilter_headers
from qsfilter import Child, Client, ConfigError, Entry, Envelope, Filter, Kind, hookimpl, options, plugin
from qsfilter.model import Field
from qsfilter.testing.contract import PluginContract
from qsfilter.testing.messages import attachment, examine, message, part, zip_of
from qsfilter_headers import Headers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qsfilter import Finding, Part

ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com", b"carol@example.com"))
CLIENT = Client(ip="192.0.2.1")
CLSID = "{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}"


class TestContract(PluginContract):
    """What every plugin owes the core."""

    def make(self) -> object:
        """Make one with rules on all sorts of values."""
        fields = ("Subject", "Content-Type", "RCPTTO", "FILECLSID", "FILELENGTHTOOLONG", "FILEDOUBLEBARRELED")
        leaks = ("ISSENSITIVEANDNOCRYPTO", "CRYPTODETAILS")
        return Headers(
            rules=tuple({"field": field, "pattern": ".*"} for field in (*fields, *leaks)),
            sensitive=({"field": "Subject", "pattern": ".*"},),
            note_crypto=True,
        )


def found(raw: bytes, *rules: dict[str, object], **given: Any) -> list[Finding]:  # noqa: ANN401 - options of every type
    report = Filter(Headers(rules=rules, **given)).examine(raw, ENVELOPE, CLIENT)
    return [finding for finding in report.findings if finding.source == "headers"]


def fires(raw: bytes, field: str, pattern: str, **more: object) -> bool:
    return bool(found(raw, {"field": field, "pattern": pattern, **more}))


def with_subject(value: bytes) -> bytes:
    return b"From: a@example.org\nSubject: " + value + b"\n\ntext\n"


def legacy(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "quarantine-events.txt"
    path.write_bytes(content)
    return str(path)


def test_a_rule_gives_a_finding_of_its_kind_and_name() -> None:
    """Policy where nothing is said; the detail names field and rule."""
    rules: tuple[dict[str, object], ...] = (
        {"field": "Subject", "pattern": "a test", "name": "no tests"},
        {"field": "subject", "pattern": "a .*", "kind": "malware", "name": "Tester"},
        {"field": "From", "pattern": ".*<alice@example[.]org>", "kind": "spam"},
    )
    listed = sorted(found(message(b"text"), *rules), key=lambda finding: finding.detail)
    assert [(finding.kind, finding.name, finding.detail, finding.part) for finding in listed] == [
        (Kind.SPAM, "header From", "From, by rules[2]", None),
        (Kind.POLICY, "no tests", "Subject, by rules[0]", None),
        (Kind.MALWARE, "Tester", "subject, by rules[1]", None),
    ]


def test_legacy_rules_give_findings_called_by_their_description(tmp_path: Path) -> None:
    """Virus- is malware, Policy- is policy, and the detail names file and line."""
    path = legacy(tmp_path, b"# worms\nI LOVE.*\tVirus-Subject:\tLove Letter\n.*YOU\tPolicy-Subject:\n.exe\t0\tx\n")
    listed = found(with_subject(b"I LOVE YOU"), legacy=path)
    assert [(str(finding), finding.detail) for finding in listed] == [
        ("malware Love Letter", f"Subject, by {path}:2"),
        ("policy header Subject", f"Subject, by {path}:3"),
    ]


def test_every_occurrence_of_a_field_is_tested() -> None:
    """Readers differ in which one they show."""
    assert fires(b"Subject: one\nSUBJECT: two\nsubject : three\n\n", "Subject", "two")
    assert fires(b"Subject: one\nSUBJECT: two\nsubject : three\n\n", "Subject", "three")


def test_a_rule_is_one_finding_however_often_it_matches() -> None:
    """A header of thousands of fields makes no report of thousands of lines."""
    assert len(found(b"Subject: x\n" * 5000 + b"\n", {"field": "Subject", "pattern": "x"})) == 1


def test_folded_values_are_tested_unfolded() -> None:
    """A fold is where a line ended, and no part of the value."""
    assert fires(with_subject(b"I LOVE\r\n YOU"), "Subject", "I LOVE YOU")


@pytest.mark.parametrize(
    "value",
    [
        b"=?utf-8?b?SSBMT1ZFIFlPVQ==?=",
        b"=?iso-8859-1?q?I_LOVE?= =?utf-16le?b?IABZAE8AVQA=?=",
        b"=?utf-8?q?_I_LOVE_YOU=0A?=",
        b"I =?us-ascii?Q?LOVE?= YOU",
    ],
)
def test_coded_values_are_tested_decoded(value: bytes) -> None:
    """What a reader shows is what a rule is about."""
    assert fires(with_subject(value), "Subject", "I LOVE YOU")


def test_coded_values_are_tested_as_they_stand_too() -> None:
    """A rule may be about the coding itself."""
    assert fires(with_subject(b"=?utf-8?b?SSBMT1ZFIFlPVQ==?="), "Subject", r"=\?utf-8\?.*")


@pytest.mark.parametrize(
    "value",
    ["Größe".encode(), "Größe".encode("latin-1"), b"=?utf-8?q?Gr=C3=B6=C3=9Fe?=", b"=?iso-8859-1?q?Gr=F6=DFe?="],
)
@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_a_rule_file_may_be_saved_in_utf_8_and_in_latin_1(tmp_path: Path, charset: str, value: bytes) -> None:
    """Whatever the value is coded in."""
    path = legacy(tmp_path, "Größe\tVirus-Subject:\tx\n".encode(charset))
    assert len(found(with_subject(value), legacy=path)) == 1


def test_classes_of_letters_work_in_the_configuration() -> None:
    """Patterns are written in Latin-1, where a letter is one octet, as long as they can be."""
    assert fires(with_subject("Größe 5 €".encode()), "Subject", "Gr[öo][ßs]e 5 .")


def test_letters_beyond_latin_1_work_in_the_configuration() -> None:
    """Such a pattern is tested against the value in UTF-8."""
    assert fires(with_subject(b"=?utf-8?b?4oKsIDU=?="), "Subject", "€ 5")


@given(st.binary().filter(lambda value: b"\n" not in value))
def test_no_octet_in_a_value_defeats_a_rule(value: bytes) -> None:
    """Nor does any make the plugin fail."""
    listed = found(with_subject(b"x" + value), {"field": "Subject", "pattern": "x.*"})
    assert [finding.kind for finding in listed] == [Kind.POLICY]


def test_case_can_be_ignored() -> None:
    """For one rule at a time."""
    assert fires(with_subject(b"SPAM"), "Subject", "spam", ignore_case=True)
    assert not fires(with_subject(b"SPAM"), "Subject", "spam")


def test_what_describes_the_content_of_inner_parts_is_tested() -> None:
    """A reader opens it at any depth."""
    raw = message(part(b"text"), part(b"x", "message/partial; number=1"))
    (finding,) = found(raw, {"field": "Content-Type", "pattern": "message/partial.*"})
    assert str(finding.part) == "1.2"


def test_other_fields_of_inner_messages_are_not_tested() -> None:
    """They are the header of somebody else's message."""
    raw = message(part(b"text"), part(with_subject(b"I LOVE YOU"), "message/rfc822"))
    assert not fires(raw, "Subject", "I LOVE YOU")


def test_the_sender_of_the_envelope_is_a_virtual_header() -> None:
    """MAILFROM is not what the header says."""
    assert fires(message(b"text"), "MAILFROM", "alice@example.org")
    assert not fires(b"MAILFROM: mallory@example.org\n\n", "MAILFROM", "mallory.*")


def test_each_recipient_is_tested() -> None:
    """RCPTTO has a value for each."""
    assert fires(message(b"text"), "RCPTTO", "carol@example.com")


def test_the_client_is_a_virtual_header() -> None:
    """REMOTEIPADDR is its address."""
    assert fires(message(b"text"), "REMOTEIPADDR", r"192\.0\.2\.\d+")


@pytest.mark.parametrize("pattern", ["yes", r"1\.2"])
def test_an_encrypted_archive_is_a_virtual_header(pattern: str) -> None:
    """Its values are `yes` and the place of the archive."""
    coded = bytearray(zip_of({"secret.txt": b"data" * 20}))
    directory = coded.index(b"PK\x01\x02")
    coded[6] |= 1  # the local header's flag for encryption
    coded[directory + 8] |= 1
    for at in range(30 + len("secret.txt"), directory):
        coded[at] ^= 0xA5
    assert fires(message(part(b"text"), attachment(bytes(coded), "x.zip")), "ZIPPASSWORDPROTECTED", pattern)
    assert not fires(message(part(b"text"), attachment(zip_of({"a": b"b"}), "x.zip")), "ZIPPASSWORDPROTECTED", ".*")


@pytest.mark.parametrize(
    ("field", "name"),
    [("FILELENGTHTOOLONG", "a" * 300), ("FILEDOUBLEBARRELED", "x.doc.pif"), ("FILECLSID", f"x.txt.{CLSID}")],
)
def test_odd_file_names_are_virtual_headers(field: str, name: str) -> None:
    """Their value is the name, of an attachment or of a member of an archive."""
    raw = message(part(b"text"), attachment(b"x", name))
    inner = message(part(b"text"), attachment(zip_of({name: b"x"}), "x.zip"))
    assert [str(finding.part) for finding in found(raw, {"field": field, "pattern": f".*{name[:3]}.*"})] == ["1.2"]
    assert fires(inner, field, ".*")
    assert not fires(message(part(b"text"), attachment(b"x", "report.pdf")), field, ".*")


def test_work_has_a_bound_that_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that would take too long is not tested, and no message passes for it."""
    monkeypatch.setattr(qsfilter_headers, "MOST_WORK", 1000)
    listed = found(with_subject(b"x" * 1000), {"field": "Subject", "pattern": ".*y"})
    assert [(finding.kind, finding.name) for finding in listed] == [(Kind.UNSCANNABLE, "over-limit")]


def test_the_bound_is_out_of_reach_of_honest_mail() -> None:
    """Two hundred rules on a list of two thousand recipients are tested to the end."""
    rules = [{"field": "To", "pattern": f".*word{number}[a-z]+.*"} for number in range(200)]
    raw = b"To: " + b",\n ".join(b"recipient%d@example.com" % number for number in range(2000)) + b"\n\ntext"
    assert found(raw, *rules) == []


@plugin
class ShadowReader:
    """Reads every raw message as one with another subject."""

    @hookimpl
    def parse(self, part: Part) -> Iterator[Child]:
        """Yield a reading with a field of its own."""
        if not part.path.steps:
            header = (Field(name=b"Subject", value=b" I LOVE YOU", span=(0, 1)),)
            yield Child(data=b"other", origin="mime", reading="other", header=header)


def test_a_reading_in_shadow_mode_does_not_use_up_a_rule() -> None:
    """What it holds is shadow, and what the real reading holds is found all the same."""
    chosen = Filter(
        Entry(name="reader", plugin=ShadowReader(), shadow=True),
        Headers(rules=({"field": "Subject", "pattern": "I LOVE YOU"},)),
    )
    honest, bad = examine(chosen, with_subject(b"hello")), examine(chosen, with_subject(b"I LOVE YOU"))
    assert (len(honest.findings), len(honest.shadow)) == (0, 1)
    assert (len(bad.findings), len(bad.shadow)) == (1, 1)


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ({"field": "Subject", "patterns": "x"}, r"rules\[0\]: unknown key 'patterns'; did you mean 'pattern'"),
        ({"field": "Subject"}, r"rules\[0\]: takes the name of a header field"),
        ({"field": "Subject:", "pattern": "x"}, r"without the colon"),
        ({"field": "Subject", "pattern": 1}, r"rules\[0\].pattern: takes str"),
        ({"field": "Subject", "pattern": "x", "kind": "virus"}, r"rules\[0\].kind: takes one of policy, malware, spam"),
        ({"field": "Subject", "pattern": "x", "ignore_case": 1}, r"rules\[0\].ignore_case: takes bool"),
        ("Subject", r"rules\[0\]: takes dict"),
    ],
)
def test_a_table_that_is_no_rule_is_refused(table: Any, text: str) -> None:  # noqa: ANN401 - wrong types on purpose
    """When the plugin is made, with the table's number and the key."""
    with pytest.raises(ConfigError, match=text):
        Headers(rules=(table,))


def test_options_come_as_toml_gives_them() -> None:
    """Lists are as good as tuples, and one path needs no list."""
    table = {"rules": [{"field": "Subject", "pattern": "x"}], "legacy": "rules.txt"}
    made = options.make(Headers, table, "test")
    assert (made.rules, made.legacy) == (({"field": "Subject", "pattern": "x"},), "rules.txt")
    assert options.make(Headers, {"legacy": ["a", "b"]}, "test").legacy == ("a", "b")


def test_a_pattern_that_re2_refuses_is_a_failure_and_never_a_clean_answer() -> None:
    """Mail waits until the rule is mended."""
    chosen = Filter(Headers(rules=({"field": "Subject", "pattern": "("},)))
    chosen.start()
    assert [finding.kind for finding in examine(chosen, message(b"text")).findings] == [Kind.FAILURE]


def test_check_reports_each_pattern_that_re2_refuses(tmp_path: Path) -> None:
    """Legacy files were written for Perl, which has more than RE2."""
    path = legacy(tmp_path, b"(?=x)\tVirus-Subject:\tx\nfine\tVirus-Subject:\tx\n(a)\\1\tPolicy-To:\tx\n")
    problems = list(Headers(legacy=path).check())
    assert [problem.text.split(": ")[0] for problem in problems] == [f"{path}:1", f"{path}:3"]
    assert all(problem.fatal for problem in problems)


def test_check_reports_each_bad_line(tmp_path: Path) -> None:
    """Each is a problem of its own."""
    path = legacy(tmp_path, b"one Virus-Subject: x\ntwo\n")
    assert len(list(Headers(legacy=path).check())) == 2


def test_check_reports_patterns_that_can_never_match(tmp_path: Path) -> None:
    """A blank left before the tab belongs to the pattern."""
    path = legacy(tmp_path, b"I LOVE YOU \tVirus-Subject:\tx\n")
    assert [problem.fatal for problem in Headers(legacy=path).check()] == [False]


def test_check_finds_nothing_wrong_with_the_defaults() -> None:
    """The plugin needs no options."""
    assert list(Headers().check()) == []


# --- modes ----------------------------------------------------------------------------------------------------------


def test_a_rule_in_shadow_is_reported_and_changes_nothing() -> None:
    """The other rules of the plugin are in force."""
    rules: tuple[dict[str, object], ...] = (
        {"field": "Subject", "pattern": ".*", "name": "tried", "mode": "shadow"},
        {"field": "Subject", "pattern": "x", "name": "in force", "mode": "enforce"},
    )
    report = Filter(Headers(rules=rules)).examine(with_subject(b"a test"), ENVELOPE, CLIENT)
    assert ([str(one) for one in report.findings], [str(one) for one in report.shadow]) == ([], ["policy tried"])
    assert str(report.decision.action) == "accept"
    assert [str(one) for one in found(with_subject(b"x"), *rules)] == ["policy in force"]


def test_a_rule_that_is_off_is_not_asked() -> None:
    assert not fires(with_subject(b"a test"), "Subject", ".*", mode="off")


def test_a_mode_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"rules\[0\].mode: takes one of enforce, shadow, off"):
        Headers(rules=({"field": "Subject", "pattern": "x", "mode": "on"},))
