"""The header fields and the status word of Qmail-Scanner, as those who parse them want them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Client, ConfigError, Entry, Envelope, Filter, config, hookimpl, malware, note, plugin, spam
from qsfilter.actions import Action, Kind
from qsfilter.edits import head
from qsfilter.legacy_headers import DESCRIPTIVE, FORMS, MOST_RECIPIENTS, VERSION, LegacyHeaders
from qsfilter.legacy_status import status
from qsfilter.limits import Limits
from qsfilter.model import About, Finding
from qsfilter.site_policy import Policy
from qsfilter.testing import QueueStandIn, message
from qsfilter.testing.caller import call
from qsfilter.transport import pieces
from tests.process.conftest import YARA
from tests.process.service_place import ServedSite

if TYPE_CHECKING:
    from qsfilter import Report

BOB, CAROL = b"bob@example.com", b"carol@example.net"
RAW = message(b"Hello\n")
STRANGER = Client(ip="192.0.2.1", host="client.example.org")
CLAMAV = About(name="clamav", version="1.4.1", signatures="27000", engine=True)
ASSASSIN = About(name="spamassassin", version="0.1.0")
RULES = About(name="yara", version="1.0", engine=True)
HOST = os.uname().nodename
PLACE = re.escape(HOST)
RECEIVED = LegacyHeaders(legacy="received")
DIAGNOSTICS = LegacyHeaders(legacy="diagnostics")


@plugin
class Asked:
    """Is asked to scan, and finds what it is told to find."""

    found: tuple[Finding, ...] = ()

    @hookimpl
    def scan(self) -> tuple[Finding, ...]:
        """Find it."""
        return self.found


def reported(
    *found: Finding,
    about: tuple[About, ...] = (),
    sender: bytes = b"alice@example.org",
    recipients: tuple[bytes, ...] = (BOB, CAROL),
    client: Client = STRANGER,
    raw: bytes = RAW,
    chosen: Filter | None = None,
) -> Report:
    """Return what is said of RAW, in which a scanner has FOUND this, and who was ABOUT."""
    chosen = chosen or Filter(Entry(name="clamav", plugin=Asked(found=found)))
    report = chosen.examine(raw, Envelope(sender=sender, recipients=recipients), client)
    return replace(report, about=about)


def fields(report: Report, legacy: LegacyHeaders, raw: bytes = RAW) -> dict[str, str]:
    """Return the fields that are added below ours, each with its folds."""
    lines = head(report, raw, legacy).lines.decode("ascii")
    found = re.findall(r"^([!-9;-~]+): ((?:.*\n)(?:[ \t].*\n)*)", lines, re.MULTILINE)
    assert found[0][0] == "X-QSFilter"
    assert len(dict(found)) == len(found)
    return dict(found[1:])


def whole(raw: bytes, legacy: LegacyHeaders, chosen: Filter | None = None) -> bytes:
    """Return RAW as it is handed over."""
    return b"".join(pieces(raw, head(reported(raw=raw, chosen=chosen), raw, legacy)))


# --- the line of 1.24, and the one of 2.10 --------------------------------------------------------------------------


def test_the_received_line_has_its_form() -> None:
    told = fields(reported(about=(CLAMAV,)), RECEIVED)
    assert list(told) == ["Received"]
    assert re.fullmatch(
        rf"from 192\.0\.2\.1 by {PLACE} \(envelope-from <alice@example\.org>, uid {os.getuid()}\)"
        rf" with qmail-scanner-{re.escape(VERSION)} \n"
        r" \(clamdscan: 1\.4\.1/27000\.  \n"
        r" Clear:RC:0\(192\.0\.2\.1\):\. \n"
        r" Processed in \d+\.\d{6} secs\); \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d -0000\n",
        told["Received"],
    ), told


def test_the_diagnostics_have_theirs() -> None:
    """They know the name of the client, and who has logged in."""
    client = replace(STRANGER, user="alice", relay=True)
    told = fields(reported(about=(RULES, CLAMAV, ASSASSIN), client=client), DIAGNOSTICS)
    assert list(told) == ["X-Qmail-Scanner-Diagnostics"]
    assert re.fullmatch(
        rf"from client\.example\.org \(alice@192\.0\.2\.1\) by {PLACE} \(envelope-from <alice@example\.org>, uid \d+\)"
        r" with qmail-scanner-2\.11\S* \n"
        r" \(yara: 1\.0\. clamdscan: 1\.4\.1/27000\. spamassassin: 0\.1\.0\.  \n"
        r" Clear:RC:1\(192\.0\.2\.1\):SA:0\(\?/\?\):\. \n"
        r" Processed in \d+\.\d{6} secs\); \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d -0000\n",
        told["X-Qmail-Scanner-Diagnostics"],
    ), told


def test_without_a_scanner_none_is_listed() -> None:
    assert "\n (Clear:RC:0(192.0.2.1):. \n" in fields(reported(), RECEIVED)["Received"]


@pytest.mark.parametrize("seconds", [1e-9, 0.0, 123456.7])
def test_seconds_are_plain_digits(seconds: float) -> None:
    report = replace(reported(), seconds=seconds)
    assert f"Processed in {seconds:.6f} secs" in fields(report, RECEIVED)["Received"]


def test_a_scanner_that_did_not_look_stands_in_braces() -> None:
    """It failed, or was not asked."""
    failed = Finding(kind=Kind.FAILURE, name="crash")
    found = (failed, note("not-asked", detail="the client may relay"))
    lenient = Filter(
        Entry(name="clamav", plugin=Asked(found=found)), policy=Policy(actions={"failure": (Action.ACCEPT, False)})
    )
    told = fields(reported(about=(CLAMAV, RULES, ASSASSIN), chosen=lenient), RECEIVED)["Received"]
    assert "({clamdscan: 1.4.1/27000}. yara: 1.0. {spamassassin: 0.1.0}.  \n" in told
    unasked = replace(reported(about=(CLAMAV,)), calls=())
    assert "({clamdscan: 1.4.1/27000}.  \n" in fields(unasked, RECEIVED)["Received"]


def test_a_sender_for_whom_there_is_no_room_is_left_out_and_not_cut() -> None:
    """SpamAssassin takes a comment of at most 100 characters; a part of an address is another one."""
    for length in range(40, 120):
        sender = b"a" * length + b"@example.org"
        line = fields(reported(sender=sender), RECEIVED)["Received"].split("\n")[0]
        assert re.fullmatch(r"from \S+ by \S+ \(.{0,100}\) with qmail-scanner\S+ ", line)
        assert (f"<{sender.decode()}>" in line) is ("envelope-from" in line)
    assert sender.decode() in fields(reported(sender=sender), DIAGNOSTICS)["X-Qmail-Scanner-Diagnostics"]


# --- the descriptive fields -----------------------------------------------------------------------------------------


def test_descriptive_fields() -> None:
    told = fields(reported(), LegacyHeaders(descriptive="yes"))
    assert told["X-Qmail-Scanner-Mail-From"] == f"alice@example.org via {HOST}\n"
    pattern = rf"{re.escape(VERSION)} \(Clear:RC:0\(192\.0\.2\.1\):\. Processed in \d+\.\d{{6}} secs\)\n"
    assert re.fullmatch(pattern, told["X-Qmail-Scanner"])
    assert len(told) == 2


def test_all_of_them_name_the_recipients_who_are_given_the_message() -> None:
    """And nobody who is not."""
    legacy = LegacyHeaders(descriptive="all", prefix="X-Antivirus-EXAMPLE")
    told = fields(reported(), legacy)
    assert told["X-Antivirus-EXAMPLE-Rcpt-To"] == "bob@example.com carol@example.net\n"
    assert list(told) == ["X-Antivirus-EXAMPLE-Mail-From", "X-Antivirus-EXAMPLE-Rcpt-To", "X-Antivirus-EXAMPLE"]
    report = reported()
    (group,) = report.decision.groups
    kept = replace(group, recipients=(BOB,), action=Action.QUARANTINE)
    report = replace(report, decision=replace(report.decision, groups=(kept, replace(group, recipients=(CAROL,)))))
    told = fields(report, legacy)
    assert told["X-Antivirus-EXAMPLE-Rcpt-To"] == "carol@example.net\n"
    assert " (Clear:" in told["X-Antivirus-EXAMPLE"]


def test_many_recipients_are_folded_and_counted() -> None:
    recipients = tuple(b"recipient-%d@example.com" % number for number in range(MOST_RECIPIENTS + 7))
    told = fields(reported(recipients=recipients), LegacyHeaders(descriptive="all"))["X-Qmail-Scanner-Rcpt-To"]
    assert max(len(line) for line in f"X-Qmail-Scanner-Rcpt-To: {told}".splitlines()) <= 78
    words = told.split()
    assert [word.encode() for word in words[:MOST_RECIPIENTS]] == list(recipients[:MOST_RECIPIENTS])
    assert words[MOST_RECIPIENTS:] == ["and", "7", "more"]


def test_a_null_sender_is_shown() -> None:
    report = reported(sender=b"")
    assert fields(report, LegacyHeaders(descriptive="yes"))["X-Qmail-Scanner-Mail-From"].startswith("<> via ")
    assert "(envelope-from <>, uid " in fields(report, RECEIVED)["Received"]


# --- the status word ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "found", "said"),
    [
        ((), (), "Clear:RC:0(192.0.2.1):"),
        ((ASSASSIN,), (note("spamassassin", detail="-4.4/5.0 A,B"),), "Clear:RC:0(192.0.2.1):SA:0(-4.4/5.0):"),
        ((ASSASSIN,), (note("spamassassin", detail="1/5"),), "Clear:RC:0(192.0.2.1):SA:0(1/5):"),
        ((ASSASSIN,), (spam("spamassassin", detail="15.2/5.0 X"),), "Clear:RC:0(192.0.2.1):SA:1(15.2/5.0):"),
        ((ASSASSIN,), (note("not-scored", detail="too large"),), "Clear:RC:0(192.0.2.1):SA:0(?/?):"),
        ((ASSASSIN,), (note("spamassassin", detail="1e9/5.0"),), "Clear:RC:0(192.0.2.1):SA:0(?/?):"),
        ((), (note("crypto", detail="smime,zip"),), "Clear:RC:0(192.0.2.1):CR:smime,zip:"),
        (
            (CLAMAV, ASSASSIN),
            (note("crypto", detail="zip"), note("spamassassin", detail="1.2/5.0"), malware("Eicar:Test")),
            "CLAMDSCAN:Eicar_Test:RC:0(192.0.2.1):SA:0(1.2/5.0):CR:zip:",
        ),
    ],
)
def test_the_status_says_it_all(about: tuple[About, ...], found: tuple[Finding, ...], said: str) -> None:
    report = reported(*found, about=about)
    assert status(report, report.decision.groups[0]) == said


def test_what_nobody_looked_at_is_not_called_clear() -> None:
    """The postmaster lets mail pass."""
    passed = Finding(kind=Kind.NOTE, name="bypass", detail="clamd is down", source="core")
    report = replace(reported(), findings=(passed,))
    assert status(report, report.decision.groups[0]) == "Not_Scanned:bypass:RC:0(192.0.2.1):"


def test_what_is_released_keeps_its_status() -> None:
    """It was not clear, and is handed over all the same; what a virus is called can't end the comment."""
    told = fields(reported(malware("Worm.A) (B"), about=(CLAMAV,)), RECEIVED)["Received"]
    assert "\n CLAMDSCAN:Worm.A] [B:RC:0[192.0.2.1]:. \n Processed" in told


