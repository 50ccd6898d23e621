"""`qsfilter outbox`, run as a process, and the table `[outbox]`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter import ConfigError, DeliveryError, Envelope, Maildir, QmailQueue, hookimpl, plugin
from qsfilter.config import from_table
from qsfilter.outbox.checking import OVERDUE_SECONDS, problems
from qsfilter.outbox.settings import read_outbox, require_way, way_of
from qsfilter.outbox.spool import OUTBOX, put
from qsfilter.outbox.ways import ByQueue, BySmtp, by_inject, by_sendmail
from qsfilter.testing.queue_stand_in import QueueStandIn

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

BIN = Path(sys.executable).parent
ENVELOPE = Envelope(sender=b"", recipients=(b"bob@example.com", b"c\xff@example.net"))
RAW = b"Subject: notice\n\ntext\n"
SECONDS = 30.0


@pytest.fixture
def site(tmp_path: Path) -> tuple[Path, QueueStandIn]:
    """Write a configuration whose queue program is a stand-in."""
    stand_in = QueueStandIn(str(tmp_path / "queue"))
    (tmp_path / "qsfilter.toml").write_text(
        f'[deliver]\nqmail_queue = "{stand_in.program}"\n[quarantine]\npath = "{tmp_path}/spool/quarantine"\n'
    )
    return tmp_path, stand_in


def command(site: Path, *arguments: str) -> list[str]:
    return [str(BIN / "qsfilter"), "outbox", *arguments, "--config", str(site / "qsfilter.toml")]


def run(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command(site, *arguments), check=False, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def box(site: Path) -> str:
    return str(site / "spool" / "outbox")


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_what_waits_is_listed_and_sent(site: tuple[Path, QueueStandIn]) -> None:
    place, stand_in = site
    put(box(place), "a.1", ENVELOPE, [RAW])
    listed = run(place, "list")
    assert listed.returncode == 0
    assert "bob@example.com" in listed.stdout
    (told,) = map(json.loads, run(place, "list", "--json").stdout.splitlines())
    assert told["name"] == "a.1"
    assert (told["place"], told["tries"], told["sender"], told["trouble"]) == ("new", 0, "", "")
    assert told["recipients"] == ["bob@example.com", "c\\xff@example.net"]
    sent = run(place, "send")
    assert (sent.returncode, sent.stdout) == (0, "")
    expected = r'qsfilter: outbox sent name=a.1 recipients=2 to="bob@example.com c\xff@example.net"' + "\n"
    assert sent.stderr == expected
    assert [queued.message for queued in stand_in.queued] == [RAW]
    assert run(place, "list").stdout == "no mail waits\n"


def test_before_anything_is_put_nothing_is_made(site: tuple[Path, QueueStandIn]) -> None:
    place, _ = site
    for arguments in (["list"], ["send"], ["drop", "--all"]):
        assert run(place, *arguments).returncode == 0
    assert not (place / "spool").exists()


def test_a_mail_that_is_given_up_is_told(site: tuple[Path, QueueStandIn]) -> None:
    place, stand_in = site
    stand_in.exit_with(31)
    put(box(place), "a", ENVELOPE, [RAW])
    assert run(place, "send").returncode == 1
    listed = run(place, "list").stdout
    assert "failed" in listed
    assert "ended with 31" in listed


def test_mails_are_dropped_by_name_or_all(site: tuple[Path, QueueStandIn]) -> None:
    place, _ = site
    for name in ("a", "b", "c"):
        put(box(place), name, ENVELOPE, [RAW])
    for words in ((), ("a", "--all")):
        refused = run(place, "drop", *words)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert refused.stderr == "qsfilter: drop takes names, or --all; see qsfilter outbox list\n"
    assert run(place, "drop", "a").stdout == "a dropped\n"
    assert run(place, "drop", "../new/b").returncode == 1
    assert sorted(os.listdir(f"{box(place)}/new")) == ["b", "c"]
    assert run(place, "drop", "--all").returncode == 0
    assert os.listdir(f"{box(place)}/new") == []
    assert run(place, "drop", "--all").stdout == "no mail waits\n"


def test_what_becomes_of_mails_is_told_as_json(site: tuple[Path, QueueStandIn]) -> None:
    place, _ = site
    for name in ("a", "b"):
        put(box(place), name, ENVELOPE, [RAW])
    dropped = run(place, "drop", "a", "c", "--json")
    assert dropped.returncode == 1
    assert [json.loads(line) for line in dropped.stdout.splitlines()] == [
        {"name": "a", "dropped": True},
        {"name": "c", "dropped": False},
    ]
    nothing = {"sent": 0, "later": 0, "failed": 0, "away": False, "busy": False}
    assert json.loads(run(place, "send", "--json").stdout) == {**nothing, "sent": 1}
    assert json.loads(run(place, "send", "--json").stdout) == nothing


def test_a_damaged_file_is_listed(site: tuple[Path, QueueStandIn]) -> None:
    place, _ = site
    put(box(place), "a", ENVELOPE, [RAW])
    Path(box(place), "new", "a").write_bytes(b"x")
    assert "does not begin" in run(place, "list").stdout


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_goes_on_until_it_is_told_to_end(site: tuple[Path, QueueStandIn], number: int) -> None:
    place, stand_in = site
    put(box(place), "a", ENVELOPE, [RAW])
    with subprocess.Popen(command(place, "send", "--every", "1"), stderr=subprocess.PIPE, text=True) as child:
        until(lambda: len(stand_in.queued) == 1)
        put(box(place), "b", ENVELOPE, [RAW])
        until(lambda: len(stand_in.queued) == 2)
        again = run(place, "send")
        assert (again.returncode, "another process sends" in again.stderr) in {(0, True), (0, False)}
        child.send_signal(number)
        _, told = child.communicate(timeout=SECONDS)
    assert child.returncode == 0
    assert "Traceback" not in told


def test_the_mail_in_hand_is_sent_before_it_ends(site: tuple[Path, QueueStandIn]) -> None:
    place, stand_in = site
    slow = place / "slow"
    slow.write_text(f"#!/bin/sh\ntouch {place}/begun\nsleep 0.5\nexec {stand_in.program}\n")
    slow.chmod(0o700)
    with (place / "qsfilter.toml").open("a") as file:
        file.write(f'[outbox]\nqmail_queue = "{slow}"\n')
    for name in ("a", "b"):
        put(box(place), name, ENVELOPE, [RAW])
    with subprocess.Popen(command(place, "send"), stderr=subprocess.PIPE) as child:
        until((place / "begun").exists)
        child.terminate()
        child.communicate(timeout=SECONDS)
    assert child.returncode == 0
    assert len(stand_in.queued) == 1
    assert len(os.listdir(f"{box(place)}/new")) == len(os.listdir(f"{box(place)}/sent")) == 1


def test_it_does_not_send_through_the_filter_itself(site: tuple[Path, QueueStandIn]) -> None:
    place, _ = site
    with (place / "qsfilter.toml").open("a") as file:
        file.write(f'[outbox]\nqmail_queue = "{BIN / "qsfilter-queue"}"\n')
    put(box(place), "a", ENVELOPE, [RAW])
    done = run(place, "send")
    assert done.returncode == 55
    assert "is this filter itself" in done.stderr


def test_root_becomes_the_user_whose_outbox_it_is(tmp_path: Path) -> None:
    owner = os.geteuid() or 65534
    with tempfile.TemporaryDirectory() as open_to_all:
        folder = os.path.join(open_to_all, "outbox")
        os.chmod(open_to_all, 0o755)  # noqa: S103 - on the way to it
        (tmp_path / "qsfilter.toml").write_text(f'[outbox]\npath = "{folder}"\nsendmail = "/bin/true"\n')
        put(folder, "a", ENVELOPE, [RAW])
        for path in (Path(folder), *Path(folder).rglob("*")):
            os.chown(path, owner, -1)
        sent = run(tmp_path, "send")
        assert sent.returncode == 0, sent.stderr
        assert {path.stat().st_uid for path in Path(folder).rglob("*")} == {owner}
        assert os.listdir(f"{folder}/sent") == ["a"]


# --- the table ------------------------------------------------------------------------------------------------------


def table(**keys: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"outbox": keys}


QUEUE = QmailQueue(program=("/var/qmail/bin/qmail-queue",))


@pytest.mark.parametrize(
    ("keys", "way"),
    [
        ({}, ByQueue(queue=QUEUE)),
        ({"qmail_queue": ["/bin/q", "-x"]}, ByQueue(queue=QmailQueue(program=("/bin/q", "-x")))),
        ({"qmail_inject": "/bin/inject"}, by_inject(("/bin/inject",))),
        ({"sendmail": ["/usr/sbin/sendmail", "-odb"]}, by_sendmail(("/usr/sbin/sendmail", "-odb"))),
        ({"smtp": "127.0.0.1:25", "timeout": 5}, BySmtp(host="127.0.0.1", port=25, timeout=5.0)),
        ({"smtp": "[::1]:587"}, BySmtp(host="::1", port=587, timeout=60.0)),
    ],
)
def test_the_table_says_how_mails_are_sent(keys: dict[str, Any], way: object) -> None:
    outbox = read_outbox(table(**keys), "test.toml", "/var/spool/qsfilter/quarantine", QUEUE)
    require_way(outbox, "test.toml")
    assert way_of(outbox) == way
    assert (outbox.path, outbox.give_up_days) == (OUTBOX, 7.0)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"smtp_": "x"}, "did you mean 'smtp'"),
        ({"smtp": "localhost"}, "a host and a port"),
        ({"smtp": ":25"}, "a host and a port"),
        ({"smtp": "a:99999"}, "a host and a port"),
        ({"sendmail": "sendmail"}, "an absolute path"),
        ({"qmail_inject": []}, "an absolute path"),
        ({"smtp": "a:25", "sendmail": "/x"}, "set one of"),
        ({"timeout": 0}, "above 0"),
        ({"give_up_days": "7"}, "takes float"),
        ({"path": 1}, "takes str"),
    ],
)
def test_a_mistake_in_the_table_is_told(keys: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        from_table({**table(**keys), "deliver": {"qmail_queue": "/bin/q"}}, "test.toml")


def test_beside_a_maildir_the_table_has_to_say_it() -> None:
    outbox = read_outbox({}, "test.toml", "/q", Maildir(path="/m"))
    assert outbox.by == ""
    with pytest.raises(ConfigError, match=r"set outbox\.smtp"):
        require_way(outbox, "test.toml")


@plugin
class Puts:
    """A plugin that puts mails into the outbox."""

    outbox: str = OUTBOX
    """Where."""

    @hookimpl
    def start(self) -> None:
        """Do nothing."""


def configured(whole: dict[str, Any]) -> str:
    chosen = from_table({"plugins": {"puts": {"use": f"{__name__}:Puts"}}, **whole}, "test.toml")
    (entry,) = (entry for entry in chosen.setup.registry.entries if entry.name == "puts")
    assert isinstance(entry.plugin, Puts)
    return entry.plugin.outbox


def test_a_plugin_gets_the_outbox_of_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, __name__, sys.modules[Puts.__module__])
    assert configured({}) == OUTBOX
    assert configured({"quarantine": {"path": "/srv/q"}}) == "/srv/outbox"
    assert configured({"outbox": {"path": "/srv/o"}}) == "/srv/o"
    assert configured({"plugins": {"puts": {"use": f"{__name__}:Puts", "outbox": "/mine"}}}) == "/mine"
    with pytest.raises(ConfigError, match=r"set outbox\.smtp"):
        configured({"deliver": {"maildir": "/m"}})
    assert configured({"deliver": {"maildir": "/m"}, "outbox": {"smtp": "127.0.0.1:25"}}) == OUTBOX


# --- what `check` says ----------------------------------------------------------------------------------------------


def test_root_may_check_the_outbox_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(tmp_path / "outbox")
    put(folder, "a", ENVELOPE, [RAW])
    if os.geteuid() == 0:
        for path in (Path(folder), *Path(folder).rglob("*")):
            os.chown(path, 65534, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert list(problems(folder, "x.outbox")) == []
    os.utime(f"{folder}/new/a", (0, 0))
    (found,) = problems(folder, "x.outbox")
    assert "nobody sends" in found.text


@pytest.mark.parametrize("below", ["", "new", ".."])
def test_an_outbox_that_others_can_write_is_a_problem(tmp_path: Path, below: str) -> None:
    outbox = tmp_path / "outbox"
    if below != "..":
        put(str(outbox), "a", ENVELOPE, [RAW])
    assert not list(problems(str(outbox), "copyto.outbox"))
    (outbox / below).resolve().chmod(0o2770)
    (problem,) = problems(str(outbox), "copyto.outbox")
    assert problem.fatal
    with pytest.raises(DeliveryError, match="others can write"):
        put(str(outbox), "b", ENVELOPE, [RAW])


def test_an_outbox_that_nobody_sends_is_a_problem(tmp_path: Path) -> None:
    folder = str(tmp_path / "outbox")
    assert list(problems(folder, "x.outbox")) == []
    assert not os.path.exists(folder)
    put(folder, "a", ENVELOPE, [RAW])
    assert list(problems(folder, "x.outbox")) == []
    old = time.time() - OVERDUE_SECONDS - 60
    os.utime(f"{folder}/new/a", (old, old))
    (found,) = problems(folder, "x.outbox")
    assert "1 mails wait" in found.text
    assert not found.fatal
    (tmp_path / "file").write_bytes(b"")
    (found,) = problems(str(tmp_path / "file"), "x.outbox")
    assert found.fatal
