"""`qsfilter selftest`: it sends through the real queue, looks where each message went, and says what is wrong."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qsfilter.testing import QueueStandIn

BIN = Path(sys.executable).parent
PLUGINS = "[plugins.yara]\n[plugins.attachments]\n"
BLOCKED = ("2/4 forbidden name", "3/4 EICAR", "EICAR in zip in zip")
DELIVERED = ("1/4 inoffensive", "4/4 spam")
ENGINE = 'rule never { meta: name = "never" strings: $a = "no such text anywhere" condition: $a }\n'


class Site:
    """A configuration with a quarantine, and a maildir or a queue program to deliver to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.maildir = folder / "Maildir"
        self.quarantine = folder / "quarantine"
        self.config = folder / "qsfilter.toml"
        (folder / "queue").mkdir()
        self.queue = QueueStandIn(str(folder / "queue"))
        self.configure()

    def configure(self, plugins: str = PLUGINS, *, queue: str = "") -> None:
        """Write the configuration."""
        deliver = f'qmail_queue = "{queue}"' if queue else f'maildir = "{self.maildir}"'
        self.config.write_text(f'[deliver]\n{deliver}\n[quarantine]\npath = "{self.quarantine}"\n{plugins}')

    def selftest(self, *options: str, named: bool = True) -> tuple[int, dict[str, dict[str, Any]]]:
        """Run the command; return its exit code and its rows by message."""
        done = self.run("--json", *options, *(("--config", str(self.config)) if named else ()))
        assert done.stderr == ""
        return done.returncode, {row["message"]: row for row in map(json.loads, done.stdout.splitlines())}

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run the command without a configuration of the environment's."""
        clean = {key: value for key, value in os.environ.items() if key != "QSFILTER_CONFIG"}
        done = subprocess.run(
            [str(BIN / "qsfilter"), "selftest", *options],
            capture_output=True,
            check=False,
            cwd=self.folder,
            env=clean,
            text=True,
            timeout=100,
        )
        assert "Traceback" not in done.stderr
        return done

    @property
    def kept(self) -> list[Path]:
        """What is in quarantine."""
        return sorted(self.quarantine.glob("*/new/*"))

    def script(self, text: str) -> str:
        """Write a program that stands in the place of the wrapper."""
        path = self.folder / "program"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return str(path)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


# --- sent -----------------------------------------------------------------------------------------------------------


def test_what_is_delivered_and_kept_lies_where_it_says(site: Site) -> None:
    code, rows = site.selftest()
    assert code == 0, rows
    assert list(rows) == ["1/4 inoffensive", *BLOCKED[:2], "4/4 spam", BLOCKED[2], "EICAR by yara"]
    for name in DELIVERED:
        what, _, where = rows[name]["became"].partition(": ")
        assert what == "delivered"
        assert Path(where).read_bytes().startswith(b"Return-Path: <>\nX-QSFilter: ")
    boxes = [rows[name]["became"].rpartition("/")[0] for name in BLOCKED]
    assert boxes == ["refused, kept: policy", "quarantined: viruses", "quarantined: viruses"]
    assert len(site.kept) == 3
    assert rows["EICAR by yara"]["became"] == "found"


def test_a_second_run_is_not_taken_in_by_what_the_first_one_left(site: Site) -> None:
    """Copies of another run have other ids; one that says it has kept a message and has not is found out."""
    assert site.selftest()[0] == 0
    assert site.selftest()[0] == 0
    assert len(site.kept) == 6
    assert len(list((site.maildir / "new").iterdir())) == 4
    told = "id=0123456789abcdef action={action} exit=0 handed={handed} kept={kept}"
    for action, handed, kept, place in (("accept", 1, 0, site.maildir), ("quarantine", 0, 1, site.quarantine)):
        line = told.format(action=action, handed=handed, kept=kept)
        program = site.script(f"cat > /dev/null; echo 'qsfilter: {line}' >&2")
        code, rows = site.selftest("--queue", program)
        assert code == 1
        assert {row["became"] for name, row in rows.items() if name in BLOCKED + DELIVERED} == {"lost"}
        assert rows["3/4 EICAR"]["why"] == f"id 0123456789abcdef is not in {place}"


def test_a_queue_program_gets_the_null_sender_and_the_recipient(site: Site) -> None:
    site.configure(queue=site.queue.program)
    code, rows = site.selftest("--recipient", "carol@example.com")
    assert code == 0, rows
    assert {rows[name]["became"] for name in DELIVERED} == {"handed over"}
    assert {one.envelope for one in site.queue.queued} == {b"F\0Tcarol@example.com\0\0"}
    assert len(site.queue.queued) == 2


def test_postmaster_of_this_host_is_the_default(site: Site) -> None:
    site.configure(queue=site.queue.program)
    assert site.selftest()[0] == 0
    assert site.queue.queued[0].envelope == f"F\0Tpostmaster@{socket.gethostname()}\0\0".encode()


def test_a_wrapper_of_ones_own_is_believed_by_its_log(site: Site) -> None:
    """What it keeps and where is its own affair."""
    program = site.script(f'QSFILTER_CONFIG="{site.config}" exec "{BIN}/qsfilter-queue"')
    code, rows = site.selftest("--queue", program, named=False)
    assert code == 0, rows
    assert [rows[name]["became"] for name in (*DELIVERED, *BLOCKED)] == [
        *["handed over"] * 2,
        "refused, kept",
        *["quarantined"] * 2,
    ]


