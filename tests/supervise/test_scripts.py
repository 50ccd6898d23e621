"""The scripts by themselves: they are POSIX sh, both trees say the same, and qsfilterctl with nothing to control."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.supervise.place import EXAMPLES, SERVICES

if TYPE_CHECKING:
    from pathlib import Path

SUPERVISORS = ("daemontools", "runit")
CTL = EXAMPLES / "qsfilterctl"
SCRIPTS = [CTL, *sorted(EXAMPLES.glob("*/*/run")), *sorted(EXAMPLES.glob("*/*/log/run"))]
CONFS = sorted(EXAMPLES.glob("*/*/conf"))
# Writes down what it is asked; units are there, or active, where a file of their name is.
SYSTEMCTL = """\
#!/bin/sh
echo "$*" >> {folder}/asked
case $1 in
    cat) [ -e "{folder}/$2" ] ;;
    is-active) [ -e "{folder}/active" ] ;;
esac
"""


def ctl(*arguments: str, program: Path = CTL, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": os.defpath, "SERVICES": "/nonexistent", **environment}
    return subprocess.run(
        [program, *arguments],
        env=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


def test_there_is_everything_for_both_supervisors() -> None:
    assert len(SCRIPTS) == 1 + 2 * 2 * len(SERVICES)
    assert len(CONFS) == 2 * len(SERVICES)
    assert all(os.access(script, os.X_OK) for script in SCRIPTS)


def test_the_scripts_are_posix_sh() -> None:
    for script in (*SCRIPTS, *CONFS):
        subprocess.run(["sh", "-n", script], check=True, timeout=60)
    shellcheck = shutil.which("shellcheck")
    assert shellcheck, "shellcheck is not installed; as root: apt-get install shellcheck"
    checked = [shellcheck, "--external-sources", "--source-path=SCRIPTDIR", *SCRIPTS]
    found = subprocess.run(checked, capture_output=True, text=True, check=False, timeout=60)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_site_changes_is_the_same_under_both(service: str) -> None:
    one, other = ((EXAMPLES / supervisor / service / "conf").read_text() for supervisor in SUPERVISORS)
    assert one == other


@pytest.mark.parametrize("script", SCRIPTS[1:], ids=lambda script: str(script.relative_to(EXAMPLES)))
def test_paths_stand_in_conf_alone(script: Path) -> None:
    code = [line for line in script.read_text().splitlines() if not line.startswith("#")]
    assert not any("/" in line.replace("./conf", "") for line in code)


def test_help_says_how_it_is_used() -> None:
    told = ctl("help")
    assert told.returncode == 0
    for command in ("start", "stop", "stat", "restart", "hup", "help"):
        assert f"\n  {command} " in told.stdout
    assert "(default: qsfilter)" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        ((), {}, "usage: "),
        (("reload",), {}, "usage: "),
        (("stat", "sshd"), {}, "there is no service sshd"),
        (("stat", "../clamd"), {}, "there is no service"),
        (("stat", "clamd", "qsfilter"), {}, "one command and one service"),
        (("stat",), {"SUPERVISOR": "s6"}, "not s6"),
    ],
)
def test_wrong_usage_is_told(arguments: tuple[str, ...], environment: dict[str, str], said: str) -> None:
    told = ctl(*arguments, **environment)
    assert (told.returncode, told.stdout) == (2, "")
    assert said in told.stderr


def test_the_service_is_what_the_file_is_called(tmp_path: Path) -> None:
    for name, said in (("clamdctl", "there is no clamd in "), ("supervise", "there is no service without a name")):
        shutil.copy(CTL, tmp_path / name)
        told = ctl("stat", program=tmp_path / name, SUPERVISOR="runit")
        assert said in told.stderr


def test_a_folder_that_nobody_supervises_is_told(tmp_path: Path) -> None:
    (tmp_path / "clamd/supervise").mkdir(parents=True)
    told = ctl("start", "clamd", SERVICES=str(tmp_path))
    assert told.returncode == 1
    assert "nobody supervises" in told.stderr


@pytest.mark.parametrize(
    ("command", "there", "asked"),
    [
        ("stop qsfilter", ["qsfilter.socket"], "stop qsfilter.socket qsfilter.service"),
        ("start qsfilter", ["qsfilter.socket"], "start qsfilter.socket qsfilter.service"),
        ("restart qsfilter", ["qsfilter.socket"], "restart qsfilter.service"),
        ("start qsfilter-outbox", [], "start qsfilter-outbox.service"),
        ("stop clamd", [], "stop clamd.service"),
        (
            "stop clamd",
            ["clamav-daemon.service", "clamav-daemon.socket"],
            "stop clamav-daemon.socket clamav-daemon.service",
        ),
        ("restart freshclam", ["clamav-freshclam.service"], "restart clamav-freshclam.service"),
        ("hup qsfilter", ["active"], "kill --kill-who=main --signal=HUP qsfilter.service"),
    ],
)
def test_systemctl_is_asked(tmp_path: Path, command: str, there: list[str], asked: str) -> None:
    told = by_systemctl(tmp_path, command, there)
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "asked").read_text().splitlines()[-1] == asked


@pytest.mark.parametrize("command", ["hup clamd", "stat clamd"])
def test_a_unit_that_does_not_run_is_told(tmp_path: Path, command: str) -> None:
    assert by_systemctl(tmp_path, command, []).returncode == 3


def by_systemctl(folder: Path, command: str, there: list[str]) -> subprocess.CompletedProcess[str]:
    """Run COMMAND where systemctl knows the units THERE."""
    for name in there:
        (folder / name).touch()
    stand_in = folder / "systemctl"
    stand_in.write_text(SYSTEMCTL.format(folder=folder))
    stand_in.chmod(0o755)
    return ctl(*command.split(), SUPERVISOR="systemd", PATH=f"{folder}{os.pathsep}{os.defpath}")
