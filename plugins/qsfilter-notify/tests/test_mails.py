"""What a notice says, and that nothing which a sender chose becomes a line of it."""

from __future__ import annotations

import email
import email.policy
import email.utils
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qsfilter import Action, Disposition, Envelope, Finding, Kind, Report
from qsfilter.testing.messages import message
from qsfilter_notify import LANGUAGES, texts
from qsfilter_notify.facts import LONGEST_HEADER, facts_for, sample
from qsfilter_notify.mail import Writer, digest_line
from qsfilter_notify.notices import NoticeError, tell
from qsfilter_notify.whom import Addressee

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage
    from pathlib import Path

    Blocked = Callable[..., Report]
    Place = Any  # of conftest.py, which can't be imported

NOW = 1795351367.0
ALICE, BOB, ADMIN = "alice@example.org", "bob@example.com", "postmaster@example.com"
WRITER = Writer(description="Mail filter", address=ADMIN)
POLICY = Finding(kind=Kind.POLICY, name="extension .exe", source="attachments")
FIELDS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}
CODING = "Content-Transfer-Encoding"


def everybody(place: Place, report: Report, **options: object) -> dict[str, EmailMessage]:
    tell(place.notify(tokens=("all",), **options), report, NOW)
    return place.mails()


def test_each_notice_is_one_as_rfc_3834_has_it(place: Place, blocked: Blocked) -> None:
    mails = everybody(place, blocked())
    assert set(mails) == {ALICE, BOB, ADMIN}
    for to, mail in mails.items():
        assert not mail.defects
        assert not any(value.defects for _, value in mail.items())
        assert mail["From"].addresses[0].addr_spec == ADMIN
        assert mail["From"].addresses[0].display_name == "Mail filter"
        assert mail["To"] == to
        assert mail["Date"].datetime.timestamp() == NOW
        assert mail["Auto-Submitted"] == ("auto-replied" if to == ALICE else "auto-generated")
        assert mail["In-Reply-To"] == mail["References"] == ("<1@example.org>" if to == ALICE else None)
        assert mail["Precedence"] is None
        assert mail.get_content_type() == "text/plain"
        assert mail.get_content_charset() == "utf-8"
    assert len({mail["Message-ID"] for mail in mails.values()}) == 3


def test_only_the_administrator_learns_where_it_is_kept(place: Place, blocked: Blocked) -> None:
    report = blocked(message(b"secret body", fields={"Bcc": "dave@example.net", "Received": "from x"}))
    for to, mail in everybody(place, report).items():
        text = mail.get_content()
        assert ("qsfilter quarantine show " + report.key[:16] in text) == (to == ADMIN)
        assert (report.key[:16] in text) == ("192.0.2.9" in text) == (to == ADMIN)
        assert "/nowhere" not in text
        assert "secret body" not in text
        assert "dave" not in text
        assert "\n> Received: from x\n" in text
        assert "malware Worm.Sample (clamav)" in text


def test_a_recipient_learns_of_no_other(place: Place, blocked: Blocked) -> None:
    mails = everybody(place, blocked())
    assert "carol@example.net" in mails[ALICE].get_content()
    assert "carol@example.net" in mails[ADMIN].get_content()
    assert "carol@example.net" not in mails[BOB].get_content()


def test_no_command_is_shown_where_no_copy_was_kept(place: Place, blocked: Blocked) -> None:
    report = blocked(action=Action.DISCARD)
    assert "quarantine show" not in everybody(place, report)[ADMIN].get_content()


def test_a_rule_without_findings_has_its_reason(place: Place, blocked: Blocked) -> None:
    mails = everybody(place, blocked(found=None, reason="only from our own people"))
    for mail in mails.values():
        assert "only from our own people" in mail.get_content()


def test_several_groups_make_one_notice_with_all_recipients(place: Place, blocked: Blocked) -> None:
    groups = (
        Disposition(action=Action.ACCEPT, recipients=(b"a@example.com",)),
        Disposition(action=Action.DISCARD, recipients=(b"b@example.net",), because=(POLICY,)),
        Disposition(action=Action.QUARANTINE, recipients=(b"c@example.net",), reason="c", because=()),
    )
    text = everybody(place, blocked(found=None, groups=groups))[ADMIN].get_content()
    assert "b@example.net" in text
    assert "c@example.net" in text
    assert "Recipient:  a@example.com" not in text
    assert "policy extension .exe" in text


