"""The plugin: its options, whom it asks about what, its votes and its edits.

Longer than most, as votes and edits are told by the same scores.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Action, Client, ConfigError, Envelope, Filter, Kind, options
from qsfilter.config import from_table
from qsfilter.testing import examine, message
from qsfilter.testing.contract import PluginContract
from qsfilter.testing.fake_spamd import scored
from qsfilter_spamassassin import SpamAssassin
from qsfilter_spamassassin.thresholds import KEYS, thresholds

if TYPE_CHECKING:
    from qsfilter import Decision, Finding, Report
    from qsfilter.testing.fake_spamd import FakeSpamd

RAW = message(b"text\n")
BOB, CAROL, DAVE = b"bob@example.com", b"carol@example.net", b"dave@example.org"


class TestContract(PluginContract):
    """What every plugin owes the core; it needs a server, and an honest fake will do."""

    server = ""

    @pytest.fixture(autouse=True)
    def with_server(self, fake: FakeSpamd) -> None:
        """Tell `make` where the server is."""
        type(self).server = fake.name

    def make(self) -> object:
        """Make one that asks it."""
        return SpamAssassin(servers=(self.server,), seconds=10)


def told(report: Report) -> list[tuple[str, str]]:
    return [(str(found), found.detail) for found in report.findings if found.source]


def decided(plugin: SpamAssassin, *recipients: bytes) -> Decision:
    return examine(Filter(plugin), RAW, recipients=recipients or (BOB,)).decision


def asked(
    plugin: SpamAssassin,
    *,
    sender: bytes = b"alice@example.org",
    recipients: tuple[bytes, ...] = (BOB,),
    raw: bytes = RAW,
    relay: bool = False,
    **env: str,
) -> list[Finding]:
    client = Client(ip="192.0.2.1", relay=relay, env=env)
    return list(Filter(plugin).examine(raw, Envelope(sender=sender, recipients=recipients), client).findings)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("servers", []),
        ("servers", ["spamd.sock"]),
        ("servers", ["unix:spamd.sock"]),
        ("servers", ["tcp:127.0.0.1"]),
        ("servers", ["tcp:127.0.0.1:0"]),
        ("servers", ["tcp::783"]),
        ("servers", ["tcp:127.0.0.1:783", "tcp:127.0.0.1:783"]),
        ("seconds", 0),
        ("seconds", float("nan")),
        ("max_bytes", 0),
        ("max_bytes", 1 << 40),
        ("user", "bob\r\nX: y"),
        ("user", "b b"),
        ("user", "böb"),
        ("subject_tag", "[SPAM]\r\nX: y"),
        ("subject_tag", "[ŠPAM]"),
        ("tag", -1),
        ("quarantine", -0.1),
        ("discard", float("nan")),
        ("reject", float("inf")),
        ("recipients", [{"quarantine": 1}]),
        ("recipients", [{"recipient": []}]),
        ("recipients", [{"recipient": "bob"}]),
        ("recipients", [{"recipient": ["@example.com"], "quarantine": "much"}]),
        ("recipients", [{"recipient": ["@example.com"], "quarantin": 1}]),
    ],
)
def test_an_option_that_can_t_work_is_refused(key: str, value: object) -> None:
    """Before the first message, with its name."""
    with pytest.raises(ConfigError, match=key):
        options.make(SpamAssassin, {key: value}, "spamassassin")


def test_it_is_switched_on_by_its_table() -> None:
    """The entry point bears the plugin's name, and tables of recipients are read."""
    table = {"quarantine": 2, "recipients": [{"recipient": ["@example.com"], "reject": 3}]}
    chosen = from_table({"plugins": {"spamassassin": table}}, "test.toml")
    (entry,) = (entry for entry in chosen.setup.registry.entries if entry.name == "spamassassin")
    assert isinstance(entry.plugin, SpamAssassin)
    assert entry.plugin.quarantine == 2.0


