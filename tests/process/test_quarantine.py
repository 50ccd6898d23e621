"""Whatever is not handed over lies in the quarantine, byte for byte and durably, before the caller hears "accepted"."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from qsfilter.model import Envelope
from qsfilter.testing.caller import call
from qsfilter.testing.messages import attachment, eicar, message, part, zip_of
from qsfilter.transport import envelope_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.process.conftest import Site

RULES = 'rule Marked { strings: $a = "marked for the test" condition: $a }\n'


def sidecar_of(kept: Path) -> dict[str, Any]:
    """Read the sidecar of the message KEPT."""
    found: dict[str, Any] = json.loads((kept.parent.parent / "sidecar" / f"{kept.name}.json").read_text())
    return found


def all_files(site: Site) -> list[Path]:
    """List every file below the quarantine."""
    return [path for path in site.quarantine.rglob("*") if path.is_file()]


# --- keeping ----------------------------------------------------------------------------------------------------------

INFECTED = {
    "attachment": message(part(b"Look.\n"), attachment(eicar(), "x.txt")),
    "CRLF": message(
        part(b"Look.\r\n", newline=b"\r\n"), attachment(eicar(), "x.txt", newline=b"\r\n"), newline=b"\r\n"
    ),
    "zip in zip": message(part(b"Look.\n"), attachment(zip_of({"b.zip": zip_of({"x.com": eicar()})}), "a.zip")),
    "in the text": message(b"This is it: " + eicar() + b"\n"),
    "every byte": message(b"\n" + eicar() + bytes(range(256)) + b"\r\0\r\r\n"),
    "no line end": message(eicar()),
    "12 MB": message(part(b"0123456789abcde\n" * 750_000), attachment(eicar(), "x.txt")),
}


@pytest.mark.parametrize("raw", INFECTED.values(), ids=INFECTED)
def test_infected_mail_is_accepted_and_kept_and_not_queued(site: Site, raw: bytes) -> None:
    answer = site.call(raw)
    assert (answer.code, answer.text) == (0, ""), answer
    assert not site.queue.queued
    (kept,) = site.kept
    assert kept.parent.parent.name == "viruses"
    assert kept.read_bytes() == raw
    assert len(all_files(site)) == 2, "the message and its sidecar"
    assert "action=quarantine" in answer.log


def test_the_sidecar_says_all_that_is_known(site: Site) -> None:
    rules = site.folder / "marks.yar"
    rules.write_text(RULES)
    site.configure(f'[plugins.yara]\nuse = "qsfilter_yara:Yara"\nfiles = ["{rules}"]\n')
    site.call(
        site.infected,
        environment=site.environment(TCPREMOTEIP="192.0.2.7", TCPREMOTEHOST="mail.example.org", TCPREMOTEINFO="joe"),
    )
    (kept,) = site.kept
    said = sidecar_of(kept)
    assert said["version"] == 1
    assert re.fullmatch("[0-9a-f]{64}", said["key"])
    assert kept.name.startswith(said["key"])
    assert b64decode(said["sender"]) == b"alice@example.org"
    assert [b64decode(one) for one in said["recipients"]] == [b"bob@example.com", b"carol@example.com"]
    assert said["client"] == {"ip": "192.0.2.7", "host": "mail.example.org", "user": "joe"}
    assert said["size"] == len(site.infected)
    assert said["sha256"] == hashlib.sha256(site.infected).hexdigest()
    assert said["action"] == "quarantine"
    assert "EICAR-Test-File" in said["reason"]
    assert said["config"] == hashlib.sha256(site.config.read_bytes()).hexdigest()
    (engine,) = said["engines"]
    assert re.fullmatch(r"yara \d+\.\d+\.\d+ [0-9a-f]{12}", engine)
    report = said["report"]
    assert report["action"] == "quarantine"
    assert [found["name"] for found in report["findings"] if found["kind"] == "malware"] == ["EICAR-Test-File"]
    assert {part["origin"] for part in report["parts"]} == {"message", "mime"}
    assert {part["sha256"] for part in report["parts"]} >= {hashlib.sha256(eicar()).hexdigest()}
    assert {call["hook"] for call in report["calls"]} >= {"parse", "scan"}


ENVELOPES = {
    "usual": b"Falice@example.org\0Tbob@example.com\0\0",
    "many": b"F\0" + b"".join(b"Tr%d@example.com\0" % number for number in range(1000)) + b"\0",
    "8-bit and line feeds": b"F\xff\n@\x80\0T\xc3\xa4@example.com\0Ta\r\nb\0T\0\0",
    "nobody": b"Falice@example.org\0\0",
}


@pytest.mark.parametrize("envelope", ENVELOPES.values(), ids=ENVELOPES)
def test_what_is_kept_can_be_queued_as_it_came(site: Site, envelope: bytes) -> None:
    assert site.call(site.infected, envelope).code == 0
    (kept,) = site.kept
    said = sidecar_of(kept)
    again = Envelope(
        sender=b64decode(said["sender"]), recipients=tuple(b64decode(address) for address in said["recipients"])
    )
    assert envelope_bytes(again) == envelope
    assert call(site.queue.program, kept.read_bytes(), again).accepted
    (queued,) = site.queue.queued
    assert (queued.message, queued.envelope) == (site.infected, envelope)


# --- trying again -----------------------------------------------------------------------------------------------------


def test_a_retry_replaces_its_copy(site: Site) -> None:
    """Each attempt of the sending server puts another Received on top."""
    for attempt in range(3):
        raw = b"Received: from mail.example.org by mx%d; attempt %d\n" % (attempt, attempt) + site.infected
        assert site.call(raw).code == 0
        assert [kept.read_bytes() for kept in site.kept] == [raw]
        assert len(all_files(site)) == 2
    raw = b"Return-Path: <x>\nDelivered-To: y\nReceived: a;\n b\nReceived: c\n" + site.infected
    assert site.call(raw).code == 0
    assert [kept.read_bytes() for kept in site.kept] == [raw]


def test_a_retry_replaces_a_copy_that_was_read_meanwhile(site: Site) -> None:
    site.call(site.infected)
    (kept,) = site.kept
    kept.rename(kept.parent.parent / "cur" / f"{kept.name}:2,S")
    site.call(b"Received: again\n" + site.infected)
    assert [one.read_bytes() for one in site.kept] == [b"Received: again\n" + site.infected]
    assert len(all_files(site)) == 2


def test_a_retry_that_is_judged_otherwise_moves_its_copy(site: Site) -> None:
    """Signatures that arrived meanwhile may turn a forbidden attachment into a virus."""
    rules = site.folder / "marks.yar"
    rules.write_text(RULES.replace("{ strings", '{ meta: kind = "policy" strings'))
    yara = f'[plugins.yara]\nuse = "qsfilter_yara:Yara"\nfiles = ["{rules}"]\n'
    raw = message(b"marked for the test\n")
    site.configure(f'[actions]\npolicy = "quarantine"\n{yara}')
    for kind in ("policy", "malware", "policy"):
        rules.write_text(RULES.replace("{ strings", f'{{ meta: kind = "{kind}" strings'))
        assert site.call(raw).code == 0
        (kept,) = site.kept
        assert kept.parent.parent.name == ("viruses" if kind == "malware" else "policy")
        assert len(all_files(site)) == 2


def test_others_have_copies_of_their_own(site: Site) -> None:
    envelopes = [
        b"Falice@example.org\0Tbob@example.com\0\0",
        b"Falice@example.org\0Tcarol@example.com\0\0",
        b"Falice@example.org\0Tbob@example.com\0Tcarol@example.com\0\0",
        b"Falice@example.org\0Tcarol@example.com\0Tbob@example.com\0\0",
        b"Falice@example.org\0Tbob@example.comTcarol@example.com\0\0",
        b"Fmallory@example.org\0Tbob@example.com\0\0",
        b"F\0Tbob@example.com\0\0",
    ]
    for envelope in envelopes:
        assert site.call(site.infected, envelope).code == 0
    assert len(site.kept) == len(envelopes)
    assert len({sidecar_of(kept)["key"] for kept in site.kept}) == len(envelopes)
    other = site.infected.replace(b"Look at this.", b"Look at that.")
    site.call(other, envelopes[0])
    assert len(site.kept) == len(envelopes) + 1


def test_the_same_mail_at_the_same_time_is_kept_once(site: Site) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(site.call, [site.infected] * 8))
    assert {answer.code for answer in answers} == {0}
    assert [kept.read_bytes() for kept in site.kept] == [site.infected]
    assert len(all_files(site)) == 2


# --- several recipients -----------------------------------------------------------------------------------------------

SPLIT = """
@plugin
class Split:
    '''Has an opinion on some recipients.'''

    @hookimpl
    def decide(self, message, findings, ctx):
        for recipient in message.envelope.recipients:
            if recipient.startswith(b"q"):
                yield Verdict(action=Action.QUARANTINE, reason="q", recipients=(recipient,))
            if recipient.startswith(b"r"):
                yield Verdict(action=Action.REJECT, reason="r", recipients=(recipient,), keep=True)
            if recipient.startswith(b"d"):
                yield Verdict(action=Action.DISCARD, reason="d", recipients=(recipient,))
            if recipient.startswith(b"t"):
                yield Verdict(action=Action.DEFER, reason="t", recipients=(recipient,))