# --- nobody else writes here ----------------------------------------------------------------------------------------

octets = st.binary(max_size=60) | st.sampled_from(
    [b"\r\nBcc: x", b"a\n b", b"a) by x (", b"x>, uid 0) with qmail-scanner (", b"\\", b'"a b"@c', b";", b"\xff\x00"]
)


@given(octets, st.lists(octets, min_size=1, max_size=4), octets, octets, octets, st.sampled_from([*FORMS]))
def test_no_value_gets_out_of_its_place(
    sender: bytes, to: list[bytes], ip: bytes, host: bytes, user: bytes, form: str
) -> None:
    texts = [value.decode("ascii", "backslashreplace") for value in (ip, host, user)]
    client = Client(ip=texts[0], host=texts[1], user=texts[2])
    found = note("crypto", detail=texts[1])
    about = (About(name="clamav", version=texts[0], signatures=texts[2], engine=True),)
    report = reported(found, about=about, sender=sender, recipients=tuple(to), client=client)
    lines = head(report, RAW, LegacyHeaders(legacy=form, descriptive="all")).lines
    assert all(len(line) <= 998 and all(32 <= octet < 127 for octet in line) for line in lines[:-1].split(b"\n"))
    told = fields(report, LegacyHeaders(legacy=form, descriptive="all"))
    assert set(told) - {FORMS[form]} == {f"X-Qmail-Scanner{rest}" for rest in ("", "-Mail-From", "-Rcpt-To")}
    if form == "received":
        first = told["Received"].split("\n")[0]
        assert re.fullmatch(r"from \S+ by \S+ \([^()]{0,100}\) with qmail-scanner\S+ ", first)
    if form != "no":
        text, depth = told[FORMS[form]], 0
        for char in text.rpartition(";")[0]:
            depth += {"(": 1, ")": -1}.get(char, 0)
            assert depth >= 0
        assert depth == 0
        assert "\\" not in text
        assert re.fullmatch(r" \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d -0000\n", text.rpartition(";")[2])
    words = told["X-Qmail-Scanner-Rcpt-To"].split()
    assert len(words) == len([one for one in dict.fromkeys(to) if one])


