"""Released mail is what was received, goes to whom it is held for, once, and only if nothing new is found in it."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from qsfilter.testing.messages import attachment, eicar, message, part

if TYPE_CHECKING:
    from pathlib import Path

    from tests.process.conftest import Site

MARK = b"marked for the test\n"
RULES = 'rule Marked { meta: kind = "KIND" strings: $a = "marked for the test" condition: $a }\n'
OTHER = 'rule Other { meta: kind = "policy" strings: $a = "for the test" condition: $a }\n'
ENVELOPE = b"Falice@example.org\0Tbob@example.com\0Tcarol@example.com\0\0"


def configure(site: Site, kind: str = "policy", more: str = "", rules: str = "", program: str = "") -> None:
    """Let an engine find the mark and call it KIND; quarantine for policy."""
    (site.folder / "marks.yar").write_text(RULES.replace("KIND", kind) + rules)
    site.configure(
        f'{more}\n[actions]\npolicy = "quarantine"\n'
        f'[plugins.yara]\nuse = "qsfilter_yara:Yara"\nfiles = ["{site.folder / "marks.yar"}"]\n',
        program=program,
    )


def hold(site: Site, raw: bytes | None = None, envelope: bytes = ENVELOPE) -> str:
    """Let the wrapper quarantine RAW and return the id of the copy."""
    assert site.call(message(MARK) if raw is None else raw, envelope).code == 0
    (kept,) = site.kept
    return kept.name


def listed(site: Site) -> dict[str, Any]:
    """Return the one copy as `list` tells it."""
    found: dict[str, Any] = json.loads(site.run_quarantine("list", "--json").stdout)
    return found


def state(site: Site) -> str:
    return site.run_quarantine("list").stdout.splitlines()[1].split("  ")[3].strip()


def log(site: Site) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (site.quarantine / "released.log").read_text().splitlines()]


RAW = {
    "usual": message(MARK),
    "CRLF": message(b"x\r\n" + MARK, newline=b"\r\n"),
    "every byte": b"\n" + MARK + bytes(range(256)) + b"\r\0\r\r\n",
    "no line end": MARK.rstrip(),
    "12 MB": message(part(MARK), part(b"0123456789abcde\n" * 750_000)),
}
ENVELOPES = {
    "usual": ENVELOPE,
    "8-bit and line feeds": b"F\xff\n@\x80\0T\xc3\xa4@example.com\0Ta\r\nb\0T\xff\0\0",
    "null sender": b"F\0Tbob@example.com\0\0",
}


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW)
def test_what_is_released_is_what_was_received_under_our_lines(site: Site, raw: bytes) -> None:
    configure(site)
    name = hold(site, raw)
    done = site.run_quarantine("release", name[:10], QMAILQUEUE=site.wrapper, QSFILTER_OTHER="x")
    assert done.returncode == 0, done.stderr
    (queued,) = site.queue.queued
    assert queued.envelope == ENVELOPE
    assert queued.message.endswith(raw)
    ours = queued.message[: len(queued.message) - len(raw)].split(b"\n")[:-1]
    assert ours[0].startswith(b"X-QSFilter: released by ")
    assert ours[1].startswith(b"X-QSFilter: accepted with findings;")
    assert all(line.startswith(b" ") for line in ours[2:])
    (given,) = site.queue.states
    assert not [one for one in given["environment"] if one.startswith(("QMAILQUEUE", "QSFILTER_"))]


@pytest.mark.parametrize("envelope", ENVELOPES.values(), ids=ENVELOPES)
def test_it_goes_to_whom_it_was_held_for(site: Site, envelope: bytes) -> None:
    configure(site)
    assert site.run_quarantine("release", hold(site, envelope=envelope)).returncode == 0
    (queued,) = site.queue.queued
    assert queued.envelope == envelope
    assert state(site) == "released"
    assert listed(site)["held"] == []


def test_one_recipient_after_the_other(site: Site) -> None:
    configure(site)
    name = hold(site)
    assert site.run_quarantine("release", name, "--to", "carol@example.com").returncode == 0
    assert state(site) == "in part"
    for wrong in ("carol@example.com", "dave@example.com"):
        done = site.run_quarantine("release", name, "--to", wrong)
        assert (done.returncode, wrong in done.stderr) == (1, True)
    assert site.run_quarantine("release", name).returncode == 0
    assert sorted(one.envelope for one in site.queue.queued) == [
        b"Falice@example.org\0Tbob@example.com\0\0",
        b"Falice@example.org\0Tcarol@example.com\0\0",
    ]
    done = site.run_quarantine("release", name)
    assert (done.returncode, "all its recipients" in done.stderr) == (1, True)
    assert site.run_quarantine("list", "--held").stdout.count("\n") == 1
    assert [(line["what"], line["result"], line["recipients"]) for line in log(site)] == [
        ("release", "handed", ["carol@example.com"]),
        ("release", "handed", ["bob@example.com"]),
    ]
    assert {(line["uid"], line["reason"]) for line in log(site)} == {(os.getuid(), "policy Marked")}


# --- what keeps it ----------------------------------------------------------------------------------------------------


def test_malware_needs_a_reason(site: Site) -> None:
    configure(site)
    raw = message(part(b"Look.\n"), attachment(eicar(), "x.txt"))
    name = hold(site, raw)
    done = site.run_quarantine("release", name)
    assert (done.returncode, "EICAR" in done.stderr) == (1, True)
    assert not site.queue.queued
    assert state(site) == "held"
    assert site.run_quarantine("release", name, "--malware", "for the\nlaboratory").returncode == 0
    (queued,) = site.queue.queued
    assert queued.message.endswith(raw)
    assert b"; malware: for the\\nlaboratory\n" in queued.message
    assert [line["malware"] for line in log(site)] == ["", "for the\nlaboratory"]


@pytest.mark.parametrize(("then", "now"), [("policy", "malware"), ("malware", "policy")])
def test_malware_then_or_now_needs_a_reason(site: Site, then: str, now: str) -> None:
    """Signatures come and go; a copy for which there is another reason today needs that looked at as well."""
    configure(site, then)
    name = hold(site)
    configure(site, now)
    done = site.run_quarantine("release", name)
    assert (done.returncode, "--malware" in done.stderr) == (1, True)
    assert not site.queue.queued


def test_malware_that_is_no_longer_found_still_needs_a_reason(site: Site) -> None:
    configure(site, "malware")
    name = hold(site)
    configure(site, "note")
    assert site.run_quarantine("release", name).returncode == 1
    assert site.run_quarantine("release", name, "--malware", "a false alarm").returncode == 0
    assert len(site.queue.queued) == 1


def test_what_it_was_not_held_for_is_not_silenced(site: Site) -> None:
    configure(site)
    name = hold(site)
    configure(site, rules=OTHER)
    done = site.run_quarantine("release", name, "--malware", "whatever")
    assert (done.returncode, "policy Other" in done.stderr) == (1, True)
    assert not site.queue.queued


@pytest.mark.parametrize("missing", ["server", "engine"])
def test_what_cant_be_checked_stays_held(site: Site, missing: str) -> None:
    configure(site)
    name = hold(site)
    if missing == "server":
        configure(site)
        with site.config.open("a") as file:
            file.write(f'[plugins.clamav]\nservers = ["unix:{site.folder}/nowhere"]\n')
    else:
        site.configure()
    done = site.run_quarantine("release", name, "--malware", "whatever")
    assert (done.returncode, "can't be checked now" in done.stderr) == (1, True), done.stderr
    assert not site.queue.queued
    assert state(site) == "held"


@pytest.mark.parametrize("damage", [b"", b"x"])
def test_what_is_not_what_was_received_stays_held(site: Site, damage: bytes) -> None:
    configure(site)
    name = hold(site)
    (kept,) = site.kept
    kept.write_bytes(kept.read_bytes() + b"more" if damage else b"")
    done = site.run_quarantine("release", name)
    assert (done.returncode, "is not what was received" in done.stderr) == (71, True)
    assert not site.queue.queued


def test_what_the_queue_refuses_stays_held(site: Site) -> None:
    configure(site)
    name = hold(site)
    site.queue.exit_with(53)
    done = site.run_quarantine("release", name)
    assert (done.returncode, "ended with 53" in done.stderr) == (1, True)
    assert (state(site), site.queue.queued) == ("held", [])
    site.queue.exit_with(0)
    assert site.run_quarantine("release", name).returncode == 0
    assert len(site.queue.queued) == 1


def test_a_mail_reader_may_have_moved_it(site: Site) -> None:
    configure(site)
    name = hold(site)
    (kept,) = site.kept
    kept.rename(kept.parent.parent / "cur" / f"{kept.name}:2,FS")
    assert site.run_quarantine("release", name).returncode == 0
    assert site.queue.queued[0].message.endswith(message(MARK))


# --- others at the same time ------------------------------------------------------------------------------------------


def waiting_program(site: Site) -> str:
    """Return a queue program that says that it was started, and takes the mail when the file `go` is there."""
    text = f"#!/bin/sh\n: >{site.folder}/begun\nwhile ! [ -e {site.folder}/go ]; do sleep 0.02; done\n"
    return site.script("waiting", f"{text}exec {site.queue.program}\n")


def wait_for(path: Path) -> None:
    until = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_of_two_releases_at_once_one_hands_over(site: Site) -> None:
    configure(site, program=waiting_program(site))
    name = hold(site)
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(site.run_quarantine, "release", name)
        wait_for(site.folder / "begun")
        others = [pool.submit(site.run_quarantine, *one) for one in (("release", name), ("delete", "--yes", name))]
        said = [other.result() for other in others]
        (site.folder / "go").touch()
    assert first.result().returncode == 0
    assert [(one.returncode, "somebody else" in one.stderr) for one in said] == [(1, True)] * 2
    assert len(site.queue.queued) == 1
    assert len(site.kept) == 1


def test_many_releases_at_once_hand_over_once(site: Site) -> None:
    configure(site)
    name = hold(site)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: site.run_quarantine("release", name), range(4)))
    assert sorted(one.returncode for one in done) == [0, 1, 1, 1]
    assert len(site.queue.queued) == 1


def test_a_retry_meanwhile_is_the_same_mail(site: Site) -> None:
    """What began to go out goes out whole; the copy that takes its place is nobody's who has it."""
    configure(site, program=waiting_program(site))
    name = hold(site)
    again = b"Received: again\n" + message(MARK)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(site.run_quarantine, "release", name)
        wait_for(site.folder / "begun")
        assert site.call(again, ENVELOPE).code == 0
        (site.folder / "go").touch()
    assert first.result().returncode == 0
    (queued,) = site.queue.queued
    assert queued.message.endswith(b"\n" + message(MARK))
    assert b"Received: again" not in queued.message
    assert [kept.read_bytes() for kept in site.kept] == [again]
    assert state(site) == "released"
    assert site.run_quarantine("release", name).returncode == 1


