"""The wrapper answers to the old flags where a person or cron asks, and never where an envelope comes."""

from __future__ import annotations

import os
import pty
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from qsfilter import __version__, maildir
from qsfilter.cli import old_flags
from qsfilter.held import removal
from tests.process.conftest import WRAPPER, YARA, Site

if TYPE_CHECKING:
    from pathlib import Path

RULES = "# comment\neicar.com\t\tSIZE=69\tEICAR\n.vbs\tSIZE=-1\tScript\nI LOVE.*\tVirus-Subject:\tILOVEYOU\n"


class Ran:
    """How the wrapper ended, called under its old name as cron would call it."""

    def __init__(self, site: Site, *flags: str) -> None:
        """Call it with FLAGS."""
        linked = site.folder / "qmail-scanner-queue.pl"
        if not linked.exists():
            linked.symlink_to(WRAPPER)
        done = subprocess.run([linked, *flags], capture_output=True, env=site.environment(), timeout=60, check=False)
        self.code, self.out, self.error = done.returncode, done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in self.error, self.error


@pytest.fixture
def legacy(site: Site) -> Path:
    """Return a rule file that two plugins of the site read."""
    path = site.folder / "quarantine-events.txt"
    path.write_text(RULES)
    site.configure(f'{YARA}[plugins.attachments]\nlegacy = "{path}"\n[plugins.headers]\nlegacy = "{path}"\n')
    return path


def test_v_names_the_versions(site: Site) -> None:
    ran = Ran(site, "-v")
    assert ran.code == 0
    assert ran.out.startswith(f"qsfilter {__version__}\n")
    assert "\nyara " in ran.out


def test_h_helps(site: Site) -> None:
    ran = Ran(site, "-h")
    assert ran.code == 0
    assert all(f"  {flag}  " in ran.out for flag in ("-v", "-h", "-g", "-r", "-z"))


def test_g_counts_the_rules_and_names_bad_lines(site: Site, legacy: Path) -> None:
    ran = Ran(site, "-g")
    assert (ran.code, ran.out) == (0, f"{legacy}: 2 rules on names, 1 on header fields\n")
    legacy.write_text(RULES + "spaces instead of tabs\n")
    ran = Ran(site, "-g")
    assert ran.code == 1
    assert f"{legacy}:5: " in ran.error


def test_r_prints_rules_that_can_be_read_again(site: Site, legacy: Path) -> None:
    ran = Ran(site, "-r")
    assert ran.code == 0
    legacy.write_text(ran.out)
    assert Ran(site, "-r").out == ran.out
    assert "I LOVE.*\tVirus-Subject:\tILOVEYOU\n" in ran.out


def test_g_without_a_rule_file_has_nothing_to_do(site: Site) -> None:
    ran = Ran(site, "-g")
    assert ran.code == 0
    assert "no plugin reads a rule file" in ran.out


def test_z_removes_what_is_old_and_nothing_that_may_be_in_use(site: Site) -> None:
    archive = site.folder / "archive"
    maildir = site.folder / "Maildir"
    site.config.write_text(
        f'[quarantine]\npath = "{site.quarantine}"\n[deliver]\nmaildir = "{maildir}"\n'
        f'{YARA}[plugins.archive]\npath = "{archive}"\n'
    )
    assert site.call(site.clean).accepted
    assert site.call(site.infected).accepted
    whole = set(site.folder.rglob("new/*"))
    old, young, foreign = [], [], []
    boxes = [site.quarantine / "viruses", maildir, archive]
    for box in boxes:
        copy = f"{'0' * 64}.{'1' * 8}"
        old.append(box / "tmp" / f"{copy}.{'a' * 16}")
        young.append(box / "tmp" / f"{copy}.{'b' * 16}")
        foreign.append(box / "tmp" / "1234.mutt")
    for path in (*old, *young, *foreign):
        path.write_bytes(b"half")
    for path in (*old, *foreign):
        os.utime(path, (time.time() - 40 * 3600,) * 2)
    ran = Ran(site, "-z")
    assert ran.code == 0
    assert ran.out.startswith("removed 3 files ")
    assert not any(path.exists() for path in old)
    assert all(path.exists() for path in (*young, *foreign))
    assert set(site.folder.rglob("new/*")) == whole


def test_z_goes_on_where_a_file_has_gone_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process has renamed or removed it between the list and the look."""
    maildir.make(str(tmp_path))
    names = [f"{number}.{'a' * 16}" for number in range(3)]
    for name in names:
        (tmp_path / "tmp" / name).touch()
    listed = list(os.scandir(tmp_path / "tmp"))
    (tmp_path / "tmp" / listed[0].name).unlink()
    monkeypatch.setattr(old_flags.os, "scandir", lambda _: iter(listed))
    assert old_flags._removed(str(tmp_path), time.time() + 2 * removal.STRAY_SECONDS) == 2
    assert not os.listdir(tmp_path / "tmp")


@pytest.mark.parametrize("wrong", [["-x"], ["check"], ["-v", "mail"], ["-"]])
def test_anything_else_is_told(site: Site, wrong: list[str]) -> None:
    ran = Ran(site, *wrong)
    assert ran.code == 2
    assert "usage: qsfilter-queue" in ran.error


def test_a_broken_configuration_is_told(site: Site) -> None:
    site.configure("[plugins.nonsense]\n")
    ran = Ran(site, "-z")
    assert ran.code == 55
    assert "nonsense" in ran.error


@pytest.mark.parametrize("flags", [["-v"], ["-z"], ["-x", "more"]])
def test_under_a_mail_server_arguments_change_nothing(site: Site, flags: list[str]) -> None:
    """Descriptor 1 is a pipe for reading; some servers let QMAILQUEUE carry arguments."""
    answer = site.call(site.clean, program=[site.wrapper, *flags])
    assert answer.accepted
    assert site.queued() == (site.clean, site.envelope_sent)


def test_it_answers_on_a_terminal(site: Site) -> None:
    ours, terminal = pty.openpty()
    process = subprocess.Popen([WRAPPER, "-v"], stdout=terminal, env=site.environment())
    os.close(terminal)
    assert process.wait(60) == 0
    assert os.read(ours, 1000).startswith(b"qsfilter ")
    os.close(ours)