def test_a_score_is_a_finding(fake: FakeSpamd) -> None:
    """SPAM where spamd says so, else a NOTE, with points and rules."""
    plugin = SpamAssassin(servers=(fake.name,))
    assert told(examine(Filter(plugin), RAW)) == [("note spamassassin", "1.0/5.0 POINTS_ONE")]
    fake.answer = lambda _: scored("15.2", body=b"ONE, TWO\r\n")
    assert told(examine(Filter(plugin), RAW)) == [("spam spamassassin", "15.2/5.0 ONE,TWO")]
    fake.answer = lambda _: scored("-2.5")
    assert told(examine(Filter(plugin), RAW)) == [("note spamassassin", "-2.5/5.0")]


def test_what_the_server_is_sent(fake: FakeSpamd, fake_tcp: FakeSpamd) -> None:
    """The message as received below the envelope sender, and nobody's name."""
    for server in (fake, fake_tcp):
        asked(SpamAssassin(servers=(server.name,)))
        (question,) = server.questions
        assert question.command == "SYMBOLS"
        assert question.content == b"Return-Path: <alice@example.org>\n" + RAW
        assert question.fields == {"content-length": str(len(question.content))}


@pytest.mark.parametrize(
    ("sender", "start", "line"),
    [
        (b"", b"", b"Return-Path: <>\n"),
        (b"a b@example.org", b"", b""),
        (b"a>\nX-Evil: 1@example.org", b"", b""),
        (b"alice@example.org", b" fold\n", b""),
        (b"alice@example.org", b"From alice\n", b""),
        (b"alice@example.org", b"X: y\r\n", b"Return-Path: <alice@example.org>\r\n"),
    ],
)
def test_the_envelope_sender_adds_one_line_or_none(fake: FakeSpamd, sender: bytes, start: bytes, line: bytes) -> None:
    """Whatever it holds; and nothing where it would become part of another line."""
    asked(SpamAssassin(servers=(fake.name,)), sender=sender, raw=start + RAW)
    assert fake.questions[0].content == line + start + RAW


def test_the_envelope_sender_can_be_kept_back(fake: FakeSpamd) -> None:
    """For a spamd that has its own ways to know it."""
    asked(SpamAssassin(servers=(fake.name,), tell_sender=False))
    assert fake.questions[0].content == RAW


@pytest.mark.parametrize(
    ("recipients", "user"),
    [
        ((b"Bob+x@Example.com",), "bob+x@example.com"),
        ((BOB, CAROL), "site"),
        ((), "site"),
        ((b"bob@example.com\r\nX: y",), "site"),
        ((b"b/../b@example.com",), "site"),
        ((b"b\xf6b@example.com",), "site"),
        ((b"bob",), "site"),
    ],
)
def test_the_one_recipient_is_the_user(fake: FakeSpamd, recipients: tuple[bytes, ...], user: str) -> None:
    """If the option says so and it is a plain address; else the one of the option `user`."""
    asked(SpamAssassin(servers=(fake.name,), user="site", user_per_recipient=True), recipients=recipients)
    asked(SpamAssassin(servers=(fake.name,), user="site"), recipients=recipients)
    assert [question.fields["user"] for question in fake.questions] == [user, "site"]


@pytest.mark.parametrize(
    ("relay", "env", "sender", "is_asked"),
    [
        (False, {}, b"alice@example.org", True),
        (True, {}, b"alice@example.org", False),
        (True, {"QS_SPAMASSASSIN": "on"}, b"alice@example.org", True),
        (True, {"QS_SPAMASSASSIN": "off"}, b"alice@example.org", False),
        (False, {"SA_SKIP_MD": "on"}, b"alice@example.org", True),
        (False, {"SA_SKIP_MD": "on"}, b"", False),
        (False, {"SA_SKIP_MD": "1"}, b"MAILER-DAEMON@example.org", False),
        (False, {"SA_SKIP_MD": "off"}, b"", True),
        (False, {}, b"", True),
    ],
)
def test_whom_it_is_asked_about(
    fake: FakeSpamd, relay: bool, env: dict[str, str], sender: bytes, is_asked: bool
) -> None:
    """The switches of tcprules, as Qmail-Scanner had them."""
    found = asked(SpamAssassin(servers=(fake.name,)), relay=relay, sender=sender, **env)
    assert len(fake.questions) == is_asked
    assert [str(one) for one in found] == ["note spamassassin" if is_asked else "note not-asked"]