def test_the_header_is_quoted_and_bounded(place: Place, blocked: Blocked) -> None:
    fields = {f"X-{number}": "y" * 900 for number in range(50)}
    mail = everybody(place, blocked(message(b"x", fields=fields)))[ALICE]
    quoted = [line for line in mail.get_content().splitlines() if line.startswith(">")]
    assert sum(len(line) + 1 for line in quoted) <= LONGEST_HEADER + 10
    assert quoted[-1] == "> […]"


@pytest.mark.parametrize(
    ("number", "sound"),
    [
        ("<a.b$c@example.org>", True), ("<x@[192.0.2.1]>", True), ("a@b", False), ("<a@b> <c@d>", False),
        ("<a b@c>", False), ("<" + "a" * 500 + "@b>", False), ("<ä@b>", False), ("", False),
        ("<a@b>\n X-Evil: 1", False),
    ],
)  # fmt: skip
def test_a_message_id_is_answered_only_if_it_is_sound(place: Place, blocked: Blocked, number: str, sound: bool) -> None:
    mail = everybody(place, blocked(message(b"x", fields={"Message-ID": number})))[ALICE]
    assert mail["In-Reply-To"] == (number if sound else None)
    assert mail["Auto-Submitted"] == "auto-replied"


def test_of_two_message_ids_none_is_answered(place: Place, blocked: Blocked) -> None:
    raw = b"Message-ID: <2@example.org>\n" + message(b"x")
    assert everybody(place, blocked(raw))[ALICE]["In-Reply-To"] is None


def test_an_address_in_utf_8_stands_in_the_envelope_alone(place: Place, blocked: Blocked) -> None:
    envelope = Envelope(sender="jörg@example.org".encode(), recipients=(b"bob@example.com",))
    mail = everybody(place, blocked(envelope=envelope))["jörg@example.org"]
    assert str(mail["To"]) == "undisclosed-recipients:;"


hostile = st.text(max_size=200) | st.sampled_from(
    [
        "a\r\nBcc: x@example.net\r\n\r\nbody", "=?utf-8?q?a=0D=0ABcc:_x?=", "\x1b[2J", "\u2028Action: accept",
        "{{ 7 * 7 }}{% raw %}", "=?utf-8?b?" + "A" * 300 + "?=", "\n.\nQUIT\n", "From x", "\u202egpj.exe", "ä" * 500,
        "x" * 5000, "\0",
    ]
)  # fmt: skip
octets = hostile.map(lambda text: text.encode("utf-8", "replace")) | st.binary(max_size=200)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    subject=octets,
    value=octets,
    sender=octets,
    to=octets,
    name=hostile,
    reason=hostile,
    language=st.sampled_from(LANGUAGES),
)
def test_nothing_in_a_message_becomes_a_line_of_a_notice(  # noqa: PLR0917 - one for each thing a sender chooses
    blocked: Blocked, subject: bytes, value: bytes, sender: bytes, to: bytes, name: str, reason: str, language: str
) -> None:
    raw = b"Subject: " + subject + b"\nX-Evil: " + value + b"\n\nbody"
    found = Finding(kind=Kind.MALWARE, name=name, source="clamav")
    report = blocked(raw, envelope=Envelope(sender=sender, recipients=(to,)), found=found, reason=reason)
    for role, address in (("admin", ADMIN), ("sender", ALICE), ("recipient", BOB)):
        addressee = Addressee(role=role, address=address, groups=report.decision.groups)
        facts = facts_for(addressee, report, ADMIN)
        text = texts.written(role, facts, language=language)
        ours = texts.written(role, {**facts, **plain(role, facts)}, language=language)
        whole = WRITER.notice(name="x", to=address, subject=text.subject, body=text.body, now=NOW, answers=None)
        header, _, _ = whole.partition(b"\n\n")
        assert header.isascii()
        assert b"\r" not in whole
        assert all(len(line) <= 998 for line in whole.split(b"\n"))
        mail = email.message_from_bytes(whole, policy=email.policy.default)
        assert not mail.defects
        assert {key for key, _ in mail.items()} == {*FIELDS, CODING}
        assert len(mail.items()) == len(FIELDS) + 1
        assert str(mail["Subject"]) == re.sub(r"\s+$", "", text.subject)
        shown = mail.get_content()
        assert all(line.isprintable() for line in shown.split("\n"))
        unquoted = [line for line in shown.split("\n") if not line.startswith("> ")]
        assert len(unquoted) == len([line for line in ours.body.split("\n") if not line.startswith("> ")])