"""


@pytest.mark.parametrize(
    ("recipients", "code", "queued", "kept"),
    [
        ("a q", 0, "a", ["q"]),
        ("b q1 a q2 b", 0, "b a b", ["q1", "q2"]),
        ("a r", 0, "a", ["r"]),
        ("r1 r2", 31, "", ["r1", "r2"]),
        ("q r", 0, "", ["q", "r"]),
        ("a d", 0, "a", []),
        ("d1 d2", 0, "", []),
        ("a t q d r", 71, "", []),
    ],
)
def test_every_recipient_is_served_or_kept_for(
    site: Site, recipients: str, code: int, queued: str, kept: list[str]
) -> None:
    envelope = Envelope(sender=b"alice@example.org", recipients=tuple(recipients.encode().split()))
    answer = site.call(site.clean, envelope, program=site.own_wrapper(SPLIT, "Split()"))
    assert answer.code == code, answer
    if queued:
        expected = Envelope(sender=envelope.sender, recipients=tuple(queued.encode().split()))
        assert site.queued() == (site.clean, envelope_bytes(expected))
    else:
        assert not site.queue.queued
    assert all(copy.read_bytes() == site.clean for copy in site.kept)
    names = [b64decode(one).decode() for copy in site.kept for one in sidecar_of(copy)["recipients"]]
    assert sorted(names) == kept


def test_mail_that_the_queue_refuses_stays_kept_for_the_others(site: Site) -> None:
    """The sender tries again for all, and then the copy is replaced."""
    envelope = Envelope(sender=b"alice@example.org", recipients=(b"a", b"q"))
    program = site.own_wrapper(SPLIT, "Split()")
    site.queue.exit_with(53)
    assert site.call(site.clean, envelope, program=program).code == 53
    site.queue.exit_with(0)
    assert site.call(b"Received: x\n" + site.clean, envelope, program=program).code == 0
    assert site.queued() == (b"Received: x\n" + site.clean, b"Falice@example.org\0Ta\0\0")
    assert [kept.read_bytes() for kept in site.kept] == [b"Received: x\n" + site.clean]


# --- when it can't be kept --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["quarantine", '{ action = "reject", keep = true }'])
@pytest.mark.parametrize("place", ["", "/viruses", "/viruses/tmp", "/viruses/new", "/viruses/sidecar"])
def test_mail_that_cant_be_kept_waits(site: Site, place: str, action: str) -> None:
    """A file stands where a folder should be; permissions would not stop root."""
    if not action.startswith("{"):
        action = f'"{action}"'
    site.configure(f'[actions]\nmalware = {action}\n[plugins.yara]\nuse = "qsfilter_yara:Yara"\n')
    obstacle = site.folder / f"quarantine{place}"
    obstacle.parent.mkdir(parents=True, exist_ok=True)
    obstacle.write_text("in the way")
    answer = site.call(site.infected)
    assert (answer.code, answer.text[:1]) == (71, "Z"), answer
    assert site.untouched
    assert "quarantine" in answer.log
    assert obstacle.read_text() == "in the way"
    if place != "/viruses/tmp":
        assert not list(site.quarantine.glob("*/tmp/*"))
    obstacle.unlink()
    assert site.call(site.infected).code in {0, 31}
    assert [kept.read_bytes() for kept in site.kept] == [site.infected]


@pytest.mark.parametrize("kilobytes", [4, 16, 40, 64, 120])
def test_on_a_full_disk_mail_waits(site: Site, kilobytes: int) -> None:
    """The quarantine is a file system that holds folders and sidecar at most, seen by the wrapper alone."""
    shell = (
        'mount -t tmpfs -o size="$1"k,nr_inodes=100 none "$2" || exit 99; "$0"; code=$?; '
        'cd "$2" && find . -type f -path "*/new/*" -exec wc -c {} + >"$3"; find . -type f | wc -l >>"$3"; exit $code'
    )
    site.quarantine.mkdir()
    command = ["unshare", "--mount", "sh", "-c"]
    if subprocess.run([*command, 'mount -t tmpfs none "$0"', site.quarantine], check=False, stderr=-3).returncode:
        pytest.skip("may not mount a file system of a test's own")
    raw = message(part(b"0123456789abcde\n" * 8000), attachment(eicar(), "x.txt"))
    answer = site.call(
        raw, program=[*command, shell, site.wrapper, str(kilobytes), str(site.quarantine), str(site.folder / "left")]
    )
    assert answer.code == 71, answer
    assert site.untouched
    assert "No space left" in answer.log or "could not" in answer.log
    left = (site.folder / "left").read_text().split()
    assert len(left) == 1, left


def test_where_files_may_not_grow_mail_waits(site: Site) -> None:
    """The message itself can't be taken in; Python ignores the signal that would otherwise end us."""
    big = site.infected + b"x" * 200_000
    answer = site.call(big, program=["/bin/sh", "-c", 'ulimit -f 200 && exec "$0"', site.wrapper])
    assert answer.code == 53, answer
    assert site.untouched
    assert answer.log.count("\n") == 1


def test_a_message_that_outgrows_memory_and_disk_waits(site: Site) -> None:
    answer = site.call(site.clean + b"x" * (9 << 20), environment=site.environment(TMPDIR=str(site.folder / "missing")))
    assert answer.code == 53
    assert site.untouched


def test_mail_is_kept_again_after_the_folder_is_gone(site: Site) -> None:
    for _ in range(2):
        assert site.call(site.infected).code == 0
        assert [kept.read_bytes() for kept in site.kept] == [site.infected]
        shutil.rmtree(site.quarantine)