def test_a_large_message_is_not_scored(fake: FakeSpamd) -> None:
    """It is said so, and the limit itself is still scored."""
    plugin = SpamAssassin(servers=(fake.name,), max_bytes=len(RAW))
    assert [str(found) for found in asked(plugin)] == ["note spamassassin"]
    assert [str(found) for found in asked(plugin, raw=RAW + b"\n")] == ["note not-scored"]
    assert len(fake.questions) == 1


def edits(plugin: SpamAssassin, raw: bytes = RAW) -> list[tuple[str, bytes, bytes]]:
    return [(edit.what, edit.field, edit.value) for edit in examine(Filter(plugin), raw).decision.edits]


def test_the_fields_of_spam_and_of_other_mail(fake: FakeSpamd) -> None:
    """Others' filters look for exactly these."""
    plugin = SpamAssassin(servers=(fake.name,))
    assert edits(plugin) == [
        ("add", b"X-Spam-Status", b"No, score=1.0 required=5.0 tests=POINTS_ONE"),
        ("add", b"X-Spam-Level", b"*"),
    ]
    fake.answer = lambda _: scored("6.9")
    assert edits(plugin) == [
        ("add", b"X-Spam-Status", b"Yes, score=6.9 required=5.0 tests=none"),
        ("add", b"X-Spam-Flag", b"YES"),
        ("add", b"X-Spam-Level", b"******"),
    ]
    assert edits(SpamAssassin(servers=(fake.name,), headers=False)) == []


def test_the_points_of_each_rule(fake: FakeSpamd) -> None:
    """From a report, whatever else it says."""
    body = b"Content analysis:\n pts rule\n---- ----\n 3.0 ONE     BODY: 5.0 NO\n-0.1 TWO\n1000 GTUBE  x\n"
    fake.answer = lambda _: scored("6.9", body=body)
    plugin = SpamAssassin(servers=(fake.name,), rule_points=True)
    assert told(examine(Filter(plugin), RAW)) == [("spam spamassassin", "6.9/5.0 ONE=3.0,TWO=-0.1,GTUBE=1000")]
    found = {field: value for _, field, value in edits(plugin)}
    assert found[b"X-Spam-Report"] == b"\n *   3.0 ONE\n *  -0.1 TWO\n *  1000 GTUBE"
    assert found[b"X-Spam-Status"].endswith(b"tests=ONE,TWO,GTUBE")
    assert {question.command for question in fake.questions} == {"REPORT"}


def test_many_rules_are_folded(fake: FakeSpamd) -> None:
    """No line is long, none is lost, and what is no name of a rule is left out."""
    names = [f"A_RULE_WITH_A_NAME_{number}" for number in range(30)]
    fake.answer = lambda _: scored("6.9", body=",".join([*names, "a b", "\xe4", "x" * 200]).encode())
    status = edits(SpamAssassin(servers=(fake.name,)))[0][2]
    assert max(map(len, status.split(b"\n"))) <= 76
    assert status.replace(b"\n ", b"").partition(b"tests=")[2].decode().split(",") == names


@pytest.mark.parametrize("down", [False, True])
def test_a_sender_s_own_fields_are_renamed(fake: FakeSpamd, down: bool) -> None:
    """Above all where there is no score that contradicts them."""
    if down:
        fake.answer = lambda _: b""
    raw = b"X-Spam-Status: No, score=-100\nx-SPAM-level: \nX-Spam-Status: No\nX-Spams: x\n" + RAW
    found = [edit for edit in edits(SpamAssassin(servers=(fake.name,)), raw) if edit[0] == "rename_inbound"]
    assert found == [
        ("rename_inbound", b"x-spam-status", b"X-Qmail-Scanner-MOVED-X-Spam-Status"),
        ("rename_inbound", b"x-spam-level", b"X-Qmail-Scanner-MOVED-x-SPAM-level"),
    ]


def test_mail_that_it_is_not_asked_about_is_left_alone(fake: FakeSpamd) -> None:
    """Our own people's mail may bear what another machine of ours wrote."""
    client = Client(ip="192.0.2.1", relay=True)
    envelope = Envelope(sender=b"alice@example.org", recipients=(BOB,))
    chosen = Filter(SpamAssassin(servers=(fake.name,)))
    assert chosen.examine(b"X-Spam-Status: No\n" + RAW, envelope, client).decision.edits == ()


