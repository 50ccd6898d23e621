"""What is there is found, by asking it; the configuration for it is one, and nothing else is touched."""

from __future__ import annotations

import json
import os
import pty
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import config
from qsfilter.cli import main
from qsfilter.errors import ConfigError
from qsfilter.setting_up import servers
from qsfilter.setting_up.look import look
from qsfilter.setting_up.output_file import write
from qsfilter.setting_up.seen import Place
from qsfilter.setting_up.tcprules import USUAL, rewritten
from qsfilter.setting_up.toml_text import Setting, toml, written
from qsfilter.testing.clamd_server import ClamdServer
from qsfilter.testing.fake_spamd import FakeSpamd
from qsfilter.testing.spamd_server import SpamdServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qsfilter.setting_up.seen import Seen

QSFILTER = str(Path(sys.executable).parent / "qsfilter")
ELF = b"\x7fELF and so on, "
USERS = "root:x:0:0::/root:/bin/sh\nqmaild:x:64011:64010::/var/qmail:/bin/false\nalias:x:1:64010::/:/bin/false\n"
WRAPPER = "/opt/qsfilter/bin/qsfilter-queue"
QUEUE = "/var/qmail/bin/qmail-queue"
CALLERS = ("127.0.0.1", "10.1.2.3", "192.0.2.7", "198.51.100.1")


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if key != "QSFILTER_CONFIG"}
    done = subprocess.run(
        [QSFILTER, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        env=clean,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Make the folder of a machine with qmail, users and rules; no server listens there."""
    root = tmp_path / "root"
    for name, content in {
        "var/qmail/bin/qmail-queue": ELF,
        "var/qmail/bin/qmail-smtpd": ELF + b"getenv QMAILQUEUE",
        "var/qmail/bin/qmail-inject": ELF + b"getenv QMAILQUEUE",
        "var/qmail/bin/qmail-scanner-queue.pl": b"#!/usr/bin/perl\n",
        "var/qmail/control/me": b"mail.example.com\n",
        "var/qmail/control/locals": b"# ours\nlocalhost\nexample.com\n",
        "var/qmail/control/rcpthosts": b"Example.com\n.example.net\n",
        "etc/passwd": USERS.encode(),
        "etc/group": b"root:x:0:\nnofiles:x:64010:\n",
        "etc/tcp.smtp": b'127.:allow,RELAYCLIENT=""\n:allow\n',
        "usr/bin/gcc": b"",
        "usr/bin/tcprules": b"",
        "usr/bin/runsv": b"",
        "usr/bin/freshclam": b"",
        "var/lib/clamav/daily.cld": b"",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o755)
    (root / "var/qmail/bin/qmail-queue").chmod(0o4755)
    return root


def seen(root: Path | str, **place: str) -> dict[str, Seen]:
    return {one.what: one for one in look(Place(root=str(root), **place))}


def files(folder: Path) -> dict[str, tuple[int, float]]:
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        found[str(path)] = (status.st_mode, status.st_mtime)
    return found


# --- looking --------------------------------------------------------------------------------------------------------


def test_qmail_is_found_with_all_that_belongs_to_it(machine: Path) -> None:
    found = seen(machine)
    assert found["qmail"].value == ("/var/qmail",)
    assert found["qmail-queue"].value == (QUEUE,)
    assert found["QMAILQUEUE in qmail's programs"].value == ("qmail-smtpd", "qmail-inject")
    assert found["control/me"].value == ("mail.example.com",)
    assert found["control/locals"].value == ("localhost", "example.com")
    assert found["user qmaild"].value == ("qmaild", "nofiles")
    assert not found["user qsfilter"].there
    assert found["tcp.smtp"].value == ("/etc/tcp.smtp",)
    assert found["a C compiler"].value == ("/usr/bin/gcc",)
    assert found["daemontools, runit or systemd"].value == ("runit",)
    assert "0 hours ago" in found["freshclam"].detail
    assert found["qmail-scanner-queue.pl"].value == ("/var/qmail/bin/qmail-scanner-queue.pl",)


def test_the_rules_of_vpopmail_are_found_in_its_home(machine: Path) -> None:
    (machine / "etc/tcp.smtp").unlink()
    with (machine / "etc/passwd").open("a") as file:
        file.write("vpopmail:x:89:89::/srv/vpopmail:/bin/false\n")
    (machine / "srv/vpopmail/etc").mkdir(parents=True)
    (machine / "srv/vpopmail/etc/tcp.smtp").write_text(":allow\n")
    assert seen(machine)["tcp.smtp"].value == ("/srv/vpopmail/etc/tcp.smtp",)


def test_a_machine_without_anything_is_told_line_by_line(tmp_path: Path) -> None:
    found = seen(tmp_path)
    assert all(not one.there for name, one in found.items() if not name.startswith("plugin "))
    for one in found.values():
        assert str(one).startswith(f"checking for {one.what} ... {'yes' if one.there else 'no'}")


def test_a_script_in_the_place_of_qmail_queue_is_not_taken_for_it(machine: Path) -> None:
    (machine / "var/qmail/bin/qmail-queue").write_text("#!/bin/sh\n")
    found = seen(machine)["qmail-queue"]
    assert not found.there
    assert "is a script" in found.detail


def test_a_qmail_without_the_patch_is_told(machine: Path) -> None:
    (machine / "var/qmail/bin/qmail-smtpd").write_bytes(ELF)
    found = seen(machine)["QMAILQUEUE in qmail's programs"]
    assert not found.there
    assert "not in qmail-smtpd" in found.detail


def test_our_own_wrapper_under_the_old_name_is_not_taken_for_it(machine: Path) -> None:
    (machine / "var/qmail/bin/qmail-scanner-queue.pl").write_text("#!/opt/qsfilter/bin/python -I\n")
    assert not seen(machine)["qmail-scanner-queue.pl"].there


def test_a_pipe_in_the_place_of_a_file_holds_nobody_up(machine: Path) -> None:
    for name in ("control/me", "control/rcpthosts", "bin/qmail-smtpd"):
        (machine / "var/qmail" / name).unlink()
        os.mkfifo(machine / "var/qmail" / name)
    found = seen(machine)
    assert not found["control/me"].there
    assert "no regular file" in found["control/me"].detail


def test_a_look_that_fails_is_a_no_with_its_reason(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_place: object) -> Seen:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(servers, "clamd", broken)
    assert str(seen(machine)["clamd"]) == "checking for clamd ... no (broken on purpose)"


def test_a_plugin_whose_library_is_missing_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "tnefparse", None)
    monkeypatch.setitem(sys.modules, "olefile", None)
    found = seen(tmp_path)
    assert "olefile" in found["plugin macros"].detail
    assert not found["plugin macros"].there
    assert found["plugin attachments"].there


# --- servers --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClamdServer]:
    """Run a clamd whose signatures are two days old."""
    with ClamdServer(tmp_path_factory.mktemp("c"), age=2.5 * 86_400) as server:
        yield server


@pytest.fixture(scope="module")
def spamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpamdServer]:
    """Run a spamd."""
    with SpamdServer(tmp_path_factory.mktemp("s")) as server:
        yield server


@pytest.mark.servers
def test_a_real_clamd_tells_version_and_age(clamd: ClamdServer) -> None:
    for address in (f"unix:{clamd.socket}", f"tcp:127.0.0.1:{clamd.port}"):
        found = servers.clamd(Place(clamd=address))
        assert found.value == (address,)
        assert found.detail.startswith(f"{address}, ClamAV ")
        assert found.detail.endswith(", 2 days old")


@pytest.mark.servers
def test_clamd_is_found_by_its_own_file(clamd: ClamdServer, tmp_path: Path) -> None:
    (tmp_path / "etc/clamav").mkdir(parents=True)
    text = f"# LocalSocket /not/this\nLocalSocket /nowhere/x.ctl\nTCPSocket {clamd.port}\nTCPAddr localhost\n"
    (tmp_path / "etc/clamav/clamd.conf").write_text(text)
    assert servers.clamd(Place(root=str(tmp_path))).value == (f"tcp:127.0.0.1:{clamd.port}",)
    (tmp_path / "etc/clamav/clamd.conf").write_text("LocalSocket /c.ctl\n")
    (tmp_path / "c.ctl").symlink_to(clamd.socket)
    assert servers.clamd(Place(root=str(tmp_path))).value == ("unix:/c.ctl",)


@pytest.mark.servers
def test_a_real_spamd_is_found(spamd: SpamdServer, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/spamd.sock").symlink_to(spamd.socket)
    assert servers.spamd(Place(root=str(tmp_path))).value == ("unix:/run/spamd.sock",)
    (tmp_path / "etc/default").mkdir(parents=True)
    (tmp_path / "etc/default/spamd").write_text(f'OPTIONS="--create-prefs --port={spamd.port} -H"\n')
    found = servers.spamd(Place(root=str(tmp_path)))
    assert found.value == (f"tcp:127.0.0.1:{spamd.port}",)
    assert ", SPAMD/" in found.detail


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n", b"SPAMD/1.5 76 Bad header\r\n", b"\xff" * 9000])
def test_who_answers_otherwise_is_no_spamd(answer: bytes, tmp_path: Path) -> None:
    with FakeSpamd(str(tmp_path / "x")) as fake:
        fake.on_connect = lambda connection: (
            connection.recv(100),
            connection.sendall(answer),
            connection.shutdown(socket.SHUT_RDWR),
        )
        found = servers.spamd(Place(spamd=fake.name))
    assert not found.there
    assert "what answers there is no spamd" in found.detail


def test_who_takes_connections_and_says_nothing_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "SECONDS", 0.1)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "x"))
        listener.listen()
        found = servers.clamd(Place(clamd=f"unix:{tmp_path}/x"))
    assert not found.there
    assert "timed out" in found.detail or "in time" in found.detail


def test_who_speaks_drop_by_drop_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "SECONDS", 0.3)

    def drops(connection: socket.socket) -> None:
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)

    with FakeSpamd(str(tmp_path / "x")) as fake:
        fake.on_connect = drops
        found = servers.spamd(Place(spamd=fake.name))
    assert not found.there
    assert "timed out" in found.detail or "in time" in found.detail


@pytest.mark.parametrize("address", ["unix:relative", "tcp:here", "tcp::1", "tcp:a:99999", "http://x", ""])
def test_what_is_no_address_is_a_no(address: str, tmp_path: Path) -> None:
    assert not servers.clamd(Place(clamd=address, root=str(tmp_path))).there


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("ClamAV 1.4.6", "ClamAV 1.4.6, age of its signatures unknown"),
        ("ClamAV 1.4.6/27819/nonsense", "ClamAV 1.4.6, age of its signatures unknown"),
        ("COMMAND UNAVAILABLE", "which does not tell its version"),
        ("UNKNOWN COMMAND", ""),
    ],
)
def test_what_a_clamd_may_say_of_its_version(answer: str, told: str) -> None:
    assert servers._clamd_told(answer) == told


# --- the configuration ----------------------------------------------------------------------------------------------


def configured(*arguments: object) -> tuple[dict[str, Any], str]:
    """Run init with ARGUMENTS; return the table and what was printed beside it."""
    done = run("init", "--output", "-", *arguments)
    assert done.returncode == 0, done.stderr
    table = tomllib.loads(done.stdout)
    config.from_table(table, "init")
    return table, done.stderr


@pytest.mark.servers
def test_what_is_found_is_on_and_check_has_nothing_against_it(
    machine: Path, clamd: ClamdServer, spamd: SpamdServer, tmp_path: Path
) -> None:
    output = tmp_path / "qsfilter.toml"
    done = run(
        "init", "--qmail", machine / "var/qmail", "--clamd", f"unix:{clamd.socket}", "--spamd", f"unix:{spamd.socket}",
        "--admin", "alerts", "--output", output,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert output.stat().st_mode & 0o7777 == 0o640
    table = tomllib.loads(output.read_text())
    assert table["deliver"] == {"qmail_queue": str(machine / "var/qmail/bin/qmail-queue")}
    assert table["plugins"]["clamav"]["servers"] == [f"unix:{clamd.socket}"]
    assert table["plugins"]["spamassassin"]["servers"] == [f"unix:{spamd.socket}"]
    assert table["plugins"]["notify"]["admin"] == "alerts@mail.example.com"
    assert table["plugins"]["notify"]["local_domains"] == ["example.com", ".example.net"]
    for told in ("checking for clamd ... yes", f"written: {output}", "to filter, make it:", "to go back:"):
        assert told in done.stdout
    # A scratch place for what would lie in /var/spool.
    output.write_text(output.read_text().replace("/var/spool/qsfilter", str(tmp_path / "spool")))
    checked = run("check", "--config", output)
    assert checked.returncode == 0, checked.stdout
    assert "error" not in checked.stdout


def test_what_is_not_found_is_a_comment_with_the_reason(machine: Path) -> None:
    table, told = configured("--root", machine)
    assert table["deliver"] == {"qmail_queue": QUEUE}
    assert not {"clamav", "spamassassin", "notify", "archive", "legacylog"} & set(table["plugins"])
    assert {"attachments", "headers", "yara"} <= set(table["plugins"])
    text = run("init", "--output", "-", "--root", machine).stdout
    assert "# No clamd: no socket at the usual places." in text
    assert "#[plugins.clamav]" in text
    assert "chgrp nofiles FILE" in told
    assert "qsfilter migrate /var/qmail/bin/qmail-scanner-queue.pl" in told


def test_the_rules_of_the_site_are_shown_before_and_after(machine: Path) -> None:
    _, told = configured("--root", machine)
    wrapper = str(Path(sys.executable).parent / "qsfilter-queue")
    assert '/etc/tcp.smtp is now:\n  127.:allow,RELAYCLIENT=""\n  :allow\n' in told
    assert f'make it:\n  127.:allow,RELAYCLIENT=""\n  :allow,QMAILQUEUE="{wrapper}"\n' in told
    (machine / "etc/tcp.smtp").unlink()
    _, told = configured("--root", machine)
    assert "/etc/tcp.smtp would be now:" in told
    assert f'10.:allow,RELAYCLIENT="",QMAILQUEUE="{wrapper}"' in told


def test_rules_that_cannot_be_read_are_told(machine: Path) -> None:
    (machine / "etc/tcp.smtp").write_bytes(b"#" * (5 << 20))
    _, told = configured("--root", machine)
    assert "/etc/tcp.smtp can't be read" in told
    assert "to go back" in told


def test_nothing_but_the_file_is_written(machine: Path, tmp_path: Path) -> None:
    before = files(machine)
    output = tmp_path / "out/qsfilter.toml"
    output.parent.mkdir()
    assert run("init", "--root", machine, "--output", output).returncode == 0
    assert files(machine) == before
    assert list(files(tmp_path / "out")) == [str(output)]
    config.load(str(output))
    again = run("init", "--root", machine, "--output", output)
    assert again.returncode == 1
    assert "--force" in again.stderr
    assert run("init", "--root", machine, "--output", output, "--force").returncode == 0


def test_a_folder_that_is_missing_is_told(machine: Path, tmp_path: Path) -> None:
    done = run("init", "--root", machine, "--output", tmp_path / "not/there.toml")
    assert done.returncode == 1
    assert f"make it with install -d {tmp_path}/not" in done.stderr


def test_json_is_what_was_found_and_writes_nothing(machine: Path, tmp_path: Path) -> None:
    done = run("init", "--root", machine, "--json", "--output", tmp_path / "x.toml")
    assert not (tmp_path / "x.toml").exists()
    told = json.loads(done.stdout)
    assert told["qmail-queue"] == {"there": True, "value": [QUEUE], "detail": QUEUE}
    assert told["clamd"]["there"] is False


def test_an_admin_who_is_no_address_makes_no_file(machine: Path, tmp_path: Path) -> None:
    done = run("init", "--root", machine, "--admin", "a b@example.com", "--output", tmp_path / "x.toml")
    assert done.returncode == 55
    assert "admin" in done.stderr
    assert not (tmp_path / "x.toml").exists()


@pytest.mark.parametrize(("answer", "written_"), [("", True), ("y", True), ("n", False)])
def test_on_a_terminal_it_asks(
    answer: str, written_: bool, machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _question: answer)
    code = main(["init", "--root", str(machine), "--output", str(tmp_path / "x.toml")])
    assert (tmp_path / "x.toml").exists() is written_
    assert code == int(not written_)
    assert main(["init", "--root", str(machine), "--output", str(tmp_path / "y.toml"), "--yes"]) == 0


def test_the_end_of_input_is_a_no(machine: Path, tmp_path: Path) -> None:
    ours, terminal = pty.openpty()
    command = [QSFILTER, "init", "--root", machine, "--output", tmp_path / "x.toml"]
    with subprocess.Popen(command, stdin=terminal, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as asked:
        os.write(ours, b"\x04")
        _, told = asked.communicate(timeout=60)
    os.close(ours)
    os.close(terminal)
    assert (asked.returncode, told) == (1, b"")
    assert not (tmp_path / "x.toml").exists()


# --- the file -------------------------------------------------------------------------------------------------------


def test_a_file_that_came_in_between_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        write("", str(path), force=False)
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("theirs")
    (tmp_path / "x.toml").symlink_to("target")
    write("", str(tmp_path / "x.toml"), force=True)
    assert (tmp_path / "target").read_text() == "theirs"
    assert not (tmp_path / "x.toml").is_symlink()


@pytest.mark.parametrize(("mode", "kept"), [(0o600, 0o600), (0o640, 0o640), (0o664, 0o644)])
def test_who_could_read_the_file_before_can_read_it_afterwards(tmp_path: Path, mode: int, kept: int) -> None:
    """As root, because that is who sets up a server; else all mail waits until somebody gives the file away again."""
    path = tmp_path / "x.toml"
    path.touch()
    os.chown(path, 64_501, 64_500)
    path.chmod(mode)
    write("", str(path), force=True)
    found = path.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o7777) == (64_501, 64_500, kept)


def test_what_our_reader_refuses_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        write("nonsense = 1\n", str(tmp_path / "x.toml"), force=True)
    assert not list(tmp_path.iterdir())


PLAIN = st.text() | st.integers(-(1 << 62), 1 << 62) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(st.text(), PLAIN, max_size=3)


@given(st.lists(st.tuples(st.text(), VALUES, st.text(), st.booleans()), unique_by=lambda one: one[0]), st.text())
def test_what_is_written_is_read_back(entries: list[tuple[str, Any, str, bool]], comment: str) -> None:
    entries = [entry for entry in entries if entry[0]]
    settings = [Setting("table", key, value, why, on=on) for key, value, why, on in entries]
    read = tomllib.loads(written(settings, {"table": comment}, comment, comment))
    assert read.get("table", {}) == {key: value for key, value, _, on in entries if on}


def test_half_a_character_is_shown_and_not_written() -> None:
    assert toml("\ud800") == '"\\\\ud800"'


# --- the rules of tcpserver -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (":allow", f':allow,QMAILQUEUE="{WRAPPER}"'),
        (":deny", ":deny"),
        ("# :allow", "# :allow"),
        ('127.:allow,RELAYCLIENT=""', '127.:allow,RELAYCLIENT=""'),
        ('127.:allow,QMAILQUEUE="/old"', f'127.:allow,QMAILQUEUE="{WRAPPER}"'),
        (f'10.:allow,QMAILQUEUE="{QUEUE}"', f'10.:allow,QMAILQUEUE="{QUEUE}"'),
        ("10.:allow,QMAILQUEUE=|/old|,A='b'", f"10.:allow,A='b',QMAILQUEUE=\"{WRAPPER}\""),
        ("192.0.2.1-9:allow,A='x,y'", f"192.0.2.1-9:allow,A='x,y',QMAILQUEUE=\"{WRAPPER}\""),
        ("=localhost:allow", "=localhost:allow"),
        ("=.example.com:allow", f'=.example.com:allow,QMAILQUEUE="{WRAPPER}"'),
        ("10.:allow,broken", "10.:allow,broken"),
        ("::1:allow", "::1:allow"),
        ("", ""),
    ],
)
def test_a_line_becomes(before: str, after: str) -> None:
    assert rewritten(f"{before}\n:deny\n", WRAPPER, QUEUE) == f"{after}\n:deny\n"


def test_everybody_else_gets_a_line_where_there_is_none() -> None:
    everybody = f':allow,QMAILQUEUE="{WRAPPER}"\n'
    assert rewritten("", WRAPPER, QUEUE) == everybody
    assert rewritten("::1:allow\n", WRAPPER, QUEUE) == f"::1:allow\n{everybody}"


@given(st.text())
def test_rewriting_twice_changes_nothing_more(rules: str) -> None:
    once = rewritten(rules, WRAPPER, QUEUE)
    assert rewritten(once, WRAPPER, QUEUE) == once


@pytest.mark.servers
@pytest.mark.parametrize("rules", [USUAL, '10.:allow,RELAYCLIENT="",QMAILQUEUE="/old.pl"\n', "192.0.2.7:deny\n"])
def test_tcpserver_reads_them_so(rules: str, tmp_path: Path, tcprules: Callable[[str, str], str]) -> None:
    after = rewritten(rules, WRAPPER, QUEUE)
    for caller in CALLERS:
        told = tcprules(after, caller)
        if "deny" in tcprules(rules, caller):
            assert "deny" in told
        else:
            local = rules == USUAL and caller.startswith("127.")
            assert (f"QMAILQUEUE={WRAPPER}" in told) is not local, told


@pytest.fixture
def tcprules(tmp_path: Path) -> Callable[[str, str], str]:
    """Compile rules, and ask what they say of a caller."""
    assert shutil.which("tcprules"), "as root: apt-get install ucspi-tcp"

    def ask(rules: str, caller: str) -> str:
        made = str(tmp_path / "rules.cdb")
        subprocess.run(["tcprules", made, f"{made}.tmp"], input=rules.encode(), check=True, timeout=30)
        told = subprocess.run(
            ["tcprulescheck", made],
            check=False,
            env={**os.environ, "TCPREMOTEIP": caller},
            capture_output=True,
            text=True,
            timeout=30,
        )
        return told.stdout

    return ask
