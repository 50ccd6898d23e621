"""What stands on top of the message when it is handed over, and that nothing else changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import About, Filter, Kind, Limits, Policy
from qsfilter.actions import Action
from qsfilter.edits import MOST_FINDINGS, head
from qsfilter.model import Edit, Field, Finding, Path
from qsfilter.testing import examine, message, part
from qsfilter.transport import pieces

PLAIN = Filter()
TAG = Edit(what="subject_tag", field=b"Subject", value=b"[SPAM]")


def edited(
    raw: bytes, *edits: Edit, chosen: Filter = PLAIN, found: tuple[Finding, ...] = (), about: tuple[About, ...] = ()
) -> bytes:
    """Return RAW as it is handed over with EDITS, after FOUND was found by ABOUT."""
    report = examine(chosen, raw)
    decision = replace(report.decision, edits=edits)
    report = replace(report, decision=decision, findings=report.findings + found, about=about)
    return b"".join(pieces(raw, head(report, raw)))


def split(whole: bytes, newline: bytes = b"\n") -> tuple[bytes, bytes]:
    """Return our own field, unfolded, and what is behind it."""
    lines = whole.split(newline)
    end = next(number for number, line in enumerate(lines) if number and not line.startswith((b" ", b"\t")))
    return b"".join(lines[:end]), newline.join(lines[end:])


def own(whole: bytes) -> str:
    """Return our own field."""
    return split(whole)[0].decode("ascii")


# --- our own field --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_our_field_is_on_top_and_the_rest_as_received(newline: bytes) -> None:
    """With the line ends that the message itself has."""
    raw = message(part(b"text", newline=newline), newline=newline)
    field, rest = split(edited(raw), newline)
    assert field.startswith(b"X-QSFilter: ")
    assert rest == raw
    assert b"\n" not in field
    assert b"\r" not in field


@pytest.mark.parametrize("raw", [b"", b"no header", b"x" * 5000, b"\n\nbody", b"Subject: x", b"\r"])
def test_a_message_without_line_ends_gets_lf(raw: bytes) -> None:
    """As qmail writes them."""
    whole = edited(raw)
    assert whole.endswith(b"\n" + raw)
    assert b"\r" not in whole.removesuffix(raw)


def test_mixed_line_ends_follow_the_first() -> None:
    """The header begins with one of them."""
    assert edited(b"Subject: x\r\nTo: y\n\nbody").startswith(b"X-QSFilter: not scanned for malware;\r\n")
    assert edited(b"Subject: x\nTo: y\r\n\r\nbody").startswith(b"X-QSFilter: not scanned for malware;\n ")


def test_without_an_engine_mail_is_not_called_clean() -> None:
    """Plugins that look for no malware make no engine."""
    field = own(edited(b"Subject: x\n\nbody", about=(About(name="attachments", version="1"),)))
    assert field.startswith("X-QSFilter: not scanned for malware; by qsfilter (attachments 1);")


def test_with_an_engine_mail_is_called_clean() -> None:
    """By whom, with which signatures."""
    field = own(
        edited(b"Subject: x\n\nbody", about=(About(name="clamav", version="1.4", signatures="7", engine=True),))
    )
    assert field.startswith("X-QSFilter: clean; by qsfilter (clamav 1.4 7);")


def test_what_was_found_and_accepted_is_said() -> None:
    """Kind, name and place; the reader can judge."""
    found = Finding(kind=Kind.UNSCANNABLE, name="encrypted", part=Path(steps=((1, ""),), shown="1"))
    field = own(edited(b"Subject: x\n\nbody", found=(found,)))
    assert field.startswith("X-QSFilter: accepted with findings; unscannable encrypted in 1; by qsfilter")


@pytest.mark.parametrize("kind", [Kind.IRREGULAR, Kind.NOTE])
def test_what_is_not_remarkable_is_not_said(kind: Kind) -> None:
    """Honest mail is full of it."""
    assert "findings" not in own(edited(b"Subject: x\n\nbody", found=(Finding(kind=kind, name="x"),)))


def test_many_findings_are_counted() -> None:
    """The field stays readable."""
    found = tuple(Finding(kind=Kind.SPAM, name=f"rule {number}") for number in range(MOST_FINDINGS + 5))
    field = own(edited(b"Subject: x\n\nbody", found=found))
    assert field.count("spam rule") == MOST_FINDINGS
    assert "and 5 more;" in field
    assert "more" not in own(edited(b"Subject: x\n\nbody", found=found[:MOST_FINDINGS]))


def test_the_log_can_be_found_by_the_id() -> None:
    """The field ends with it."""
    raw = b"Subject: x\n\nbody"
    assert own(edited(raw)).endswith(f" id={examine(PLAIN, raw).key[:16]}")


@given(st.text(), st.text(), st.text())
def test_our_lines_are_ascii_and_short(name: str, shown: str, version: str) -> None:
    """Whatever stands in names of findings, parts and plugins, it is one field of lines that every server takes."""
    found = Finding(kind=Kind.MALWARE, name=name * 50, part=Path(steps=((1, ""),), shown=shown * 50))
    raw = b"Subject: x\n\nbody"
    lines = edited(raw, found=(found,), about=(About(name="x", version=version * 50),)).removesuffix(raw).split(b"\n")
    assert lines.pop() == b""
    assert all(len(line) <= 998 and all(32 <= octet < 127 for octet in line) for line in lines)
    assert all(line.startswith(b" ") and line.strip() for line in lines[1:])


# --- a sender's copy ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [b"X-QSFilter", b"x-qsfilter", b"X-QSFILTER", b"X-QSFilter \t"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_senders_copy_is_renamed(name: bytes, newline: bytes) -> None:
    """So that ours can be believed; its value stays."""
    raw = newline.join([b"To: y", name + b": clean;", b" by me", b"Subject: x", b"", b"body"])
    _, rest = split(edited(raw), newline)
    assert rest == raw.replace(name.rstrip(), b"X-QSFilter-Inbound")


def test_every_copy_is_renamed() -> None:
    """Wherever it stands in the header."""
    raw = b"X-QSFilter: a\nSubject: x\nX-QSFilter: b\n\nX-QSFilter: body\n"
    _, rest = split(edited(raw))
    assert rest == b"X-QSFilter-Inbound: a\nSubject: x\nX-QSFilter-Inbound: b\n\nX-QSFilter: body\n"


def test_a_field_that_only_begins_so_stays() -> None:
    """It is somebody else's."""
    raw = b"X-QSFilter-More: a\nX-QSFilt: b\n\nbody"
    assert split(edited(raw))[1] == raw