@pytest.mark.parametrize(("points", "is_tagged"), [("4.9", False), ("5.0", False), ("5.4", False), ("5.5", True)])
def test_the_subject_is_tagged_from_its_threshold_on(fake: FakeSpamd, points: str, is_tagged: bool) -> None:
    """If it is switched on."""
    fake.answer = lambda _: scored(points)
    tags = [
        edit for edit in edits(SpamAssassin(servers=(fake.name,), subject_tag="[SPAM]", tag=0.5)) if "tag" in edit[0]
    ]
    assert tags == [("subject_tag", b"Subject", b"[SPAM]")] * is_tagged
    assert not [edit for edit in edits(SpamAssassin(servers=(fake.name,), tag=0.5)) if "tag" in edit[0]]


@pytest.mark.parametrize(
    ("points", "action"),
    [
        ("4.9", Action.ACCEPT),
        ("5.0", Action.ACCEPT),
        ("7.0", Action.ACCEPT),
        ("7.1", Action.QUARANTINE),
        ("9.1", Action.QUARANTINE),
        ("9.2", Action.DISCARD),
        ("15.0", Action.REJECT),
        ("1000.0", Action.REJECT),
    ],
)
def test_the_highest_threshold_that_is_reached_decides(fake: FakeSpamd, points: str, action: Action) -> None:
    """7.1 is 2.1 above 5.0, whatever binary fractions say."""
    fake.answer = lambda _: scored(points)
    decision = decided(SpamAssassin(servers=(fake.name,), quarantine=2.1, discard=4.2, reject=10))
    assert decision.action is action
    if action is not Action.ACCEPT:
        assert [found.kind for group in decision.groups for found in group.because] == [Kind.SPAM]
        assert points in decision.groups[0].reason


def test_no_threshold_is_on_by_itself(fake: FakeSpamd) -> None:
    """Spam is tagged and delivered, as by Qmail-Scanner."""
    fake.answer = lambda _: scored("1000.0")
    assert decided(SpamAssassin(servers=(fake.name,))).action is Action.ACCEPT


def test_some_recipients_have_thresholds_of_their_own(fake: FakeSpamd) -> None:
    """The first table that fits holds instead of the usual ones."""
    fake.answer = lambda _: scored("10.0")
    some = (
        {"recipient": "bob@EXAMPLE.com"},
        {"recipient": ("@example.com", "@example.net"), "discard": 5},
        {"recipient": ["carol@example.net"], "reject": 1},
    )
    plugin = SpamAssassin(servers=(fake.name,), quarantine=2, recipients=some)
    groups = {group.recipients: group.action for group in decided(plugin, BOB, CAROL, DAVE).groups}
    assert groups == {(BOB,): Action.ACCEPT, (CAROL,): Action.DISCARD, (DAVE,): Action.QUARANTINE}


POINTS = st.sampled_from([0.0, 0.1, 2.0, 5.0, 10.0])


@given(POINTS, POINTS, POINTS, st.floats(0, 20))
def test_more_points_never_reach_a_lower_threshold(
    quarantine: float, discard: float, reject: float, over: float
) -> None:
    """What is done is one of those reached, none of which is higher, nor safer at the same height."""
    table = {"quarantine": quarantine, "discard": discard, "reject": reject}
    action = thresholds(table).action(over)
    reached = {KEYS[key]: points for key, points in table.items() if points and points <= over}
    assert (action is None) is (not reached)
    if action is not None:
        assert (reached[action], action) == max((points, one) for one, points in reached.items())


def test_a_message_needs_no_expensive_import(fake: FakeSpamd) -> None:
    """A process for each message would pay each time."""
    code = (
        "import sys; before = set(sys.modules)\n"
        "from qsfilter import Filter, Envelope; from qsfilter_spamassassin import SpamAssassin\n"
        f"chosen = Filter(SpamAssassin(servers=({fake.name!r},))); chosen.start()\n"
        f"report = chosen.examine({RAW!r}, Envelope(sender=b'', recipients=()))\n"
        "print(*map(str, report.findings), *sorted({'socket', 'ssl', 'asyncio'} & (set(sys.modules) - before)))"
    )
    said = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "note spamassassin"