def test_a_release_that_dies_is_seen_and_can_be_done_again(site: Site) -> None:
    """Between hand-over and record: somebody may get it twice, and is not left without it."""
    program = site.script("deadly", f"#!/bin/sh\n{site.queue.program}\nkill -9 $PPID\n")
    configure(site, program=program)
    name = hold(site)
    assert site.run_quarantine("release", name).returncode == -9
    assert len(site.queue.queued) == 1
    assert state(site) == "unfinished"
    assert "it may have gone out" in site.run_quarantine("show", name).stdout
    configure(site)
    done = site.run_quarantine("release", name)
    assert (done.returncode, "did not end" in done.stderr) == (0, True)
    assert len(site.queue.queued) == 2
    assert state(site) == "released"
    assert log(site)[-1]["result"] == "handed (an earlier release did not end)"


# --- allow entries ----------------------------------------------------------------------------------------------------


def test_the_allow_entry_lets_such_mail_pass(site: Site) -> None:
    configure(site)
    name = hold(site)
    done = site.run_quarantine("release", name, "--allow", "30", 'the "weekly" list')
    assert done.returncode == 0
    with site.config.open("a") as file:
        file.write(done.stdout)
    assert site.call(message(MARK + b"again\n"), ENVELOPE).code == 0
    assert len(site.kept) == 1
    assert len(site.queue.queued) == 2