FORGED = ["X-Qmail-Scanner", "x-qmail-scanner-mail-from", "X-QMAIL-SCANNER-Rcpt-To", "X-Qmail-Scanner-Diagnostics"]


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("limits", [Limits(), Limits(message_bytes=5)], ids=["read", "too long"])
def test_a_senders_copy_is_renamed(name: str, limits: Limits) -> None:
    raw = f"To: y\n{name}: Clear\nSubject: x\n\n{name}: body\n".encode()
    chosen = Filter(limits=limits, policy=Policy(actions={"unscannable": (Action.ACCEPT, False)}))
    legacy = LegacyHeaders(legacy="diagnostics", descriptive="yes")
    handed = whole(raw, legacy, chosen)
    renamed = handed[handed.index(b"\nTo: y\n") + 1 :].decode()
    assert renamed.lower() == f"to: y\n{name}-Inbound: Clear\nSubject: x\n\n{name}: body\n".lower()
    assert whole(raw, RECEIVED, chosen).count(b"-Inbound: Clear") == 1


def test_other_fields_of_that_prefix_stay() -> None:
    """SpamAssassin's rules know the one in which an upstream Qmail-Scanner has put another's score away."""
    raw = b"X-Qmail-Scanner-MOVED-X-Spam-Status: No\nReceived: from a by b\n\n"
    assert whole(raw, RECEIVED).endswith(raw)


