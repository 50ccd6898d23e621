"""The units for systemd: it finds no fault with them, they are closed, and the service works under their filter."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qsfilter.queue import protocol
from qsfilter.testing.messages import attachment, eicar, message, part, zip_of
from qsfilter.testing.service import RunningService, hand_in
from tests.process.service_place import ServedSite

UNITS = Path(__file__).parents[2] / "examples/systemd"
PROGRAM = "/opt/qsfilter/bin/qsfilter"
OURS = sorted(path.name for path in UNITS.glob("qsfilter*"))
EXPOSURE = {
    "qsfilter.service": 20,
    "qsfilter-expire.service": 20,
    "qsfilter-metrics.service": 20,
    "clamd.service": 20,
    "freshclam.service": 20,
    "qsfilter-outbox.service": 90,
}
"""At most so much, in tenths of what systemd-analyze says; of the outbox more, as it starts a set-uid program."""
FILTERED = """\
#!{python} -I
import ctypes, os, sys

seccomp = ctypes.CDLL("libseccomp.so.2")
seccomp.seccomp_init.restype = ctypes.c_void_p
EPERM, ALLOW = 0x00050001, 0x7FFF0000
made = ctypes.c_void_p(seccomp.seccomp_init(EPERM))
for name in {allowed!r}:
    number = seccomp.seccomp_syscall_resolve_name(name.encode())
    if number >= 0 and seccomp.seccomp_rule_add(made, ALLOW, number, 0):
        sys.exit(name)
assert seccomp.seccomp_load(made) == 0  # with PR_SET_NO_NEW_PRIVS, which is its default
os.execv({program!r}, [{program!r}, "serve", *sys.argv[1:]])
"""


def analyze(*arguments: str, folder: Path | None = None) -> str:
    """Run systemd-analyze with ARGUMENTS and return what it says."""
    program = shutil.which("systemd-analyze")
    assert program, "systemd-analyze is not installed; as root: apt-get install systemd"
    told = subprocess.run(
        [program, "--no-pager", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert (told.returncode, told.stderr) == (0, ""), told
    return told.stdout


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the units, with the program of this venv, as systemd looks whether it is there."""
    folder = tmp_path_factory.mktemp("units")
    ours = str(Path(sys.prefix, "bin/qsfilter"))
    for path in UNITS.glob("*.*"):
        if path.is_file():
            (folder / path.name).write_text(path.read_text().replace(PROGRAM, ours))
    return folder


def test_systemd_finds_no_fault_with_them(units: Path) -> None:
    names = sorted(path.name for path in units.iterdir())
    assert len(names) == 9
    analyze("verify", *(f"./{name}" for name in names), folder=units)


@pytest.mark.parametrize("name", EXPOSURE)
def test_they_are_closed(units: Path, name: str) -> None:
    analyze("security", "--offline=yes", f"--threshold={EXPOSURE[name]}", f"./{name}", folder=units)


def test_every_service_has_its_bound() -> None:
    assert {path.name for path in UNITS.glob("*.service")} == set(EXPOSURE)


def test_what_they_call_is_what_there_is() -> None:
    """A command with its options, as `qsfilter --help` has them."""
    for name in OURS:
        for line in re.findall(rf"^ExecStart={PROGRAM} (.*)$", (UNITS / name).read_text(), re.MULTILINE):
            words = line.split()
            command = [word for word in words if re.fullmatch("[a-z]+", word)]
            told = subprocess.run(
                [f"{sys.prefix}/bin/qsfilter", *command, "--help"],
                capture_output=True,
                text=True,
                check=True,
                timeout=60,
            )
            for option in (word for word in words if word.startswith("--")):
                assert option in told.stdout, name


def system_calls(group: str) -> set[str]:
    """Return the names of all system calls in GROUP, as this systemd has it."""
    names = set()
    for line in analyze("syscall-filter", group).splitlines()[1:]:
        word = line.strip()
        if word.startswith("@"):
            names |= system_calls(word)
        elif word and not word.startswith("#"):
            names.add(word)
    return names


def test_the_service_works_with_the_system_calls_it_is_left(tmp_path: Path) -> None:
    filters = re.findall(r"^SystemCallFilter=(.*)$", (UNITS / "qsfilter.service").read_text(), re.MULTILINE)
    assert filters == ["@system-service", "~@privileged"]
    allowed = (system_calls("@system-service") - system_calls("@privileged")) | system_calls("@default")
    site = ServedSite(tmp_path)
    site.configure("[plugins.yara]\n[plugins.attachments]\n[plugins.libarchive]\n[plugins.tnef]\n[plugins.magic]\n")
    program = str(Path(sys.prefix, "bin/qsfilter"))
    script = site.script("filtered", FILTERED.format(python=sys.executable, allowed=sorted(allowed), program=program))
    with RunningService(site.config, tmp_path / "service", program=[script]) as running:
        with open(f"/proc/{running.pid}/status", encoding="ascii") as file:
            assert "Seccomp:\t2" in file.read()
        assert hand_in(running.socket, site.clean, site.envelope).deed == protocol.HAND_OVER
        archive = attachment(zip_of({"x.txt": eicar()}), "x.zip")
        assert hand_in(running.socket, message(part(b"Look\n"), archive), site.envelope).code == 0
        assert len(site.kept) == 1
        site.configure("[plugins.yara]\n")
        running.reload()
        running.await_log("serving by the new configuration")
        assert hand_in(running.socket, site.clean, site.envelope).deed == protocol.HAND_OVER
    assert "failure" not in running.log