def plain(role: str, facts: dict[str, object]) -> dict[str, object]:
    """Return harmless values in the place of those that a sender chose, as many and as empty as they are."""
    return {
        key: value
        for key, value in sample(role).items()
        if key in {"subject", "sender", "what", "header", "to"} or (key == "reason" and facts["reason"])
    }


@given(description=st.text(max_size=100).filter(str.isprintable), subject=st.text(max_size=300))
def test_names_and_subjects_are_read_back(description: str, subject: str) -> None:
    writer = Writer(description=description, address=ADMIN)
    whole = writer.notice(name="x", to=BOB, subject=subject, body="", now=NOW)
    assert whole.partition(b"\n\n")[0].isascii()
    mail = email.message_from_bytes(whole, policy=email.policy.compat32)
    assert len(mail.items()) == len(FIELDS) + 1
    assert email.utils.parseaddr(mail["From"])[1] == ADMIN
    parsed = email.message_from_bytes(whole, policy=email.policy.default)
    assert parsed["From"].addresses[0].addr_spec == ADMIN
    if subject.isascii() and subject.isprintable():
        assert str(parsed["Subject"]).strip() == subject.strip()


@given(st.text(max_size=2000))
def test_a_line_of_a_digest_is_one_line(text: str) -> None:
    line = digest_line(text)
    assert len(line) <= 900
    assert line.decode().isprintable()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", texts.NAMES)
def test_our_templates_are_there_in_each_language(language: str, name: str) -> None:
    text = texts.written(name, sample(name), language=language)
    assert text.subject
    assert not text.trouble
    assert "{" not in text.body
    if name != "digest":
        assert "malware Sample (yara)" in text.body or "malware Sample (yara)" in text.subject


def test_languages_are_the_folders_that_are_there() -> None:
    import os

    assert sorted(os.listdir(texts.SHIPPED)) == list(LANGUAGES)


def test_a_site_s_template_takes_the_place_of_ours(place: Place, blocked: Blocked, tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "sender.txt").write_text("Subject: Größe {{ subject }}\n\nHallo {{ to }}, {{ what }}\n", encoding="utf-8")
    mails = everybody(place, blocked(), templates=str(folder), language="de")
    assert str(mails[ALICE]["Subject"]) == "Größe a test"
    assert mails[ALICE].get_content() == f"Hallo {ALICE}, malware Worm.Sample (clamav)\n"
    assert "Der Kopf der Nachricht" in mails[BOB].get_content()


@pytest.mark.parametrize(
    "source",
    [
        "no subject", "Subject:\n", "Subject: {{ nothing }}\n", "Subject: {% if %}\n", "Subject: {{ id }}\n",
        "Subject: {{ ''.__class__.__mro__[1].__subclasses__() }}\n", "Subject: {{ 1 // 0 }}\n", "Subject: x\n\xff",
        "Subject: x\n" + "y" * 70_000, "Subject: {% for x in range(10**9) %}{% endfor %}x\n",
        "Subject: {% include '/etc/hostname' %}\n",
    ],
)  # fmt: skip
def test_a_template_that_fails_is_replaced_by_ours_and_told(
    place: Place, blocked: Blocked, tmp_path: Path, source: str
) -> None:
    (tmp_path / "sender.txt").write_text(source, encoding="latin-1")
    notify = place.notify(tokens=("sender",), templates=str(tmp_path))
    with pytest.raises(NoticeError, match=r"ours was sent instead of .*/sender\.txt"):
        tell(notify, blocked(), NOW)
    assert "not delivered" in place.mails()[ALICE]["Subject"]
    (problem,) = [problem for problem in notify.check() if "templates" in problem.text]
    assert "sender.txt" in problem.text
    assert not problem.fatal


def test_a_message_is_never_a_template(place: Place, blocked: Blocked) -> None:
    raw = message(b"x", subject="{{ 7 * 7 }} {% include 'x' %}")
    assert "{{ 7 * 7 }} {% include 'x' %}" in everybody(place, blocked(raw))[ALICE]["Subject"]