def test_a_copy_in_a_part_stays() -> None:
    """Nobody takes it for the message's."""
    raw = message(part(b"x", fields={"X-QSFilter": "clean"}))
    assert split(edited(raw))[1] == raw


@pytest.mark.parametrize("limits", [Limits(header_fields=2), Limits(header_bytes=5), Limits(message_bytes=5)])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_copy_is_renamed_in_a_message_that_is_too_long_to_be_read(limits: Limits, newline: bytes) -> None:
    """A site may accept what is over its limits."""
    chosen = Filter(limits=limits, policy=Policy(actions={"unscannable": (Action.ACCEPT, False)}))
    raw = newline.join([b"a: b", b"X-QSFilter: clean", b"c: d", b"e: f", b"", b"X-QSFilter: body"])
    _, rest = split(edited(raw, chosen=chosen), newline)
    assert rest == raw.replace(b"X-QSFilter: clean", b"X-QSFilter-Inbound: clean")


NO_HEADER = [
    b"\nX-QSFilter: body\n\nmore",
    b"\r\nX-QSFilter: body\r\n",
    b"\n\nX-QSFilter: body\n\n",
    b"no field\nX-QSFilter: body\n\nmore",
    b" a fold\nX-QSFilter: body\n\nmore",
    b"From alice\n\nX-QSFilter: body\n",
    b"From alice\n a fold\nX-QSFilter: body\n",
]


