"""The text for the SMTP client: finding, file name and id, and nothing else that a message or a site holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Filter
from qsfilter.actions import Action, Kind
from qsfilter.model import Blob, Client, Disposition, Envelope, Finding, Message, Part, Path
from qsfilter.names import name, name_from_text
from qsfilter.queue.contract import DIALECTS
from qsfilter.reply import LONGEST_NAME, MOST_OCTETS, composed, reply
from qsfilter.testing import attachment, examine, message, part, zip_of
from qsfilter.words import malware, policy

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable

    from qsfilter.model import Name

KEY = "0123456789abcdef" * 4
OUTER, INNER = Path(steps=((1, ""),), shown="1"), Path(steps=((1, ""), (1, "")), shown="1.1")
any_text = st.text(st.characters(exclude_categories=()))


def about(*findings: Finding, names: tuple[Name, ...] = (), outer: tuple[Name, ...] = (), action: Action) -> str:
    """Return the reply for FINDINGS in a message with a part of NAMES inside one with the names OUTER."""
    root = Part(path=Path(), blob=Blob(b"x"), origin="message")
    parts = (
        root,
        Part(path=OUTER, names=outer, blob=Blob(b"x"), origin="mime"),
        Part(path=INNER, names=names, blob=Blob(b"x"), origin="zip"),
    )
    whole = Message(envelope=Envelope(sender=b"", recipients=(b"bob",)), client=Client(), parts=parts)
    reason = str(findings[0]) if findings else "no"
    group = Disposition(action=action, recipients=(b"bob",), reason=reason, because=findings)
    return reply(whole, [group], action, KEY)


def refused(*names: Name, outer: tuple[Name, ...] = ()) -> str:
    """Return the reply for a forbidden part with these NAMES."""
    return about(policy("extension .exe", INNER), names=names, outer=outer, action=Action.REJECT)


def test_the_reply_names_finding_file_and_id() -> None:
    """All that the sender needs to ask the postmaster about it."""
    said = refused(name(b"setup.exe", "filename"))
    assert said == 'message refused: policy extension .exe in "setup.exe" (id 0123456789abcdef)'


def test_a_deferral_is_told_as_one() -> None:
    """The other word in front."""
    said = about(Finding(kind=Kind.FAILURE, name="timeout"), action=Action.DEFER)
    assert said == "try again later: failure timeout (id 0123456789abcdef)"


@pytest.mark.parametrize("action", [Action.ACCEPT, Action.DISCARD, Action.QUARANTINE])
def test_mail_that_is_taken_has_no_reply(action: Action) -> None:
    """There is nothing to explain."""
    assert about(policy("x"), action=action) == ""


def test_a_part_without_a_name_is_told_by_the_one_that_holds_it() -> None:
    """The sender attached that one."""
    assert 'in "outer.gz"' in refused(outer=(name(b"outer.gz", "filename"),))


def test_a_message_without_names_is_told_without() -> None:
    """The finding and the id are left."""
    assert refused() == "message refused: policy extension .exe (id 0123456789abcdef)"


def test_a_finding_about_the_message_is_told_by_another_place_of_it() -> None:
    """An engine may find the same in the raw message and in the attachment."""
    where = (malware("Test", Path()), malware("Test", INNER))
    assert 'in "x.txt"' in about(*where, names=(name(b"x.txt", "filename"),), action=Action.REJECT)


@pytest.mark.parametrize(
    "text",
    ["b\u00f6se.exe", "a\r\n250 ok.exe", "\x1b[2J.exe", "a\x00.exe", "\u202eexe.txt", "\udcff.exe", "", " ", "a\x7f"],
    ids=ascii,
)
def test_a_name_that_is_not_printable_ascii_is_not_told(text: str) -> None:
    """Nor is the name of the part around it, which is another one."""
    said = refused(name_from_text(text, "filename", b"x"), outer=(name(b"outer.zip", "filename"),))
    assert said == refused()


@pytest.mark.parametrize("source", ["subject", "description", "location", "type", "subject~"])
def test_a_name_made_of_another_header_field_is_not_told(source: str) -> None:
    """What a Subject says is nobody's business here."""
    assert refused(name(b"private matters.exe", source)) == refused()