# --- what is wrong --------------------------------------------------------------------------------------------------


def test_without_an_engine_it_fails_and_says_what_it_takes(site: Site) -> None:
    site.configure("[plugins.attachments]\n")
    code, rows = site.selftest()
    assert code == 1
    assert [name for name, row in rows.items() if row["result"] == "FAILED"] == ["3/4 EICAR", "EICAR in zip in zip"]
    assert rows["3/4 EICAR"]["why"] == "nothing was found; it takes an engine: clamav, or yara with its EICAR rule"
    assert rows["3/4 EICAR"]["became"].startswith("delivered: ")


@pytest.mark.parametrize("option", [(), ("--dry-run",)])
def test_an_engine_that_can_t_be_asked_is_named_with_its_trouble(site: Site, option: tuple[str, ...]) -> None:
    """Mail that is put off has not ended as it should, whether it is good or bad."""
    site.configure(f'[plugins.clamav]\nservers = ["unix:{site.folder}/none.sock"]\n')
    code, rows = site.selftest(*option)
    assert code == 1
    assert {row["result"] for row in rows.values()} == {"FAILED"}
    if not option:
        assert rows["1/4 inoffensive"]["became"] == "put off (71)"
        assert rows["1/4 inoffensive"]["why"] == "failure not-scanned"
        assert rows["EICAR by clamav"]["became"] == "not found"
        assert "none.sock: No such file or directory" in rows["EICAR by clamav"]["why"]
    assert not site.kept


def test_each_engine_is_asked_alone(site: Site) -> None:
    """One that finds EICAR does not hide one that doesn't; shadow mode is no hindrance."""
    (site.folder / "engine.yar").write_text(ENGINE)
    own = f'use = "yara"\nfiles = ["{site.folder}/engine.yar"]\n'
    site.configure(f'{PLUGINS}[plugins.second]\n{own}mode = "shadow"\n[plugins.third]\n{own}eicar = false\n')
    code, rows = site.selftest()
    assert code == 1
    engines = {name: (row["result"], row["why"]) for name, row in rows.items() if name.startswith("EICAR by")}
    found = ("ok", "malware EICAR-Test-File in 1.2")
    assert engines == {
        "EICAR by yara": found,
        "EICAR by second": found,
        "EICAR by third": ("FAILED", "it does not know EICAR"),
    }


@pytest.mark.parametrize(("exit_code", "program"), [(53, ""), (31, ""), (120, "/nonexistent/qmail-queue")])
def test_a_queue_program_that_does_not_take_mail_is_told_of(site: Site, exit_code: int, program: str) -> None:
    site.configure(queue=program or site.queue.program)
    site.queue.exit_with(exit_code)
    code, rows = site.selftest()
    assert code == 1
    row = rows["1/4 inoffensive"]
    assert (row["result"], row["became"]) == ("FAILED", "not queued")
    assert row["why"].startswith(f"the queue program ended with {exit_code}")
    assert ("can't start /nonexistent/qmail-queue" in row["why"]) is bool(program)
    assert rows["3/4 EICAR"]["result"] == "ok"


def test_a_quarantine_that_can_t_be_written_is_a_temporary_failure_with_the_log_s_error(site: Site) -> None:
    site.quarantine.write_text("a file where a folder should be")
    code, rows = site.selftest()
    assert code == 1
    assert rows["1/4 inoffensive"]["result"] == "ok"
    assert rows["3/4 EICAR"]["result"] == "FAILED"
    assert rows["3/4 EICAR"]["became"].startswith("put off (")
    assert rows["3/4 EICAR"]["why"]


def test_a_program_that_is_not_qsfilter_is_told_apart(site: Site) -> None:
    code, rows = site.selftest("--queue", site.script("cat > /dev/null"), named=False)
    assert code == 1
    assert {row["result"] for row in rows.values()} == {"FAILED"}
    assert rows["3/4 EICAR"]["why"] == "it was not qsfilter that answered: exit code 0, and no word"


def test_a_program_that_is_not_there_is_one_line(site: Site) -> None:
    done = site.run("--queue", "/nonexistent/queue")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "qsfilter: /nonexistent/queue: No such file or directory\n"


# --- examined only, and help ----------------------------------------------------------------------------------------


def test_a_dry_run_passes_with_the_built_in_default_and_sends_nothing(site: Site) -> None:
    code, rows = site.selftest("--dry-run", named=False)
    assert code == 0
    actions = {name: row["action"] for name, row in rows.items()}
    assert [actions[name] for name in (*DELIVERED, *BLOCKED)] == ["accept"] * 2 + ["reject"] + ["quarantine"] * 2
    assert site.selftest("--dry-run")[0] == 0
    assert not site.kept
    assert not site.maildir.exists()


def test_the_table_and_the_help_are_for_people(site: Site) -> None:
    done = site.run("--config", str(site.config))
    assert done.stdout.splitlines()[0].split() == ["message", "result", "became", "why"]
    assert "really delivers" in site.run("--help").stdout