def allow_in(site: Site, file: str) -> None:
    text = site.config.read_text()
    site.config.write_text(text.replace("[quarantine]\n", f'[quarantine]\nallow = "{file}"\n'))


def test_the_allow_entry_is_added_to_its_file(site: Site) -> None:
    file = site.folder / "allow.toml"
    configure(site)
    allow_in(site, str(file))
    name = hold(site)
    done = site.run_quarantine("release", name, "--allow", "30", "lists", "--json")
    assert (done.returncode, json.loads(done.stdout)["allow_file"]) == (0, str(file))
    assert site.call(message(MARK + b"again\n"), ENVELOPE).code == 0
    assert len(site.kept) == 1
    assert len(site.queue.queued) == 2
    assert (log(site)[-1]["what"], log(site)[-1]["file"]) == ("allow", str(file))


def test_an_entry_that_can_t_be_added_is_printed(site: Site) -> None:
    configure(site)
    allow_in(site, "/nonexistent/allow.toml")
    done = site.run_quarantine("release", hold(site), "--allow", "30", "lists")
    assert done.returncode == 0
    assert "not added to /nonexistent/allow.toml" in done.stderr
    assert "add this to the end of the configuration:\n[[allow]]\n" in done.stdout


@pytest.mark.parametrize(
    ("days", "kind", "envelope"),
    [
        ("0", "policy", ENVELOPE),
        ("x", "policy", ENVELOPE),
        ("9999", "policy", ENVELOPE),
        ("30", "malware", ENVELOPE),
        ("30", "policy", b"F*@example.org\0Tbob@example.com\0\0"),
        ("30", "policy", b"Fa\nb@example.org\0Tbob@example.com\0\0"),
        ("30", "policy", b"F\xff@example.org\0Tbob@example.com\0\0"),
    ],
)
def test_what_no_entry_can_say_is_said_before_anything_is_done(
    site: Site, days: str, kind: str, envelope: bytes
) -> None:
    configure(site, kind)
    name = hold(site, envelope=envelope)
    done = site.run_quarantine("release", name, "--malware", "tested", "--allow", days, "a comment")
    assert done.returncode == 2
    assert not site.queue.queued
    assert state(site) == "held"