def test_fields_have_the_line_ends_of_the_message() -> None:
    lines = head(reported(), RAW.replace(b"\n", b"\r\n"), LegacyHeaders(legacy="received", descriptive="all")).lines
    assert lines.count(b"\n") == lines.count(b"\r\n") > 6


# --- the table ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("legacy", FORMS)
@pytest.mark.parametrize("descriptive", DESCRIPTIVE)
def test_the_table_is_read(legacy: str, descriptive: str) -> None:
    table = {"legacy": legacy, "descriptive": descriptive, "prefix": "X-Toxic"}
    chosen = config.from_table({"headers": table}, "test").setup.headers
    wanted = LegacyHeaders(legacy=legacy, descriptive=descriptive, prefix="X-Toxic")
    assert chosen == (None if legacy == descriptive == "no" else wanted)


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("legacy", "yes", "test: headers.legacy: takes one of no, received, diagnostics, not 'yes'"),
        ("descriptive", "received", "test: headers.descriptive: takes one of no, yes, all, not 'received'"),
        ("legacy", True, "test: headers.legacy: takes str"),
        ("prefix", "Subject", "test: headers.prefix: takes the name of a field that begins with X-"),
        ("prefix", "X-QSFilter", "test: headers.prefix: takes the name of a field that begins with X-"),
        ("prefix", "X-a b", "test: headers.prefix: takes the name of a field that begins with X-"),
        ("prefix", "X-a:", "test: headers.prefix: takes the name of a field that begins with X-"),
        ("prefix", "X-a\n", "test: headers.prefix: takes the name of a field that begins with X-"),
        ("prefixes", "X-a", "test: headers: unknown key 'prefixes'"),
    ],
)
def test_a_mistake_in_the_table_is_named(key: str, value: object, text: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(text)):
        config.from_table({"headers": {key: value}}, "test")


def test_the_table_stands_in_the_documentation() -> None:
    """Each key with its default and every value."""
    page = (Path(__file__).parents[1] / "docs/reference/configuration.md").read_text()
    text = page.partition("\n## [headers]\n")[2].partition("\n## ")[0]
    told = dict(re.findall(r"^\| `(\w+)` \| string \| `\"(.*?)\"`", text, re.MULTILINE))
    assert told == {key.name: key.default for key in dataclass_fields(LegacyHeaders)}
    for value in (*FORMS, *DESCRIPTIVE):
        assert f"`{value}`" in text