@pytest.mark.parametrize("limits", [Limits(), Limits(message_bytes=5)], ids=["read", "too long"])
@pytest.mark.parametrize("raw", NO_HEADER)
def test_a_message_without_a_header_has_no_copy(raw: bytes, limits: Limits) -> None:
    """What looks like one is the body's."""
    chosen = Filter(limits=limits, policy=Policy(actions={"unscannable": (Action.ACCEPT, False)}))
    assert edited(raw, chosen=chosen).endswith(b"\n" + raw)


def test_a_copy_behind_the_separator_of_a_mailbox_is_renamed() -> None:
    """In a message that is too long to be read as well."""
    raw = b"From alice\nX-QSFilter: clean\n\nbody"
    chosen = Filter(limits=Limits(message_bytes=5), policy=Policy(actions={"unscannable": (Action.ACCEPT, False)}))
    for one in (chosen, PLAIN):
        assert edited(raw, chosen=one).endswith(b"\nFrom alice\nX-QSFilter-Inbound: clean\n\nbody")


def test_other_fields_are_renamed_where_a_plugin_asks() -> None:
    """As `X-Spam-*` by the one that writes them."""
    edit = Edit(what="rename_inbound", field=b"X-Spam-Flag", value=b"X-Spam-Flag-Inbound")
    _, rest = split(edited(b"x-spam-flag: NO\nSubject: x\n\nbody", edit))
    assert rest == b"X-Spam-Flag-Inbound: NO\nSubject: x\n\nbody"


# --- edits that are asked for ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_line_is_added_below_ours(newline: bytes) -> None:
    """With the message's line end."""
    raw = newline.join([b"Subject: x", b"", b"body"])
    _, rest = split(edited(raw, Edit(what="add", field=b"X-Spam-Flag", value=b"YES")), newline)
    assert rest == b"X-Spam-Flag: YES" + newline + raw


def test_an_added_field_keeps_what_is_printable() -> None:
    """A tab becomes a blank."""
    _, rest = split(edited(b"Subject: x\n\nbody", Edit(what="add", field=b"X-A", value=b" ~a\tb!\x7f")))
    assert rest.startswith(b"X-A:  ~a b!?\n")


def test_an_added_field_stays_folded() -> None:
    """With the message's own line ends."""
    edit = Edit(what="add", field=b"X-Spam-Status", value=b"Yes,\r\n\ttests=A,\n B")
    _, rest = split(edited(b"Subject: x\n\nbody", edit))
    assert rest.startswith(b"X-Spam-Status: Yes,\n tests=A,\n B\nSubject: x\n")


@given(st.binary(max_size=30), st.binary(max_size=60))
def test_an_added_field_stays_one_field(field: bytes, value: bytes) -> None:
    """What a plugin took from the message can neither add a field nor end the header."""
    raw = b"Subject: x\n\nbody"
    whole = edited(raw, Edit(what="add", field=b"X-" + field, value=value))
    added = split(whole)[1].removesuffix(raw)
    assert all(32 <= octet < 127 for octet in added if octet != 10)
    assert added.startswith(b"X-")
    assert added.endswith(b"\n")
    assert all(line.startswith(b" ") for line in added.split(b"\n")[1:-1])


def test_an_added_line_is_not_too_long() -> None:
    """998 octets are what every server takes."""
    whole = edited(b"Subject: x\n\nbody", Edit(what="add", field=b"X-A", value=b"a" * 5000))
    assert max(map(len, whole.split(b"\n"))) == 998