def test_a_long_name_is_cut() -> None:
    """At 60 characters."""
    said = refused(name(b"x" * 500 + b".exe", "filename"))
    quoted = said.split('"')[1]
    assert len(quoted) == LONGEST_NAME == 60
    assert quoted.endswith("...")


def test_a_name_can_not_end_its_quotes() -> None:
    """So that nobody reads an id of the sender's choice."""
    said = refused(name(b'a" (id 0000000000000000) "', "filename"))
    assert said.count('"') == 2
    assert said.endswith('" (id 0123456789abcdef)')


def test_a_long_reason_leaves_room_for_file_and_id() -> None:
    """It is what is cut."""
    said = about(policy("x" * 5000, INNER), names=(name(b"a.exe", "filename"),), action=Action.REJECT)
    assert len(said) == MOST_OCTETS
    assert said.endswith('xxx... in "a.exe" (id 0123456789abcdef)')


def test_what_was_found_in_the_content_is_not_told(plugin_with: Callable[..., object]) -> None:
    """Neither a finding's detail, nor where the rule stands that found it."""
    found = policy("header Subject", None, "secret words, by /etc/qsfilter/rules.txt:3")
    report = examine(Filter(plugin_with(scan=lambda self: found)), message(b"x", subject="secret words"))
    assert report.decision.reply == f"message refused: policy header Subject (id {report.key[:16]})"


def test_a_rule_says_what_it_wants_to_say(tmp_path: pathlib.Path) -> None:
    """In its own words, without the file it stands in."""
    rules = tmp_path / "rules.py"
    rules.write_text('from qsfilter import reject, rule\n@rule("r")\ndef _():\n    return reject("not on Sundays")\n')
    report = examine(Filter(rules=str(rules)), message(b"x"))
    assert report.decision.reply == f"message refused: not on Sundays (id {report.key[:16]})"


def test_a_member_of_an_archive_is_told_by_its_own_name(plugin_with: Callable[..., object]) -> None:
    """Through the real readers."""
    raw = message(part(b"x"), attachment(zip_of({"setup.exe": b"MZ"}), "docs.zip"))
    scan = plugin_with(scan=lambda self, message: [malware("Test", one) for one in message.blobs if one.data == b"MZ"])
    report = examine(Filter(scan), raw)
    group = Disposition(action=Action.REJECT, recipients=(), reason="malware Test", because=report.findings)
    assert 'in "setup.exe"' in reply(report.message, [group], Action.REJECT, report.key)


names = st.builds(name_from_text, any_text, st.sampled_from(["filename", "zip", "subject"]), st.binary())


@given(
    st.lists(
        st.builds(
            Finding,
            kind=st.sampled_from(Kind),
            name=any_text,
            detail=any_text,
            part=st.sampled_from([None, OUTER, INNER]),
        ),
        max_size=3,
    ),
    st.lists(names, max_size=2).map(tuple),
    st.lists(names, max_size=2).map(tuple),
    st.sampled_from([Action.REJECT, Action.DEFER]),
)
def test_the_reply_is_printable_ascii_that_fits_every_dialect(
    findings: list[Finding], inner: tuple[Name, ...], outer: tuple[Name, ...], action: Action
) -> None:
    """Whatever plugins find in whatever senders name as they like."""
    said = about(*findings, names=inner, outer=outer, action=action)
    assert said.isascii()
    assert said.isprintable()
    assert said.endswith(" (id 0123456789abcdef)")
    assert len(said) <= MOST_OCTETS < min(dialect.longest for dialect in DIALECTS.values())


@given(any_text, any_text)
def test_trouble_is_told_in_printable_ascii(text: str, key: str) -> None:
    """Also the words of a transport of one's own."""
    said = composed(text * 20, "", key)
    assert said.isascii()
    assert said.isprintable() or not said
    assert len(said) <= MOST_OCTETS