def test_a_site_without_the_table_pays_nothing() -> None:
    code = (
        "import sys; from qsfilter import config, Envelope, Filter; from qsfilter.edits import head\n"
        "chosen = config.from_table({}, 'test')\n"
        "head(chosen.examine(b'x', Envelope(sender=b'', recipients=(b'a',))), b'x', chosen.setup.headers)\n"
        "print('qsfilter.legacy_headers' in sys.modules, 'qsfilter.legacy_status' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "False False\n"


# --- real programs --------------------------------------------------------------------------------------------------


def test_the_service_adds_what_the_wrapper_adds(tmp_path: Path) -> None:
    """But for seconds and date."""
    site = ServedSite(tmp_path)
    site.configure(f'[headers]\nlegacy = "diagnostics"\ndescriptive = "all"\n{YARA}')
    told: list[str] = []
    with site.service():
        told.append(site.hand_in(site.clean).lines.decode())
        assert site.call(site.clean).accepted
    site.configure(f'[headers]\nlegacy = "diagnostics"\ndescriptive = "all"\n{YARA}', service='fallback = "in-process"')
    assert site.call(site.clean).accepted
    told += [queued.message.removesuffix(site.clean).decode() for queued in site.queue.queued]
    plain = {re.sub(r"in [0-9.]+ secs|[0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8}", "", text) for text in told}
    assert len(told) == 3
    assert len(plain) == 1
    assert "X-Qmail-Scanner-Rcpt-To: bob@example.com carol@example.com\n" in plain.pop()


RELAYS = r"""
use Mail::SpamAssassin;
my $assassin = Mail::SpamAssassin->new({
    config_text => "use_bayes 0\nutil_rb_tld com net org\nloadplugin Mail::SpamAssassin::Plugin::Check\nbody X /x/\n",
    local_tests_only => 1,
    dont_copy_prefs => 1,
});
my $status = $assassin->check_message_text(join "", <STDIN>);
printf "%s\n%d\n", $status->get("X-Spam-Relays-Untrusted"), $status->{msg}{metadata}{num_relays_unparseable} || 0;
"""
SMTP = (
    b"Received: from unknown (HELO client.example.org) (%b)\n"
    b"  by mx.example.com with SMTP; 23 Nov 2026 02:54:56 -0000\n"
)
"""What qmail-smtpd writes before it calls the queue program."""


@pytest.mark.servers
@pytest.mark.parametrize(
    ("ip", "sender", "recovered"),
    [
        ("192.0.2.1", b"alice@example.org", "alice@example.org"),
        ("2001:db8::1", b"alice-return-1-bob=example.com@lists.example.org", None),
        ("192.0.2.1", b"a" * 100 + b"@example.org", ""),
        ("192.0.2.1", b"", ""),
        ("192.0.2.1", b"x> by y (envelope-from <root@example.com", "x??by?y??envelope-from??root@example.com"),
    ],
)
def test_spamassassin_finds_the_sender_in_what_the_wrapper_delivers(
    tmp_path: Path, ip: str, sender: bytes, recovered: str | None
) -> None:
    """It takes the line for one that it knows, and the address for that of the hand-over below it."""
    queue = QueueStandIn(str(tmp_path))
    file = tmp_path / "qsfilter.toml"
    tables = f'[deliver]\nqmail_queue = "{queue.program}"\n[quarantine]\npath = "{tmp_path}/kept"\n'
    file.write_text(f'{tables}[headers]\nlegacy = "received"\ndescriptive = "all"\n')
    raw = SMTP % ip.encode() + RAW
    environment = {"PATH": os.defpath, "QSFILTER_CONFIG": str(file), "TCPREMOTEIP": ip, "TCPREMOTEINFO": "a) by b ("}
    wrapper = os.path.join(sys.prefix, "bin", "qsfilter-queue")
    answer = call(wrapper, raw, Envelope(sender=sender, recipients=(BOB,)), environment=environment)
    assert answer.accepted, answer.log
    (queued,) = queue.queued
    assert queued.message.endswith(raw)
    delivered = b"Received: (qmail 1234 invoked by uid 89); 23 Nov 2026 02:54:57 -0000\n" + queued.message
    done = subprocess.run(["perl", "-T", "-e", RELAYS], input=delivered, check=True, capture_output=True, timeout=60)
    relay, unread = done.stdout.decode().splitlines()
    assert unread == "0"
    found = re.fullmatch(r"\[ ip=(\S+) .* envfrom=(\S*) intl=.*\]", relay)
    assert found, done.stdout
    assert found[1].lower().startswith(ip[:8])
    assert found[2] == (sender.decode() if recovered is None else recovered)