@pytest.mark.parametrize(
    ("subject", "tagged"),
    [
        (b"Subject: hello", b"Subject: [SPAM] hello"),
        (b"Subject:hello", b"Subject: [SPAM] hello"),
        (b"SUBJECT : hello", b"SUBJECT: [SPAM] hello"),
        (b"Subject: :) hello", b"Subject: [SPAM] :) hello"),
        (b"Subject: Re: hello", b"Subject: [SPAM] Re: hello"),
        (b"Subject: one\n two", b"Subject: [SPAM] one\n two"),
        (b"Subject: =?utf-8?Q?=C3=BC?=", b"Subject: [SPAM] =?utf-8?Q?=C3=BC?="),
        (b"Subject:", b"Subject: [SPAM] "),
    ],
)
def test_the_subject_is_tagged(subject: bytes, tagged: bytes) -> None:
    """What stands there stays behind the tag."""
    _, rest = split(edited(b"To: y\n" + subject + b"\nFrom: z\n\nSubject: body\n", TAG))
    assert rest == b"To: y\n" + tagged + b"\nFrom: z\n\nSubject: body\n"


def test_a_subject_is_tagged_once() -> None:
    """However many there are, and whoever asks."""
    _, rest = split(edited(b"Subject: a\nSubject: b\n\nbody", TAG))
    assert rest == b"Subject: [SPAM] a\nSubject: b\n\nbody"


def test_a_tag_is_one_line() -> None:
    """It can't end the field."""
    edit = Edit(what="subject_tag", field=b"Subject", value=b"[\r\nBcc: x\xff]")
    _, rest = split(edited(b"Subject: a\n\nbody", edit))
    assert rest == b"Subject: [??Bcc: x?] a\n\nbody"


def test_two_readings_of_one_field_are_edited_once() -> None:
    """The same bytes are never written twice."""
    raw = b"X-QSFilter: a\nSubject: b\n\nbody"
    report = examine(PLAIN, raw)
    (entity,) = report.message.parts[1:]
    longer = Field(name=b"X-QSFilter", value=b" a\nSubject: b", span=(0, 25))
    other = replace(entity, path=Path(steps=((2, "other"),)), header=(longer,))
    message_ = replace(report.message, parts=(*report.message.parts, other))
    whole = b"".join(pieces(raw, head(replace(report, message=message_), raw)))
    assert split(whole)[1] == b"X-QSFilter-Inbound: a\nSubject: b\n\nbody"


def test_all_edits_work_together() -> None:
    """Each field is edited where it stands."""
    raw = b"X-QSFilter: a\nSubject: b\nX-QSFilter: c\n\nbody"
    _, rest = split(edited(raw, Edit(what="add", field=b"X-A", value=b"1"), TAG))
    assert rest == b"X-A: 1\nX-QSFilter-Inbound: a\nSubject: [SPAM] b\nX-QSFilter-Inbound: c\n\nbody"


# --- everything else ------------------------------------------------------------------------------------------------

lines = st.sampled_from(
    [b"X-QSFilter: clean", b"Subject: x", b"To: y", b" fold", b"junk", b"X-QSFilter :", b"From x", b":"]
)
headers = st.lists(lines | st.binary(max_size=20), max_size=8)


@given(headers, st.binary(max_size=200), st.sampled_from([b"\n", b"\r\n"]), st.booleans())
def test_the_body_is_never_touched(header: list[bytes], body: bytes, newline: bytes, tag: bool) -> None:
    """The bytes behind the header are those received, whatever the header is."""
    rest = newline * 2 + body
    raw = newline.join(header) + rest
    assert edited(raw, *([TAG] if tag else [])).endswith(rest)


@given(headers, st.binary(max_size=50))
def test_nothing_but_the_names_of_copies_changes(header: list[bytes], body: bytes) -> None:
    """Taking our field off and the renaming back gives what was received."""
    raw = b"\n".join([b"A: b", *header, b"", body])
    whole = edited(raw)
    _, rest = split(whole)
    if b"x-qsfilter" not in raw.lower():
        assert rest == raw
    assert rest.replace(b"X-QSFilter-Inbound", b"X-QSFilter") == raw.replace(b"x-qsfilter", b"X-QSFilter")
