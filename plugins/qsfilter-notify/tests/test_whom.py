"""Who is told: every token for every kind of finding and of message, and who never is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Action, Disposition, Envelope, Finding, Kind, Report, Waiver
from qsfilter.testing.messages import message
from qsfilter_notify import Notify
from qsfilter_notify.addresses import address_of, is_list_address, is_role
from qsfilter_notify.tokens import TOKENS
from qsfilter_notify.whom import addressees

if TYPE_CHECKING:
    from collections.abc import Callable

    Blocked = Callable[..., Report]

ADMIN = "postmaster@example.com"
FOUND = {
    "malware": Finding(kind=Kind.MALWARE, name="Worm.Sample", source="clamav"),
    "policy": Finding(kind=Kind.POLICY, name="extension .exe", source="attachments"),
    "unscannable": Finding(kind=Kind.UNSCANNABLE, name="encrypted", source="zip-unpacker"),
    "spam": Finding(kind=Kind.SPAM, name="spamassassin", source="spamassassin"),
}
# Who is told of malware, and who of a policy block: Admin, Sender, Recipient.
PLAIN = {
    "none": ("", ""),
    "admin": ("A", "A"),
    "nmladm": ("A", "A"),
    "nmlvadm": ("", "A"),
    "sender": ("S", "S"),
    "psender": ("", "S"),
    "recips": ("R", "R"),
    "precips": ("", "R"),
    "all": ("ASR", "ASR"),
}
FROM_LIST = {**dict.fromkeys(TOKENS, ("", "")), "admin": ("A", "A"), "all": ("A", "A")}
AUTOMATIC = {**FROM_LIST, "nmladm": ("A", "A"), "nmlvadm": ("", "A")}
FROM_ROLE = {token: tuple(who.replace("S", "") for who in both) for token, both in PLAIN.items()}
FIELDS = {
    "list": [
        {"List-Id": "<news.example.org>"}, {"List-Unsubscribe": "<mailto:x@example.org>"}, {"List-Post": "NO"},
        {"Precedence": "bulk"}, {"Precedence": "List"}, {"Precedence": "junk"}, {"Mailing-List": "contact x"},
        {"X-BeenThere": "x@example.org"},
    ],
    "automatic": [
        {"Auto-Submitted": "auto-generated"}, {"Auto-Submitted": "auto-replied (vacation)"}, {"Auto-Submitted": ""},
        {"X-Auto-Response-Suppress": "All"}, {"X-Autoreply": "yes"}, {"auto-submitted": "Auto-Notified; x=y"},
    ],
    "plain": [
        {}, {"Auto-Submitted": "no"}, {"Auto-Submitted": "No (written by hand)"}, {"Precedence": "first-class"},
        {"X-Auto-Response-Suppress": "None"}, {"X-List-Of-Things": "x"},
    ],
}  # fmt: skip
EXPECTED = {"list": FROM_LIST, "automatic": AUTOMATIC, "plain": PLAIN}
SENDERS = {
    "list": [
        b"owner-news@example.org", b"news-owner@example.org", b"news-request@example.org", b"news-bounces@example.org",
        b"news-bounces+bob=example.com@example.org", b"news-return-17-bob=example.com@example.org",
        b"bounce+abc@example.org", b"SRS0=x=y=example.net=alice@example.org", b"prvs=123abc=alice@example.org",
        b"x+bob=example.com@example.org",
    ],
    "automatic": [b"", b"#@[]"],
}  # fmt: skip
ROLES = [
    b"MAILER-DAEMON@example.org", b"postmaster@example.org", b"abuse@example.org", b"noreply@example.org",
    b"no-reply@example.org", b"do-not-reply@example.org", b"news.noreply@example.org", b"root@example.org",
    b"listserv@example.org", b"majordomo@example.org", b"root+tag@example.org",
]  # fmt: skip
LETTERS = {"admin": "A", "sender": "S", "recipient": "R"}


def told(report: Report, **options: object) -> list[tuple[str, str]]:
    chosen = Notify(**{"admin": ADMIN, **options})  # type: ignore[arg-type]
    return [(one.role, one.address) for one in addressees(chosen, report)]


def letters(report: Report, token: str) -> set[str]:
    return {LETTERS[role] for role, _ in told(report, tokens=(token,))}


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("origin", FIELDS)
@pytest.mark.parametrize(("kind", "column"), [("malware", 0), ("policy", 1), ("unscannable", 1)])
def test_a_token_names_whom_it_should(blocked: Blocked, token: str, origin: str, kind: str, column: int) -> None:
    for fields in FIELDS[origin]:
        report = blocked(message(b"x", fields=fields), found=FOUND[kind])
        assert letters(report, token) == set(EXPECTED[origin][token][column]), fields


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("origin", SENDERS)
def test_a_sender_s_form_says_what_sends(blocked: Blocked, token: str, origin: str) -> None:
    for sender in SENDERS[origin]:
        envelope = Envelope(sender=sender, recipients=(b"bob@example.com",))
        assert letters(blocked(envelope=envelope), token) == set(EXPECTED[origin][token][0]), sender


@pytest.mark.parametrize("token", TOKENS)
def test_a_role_is_never_written_to(blocked: Blocked, token: str) -> None:
    for role in ROLES:
        envelope = Envelope(sender=role, recipients=(b"bob@example.com",))
        assert letters(blocked(envelope=envelope), token) == set(FROM_ROLE[token][0]), role
        local = role.partition(b"@")[0] + b"@example.com"
        envelope = Envelope(sender=b"alice@example.org", recipients=(local,))
        assert "R" not in letters(blocked(envelope=envelope), token), local


@pytest.mark.parametrize("token", TOKENS)
def test_nobody_is_told_of_spam_unless_the_administrator_wants_it(blocked: Blocked, token: str) -> None:
    report = blocked(found=FOUND["spam"])
    assert letters(report, token) == set()
    wanted = {role for role, _ in told(report, tokens=(token,), spam=True)}
    assert wanted == ({"admin"} if token in {"admin", "nmladm", "nmlvadm", "all"} else set())


@pytest.mark.parametrize("token", TOKENS)
def test_what_is_silent_reaches_the_administrator_alone(blocked: Blocked, token: str) -> None:
    report = blocked(silent=True)
    assert letters(report, token) == set(PLAIN[token][0]) & {"A"}
    assert told(report, tokens=(token,), silent_admin=True) == []


@pytest.mark.parametrize("action", [Action.DISCARD, Action.QUARANTINE, Action.REJECT])
def test_a_refused_sender_is_told_by_his_own_server(blocked: Blocked, action: Action) -> None:
    report = blocked(action=action, found=FOUND["policy"])
    by_us = {"sender"} if action is not Action.REJECT else set()
    assert {role for role, _ in told(report, tokens=("psender",))} == by_us
    assert {role for role, _ in told(report, tokens=("psender",), refused_senders=True)} == {"sender"}


def test_only_recipients_in_our_own_domains_are_told(blocked: Blocked) -> None:
    to = (
        b"a@example.com",
        b"b@sub.example.com",
        b"c@Example.NET",
        b"d@sub.example.net",
        b"e@example.org",
        b"a@EXAMPLE.com",
    )
    report = blocked(envelope=Envelope(sender=b"x@example.org", recipients=to))

    def addresses(*domains: str) -> list[str]:
        return [address for _, address in told(report, tokens=("recips",), local_domains=domains)]

    assert addresses() == ["a@example.com"]
    assert addresses(".example.com", "example.net") == ["a@example.com", "b@sub.example.com", "c@Example.NET"]


def test_a_recipient_whose_mail_was_accepted_is_not_told(blocked: Blocked) -> None:
    groups = (
        Disposition(action=Action.ACCEPT, recipients=(b"bob@example.com",)),
        Disposition(action=Action.QUARANTINE, recipients=(b"dave@example.com",), reason="not for dave"),
    )
    assert told(blocked(found=None, groups=groups), tokens=("recips",)) == [("recipient", "dave@example.com")]


def test_nobody_is_told_twice(blocked: Blocked) -> None:
    for sender, recipient, expected in (
        (b"bob@example.com", b"Bob@example.com", ["admin", "recipient"]),
        (b"postmaster@example.com", b"bob@example.com", ["admin", "recipient"]),
    ):
        report = blocked(envelope=Envelope(sender=sender, recipients=(recipient,)))
        assert [role for role, _ in told(report, tokens=("all",))] == expected
    from_himself = blocked(envelope=Envelope(sender=b"boss@example.com", recipients=(b"x@example.net",)))
    assert told(from_himself, tokens=("sender",), admin="boss@example.com") == []
    assert told(from_himself, tokens=("sender",)) == [("sender", "boss@example.com")]


def test_malware_counts_whatever_the_message_was_blocked_for(blocked: Blocked) -> None:
    from dataclasses import replace

    report = blocked(found=FOUND["policy"])
    both = replace(report, findings=(FOUND["policy"], FOUND["malware"]))
    assert letters(report, "psender") == {"S"}
    assert letters(both, "psender") == set()
    waiver = Waiver(finding=FOUND["malware"], reason="known", malware=True)
    waived = replace(both, decision=replace(both.decision, waived=(waiver,)))
    assert letters(waived, "psender") == {"S"}


@pytest.mark.parametrize(
    "address",
    [
        b"", b"alice", b"@example.org", b"alice@", b"al ice@example.org", b'"al ice"@example.org', b"a@b@c",
        b"alice@example.org\n", b"a\rb@example.org", b"a\0b@example.org", b"alice@exa\x1bmple.org", b"-f@example.org",
        b"alice,bob@example.org", b"alice@[192.0.2.1]", b"<alice@example.org>", b"al\xffice@example.org",
        b"x" * 243 + b"@example.org", "al\u202eice@example.org".encode(), "al\u00a0ice@example.org".encode(),
        b"a..b@example.org", b".a@example.org", b"@relay:alice@example.org",
    ],
)  # fmt: skip
def test_an_address_that_needs_quoting_or_is_none_is_not_written_to(blocked: Blocked, address: bytes) -> None:
    assert address_of(address) == ""
    envelope = Envelope(sender=address, recipients=(address, b"bob@example.com"))
    everybody = told(blocked(envelope=envelope), tokens=("all",))
    assert {address for role, address in everybody if role != "admin"} <= {"bob@example.com"}


@pytest.mark.parametrize(
    "address",
    [
        "alice@example.org",
        "o'neil+tag@sub.example.org",
        "jörg@example.org",
        "a@b",
        "x" * 242 + "@example.org",
        "u=v@h.org",
    ],
)
def test_an_honest_address_is_written_to(address: str) -> None:
    assert address_of(address.encode()) == address
    assert not is_role(address)
    assert not is_list_address(address)


@given(
    st.binary(max_size=300) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace") + b"@example.org")
)
def test_what_passes_as_an_address_is_one_word(octets: bytes) -> None:
    text = address_of(octets)
    if text:
        assert text.encode() == octets
        assert text.isprintable()
        assert not set(text) & set(' ,;:<>()[]"\\')
        assert text.count("@") == 1
