"""The queue program gets signals, timer, limits, mask, directory, descriptors and environment as if we were not there.

Every caller is a process of its own that sets its state and starts either the queue program or the wrapper, so that the
two can be compared.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.process.conftest import Site

# A caller as qmail-smtpd is one: what a child inherits, it has itself; a timer is set by the child, as fork clears it.
CALLER = """
import json, os, resource, signal, sys

plan = json.loads(sys.argv[1])
message_out, message_in = os.pipe()
envelope_out, envelope_in = os.pipe()
os.write(message_in, plan["message"].encode())
os.write(envelope_in, plan["envelope"].encode())
os.close(message_in)
os.close(envelope_in)
for name, limit in plan.get("limits", {}).items():
    number = getattr(resource, name)
    resource.setrlimit(number, (limit, resource.getrlimit(number)[1]))
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    if number < 32 or number in plan.get("ignored", ()):
        ignored = number in plan.get("ignored", ()) and number != signal.SIGCHLD  # that one would take our wait away
        signal.signal(number, signal.SIG_IGN if ignored else signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_SETMASK, plan.get("blocked", ()))
for number in plan.get("descriptors", ()):
    os.dup2(os.open("/dev/null", os.O_RDWR), number)
os.umask(plan.get("umask", 0o022))
os.chdir(plan.get("directory", "/"))
os.nice(plan.get("nice", 0))
environment = {os.fsencode(name): os.fsencode(value) for name, value in plan["environment"].items()}
child = os.fork()
if not child:
    if signal.SIGCHLD in plan.get("ignored", ()):
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.dup2(message_out, 0)
    os.dup2(envelope_out, 1)
    signal.setitimer(signal.ITIMER_REAL, *plan.get("timer", (0, 0)))
    os.execve(plan["program"], [plan["program"]], environment)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""

SIGNALS = {name: int(getattr(signal, name)) for name in ("SIGPIPE", "SIGXFSZ", "SIGALRM", "SIGINT", "SIGHUP")}
MANY = {"SIGTERM": 15, "SIGCHLD": int(signal.SIGCHLD), "SIGUSR1": int(signal.SIGUSR1), "SIGRTMIN": signal.SIGRTMIN}
CALLERS: dict[str, dict[str, Any]] = {
    "plain": {},
    **{f"{name} ignored": {"ignored": [number]} for name, number in SIGNALS.items()},
    **{f"{name} blocked": {"blocked": [number]} for name, number in SIGNALS.items()},
    "many signals ignored": {"ignored": [*SIGNALS.values(), *MANY.values()]},
    "many signals blocked": {"blocked": [*SIGNALS.values(), *MANY.values()]},
    "alarm ignored and blocked": {"ignored": [14], "blocked": [14]},
    "timer": {"timer": [100, 0]},
    "timer that comes again": {"timer": [100, 7]},
    "timer, blocked": {"timer": [100, 7], "blocked": [14]},
    "descriptor 3": {"descriptors": [3]},
    "descriptors 6 and 9": {"descriptors": [6, 9]},
    "descriptor 200": {"descriptors": [200]},
    "mask 027": {"umask": 0o027},
    "mask 000": {"umask": 0},
    "another directory": {"directory": "/usr/share"},
    "nice": {"nice": 3},
    "few descriptors": {"limits": {"RLIMIT_NOFILE": 64}},
    "1 GB": {"limits": {"RLIMIT_AS": 1 << 30, "RLIMIT_DATA": 1 << 30}},
    "no core": {"limits": {"RLIMIT_CORE": 0, "RLIMIT_FSIZE": 1 << 20, "RLIMIT_STACK": 4 << 20, "RLIMIT_CPU": 1000}},
    "all of it": {
        "ignored": [int(signal.SIGPIPE), int(signal.SIGINT)],
        "blocked": [14, 15],
        "timer": [100, 7],
        "descriptors": [4, 6, 9],
        "umask": 0o077,
        "directory": "/usr",
        "limits": {"RLIMIT_NOFILE": 64},
    },
}
ENVIRONMENTS = {
    "empty": {},
    "C": {"LC_ALL": "C"},
    "POSIX": {"LANG": "POSIX"},
    "UTF-8": {"LANG": "C.UTF-8"},
    "LC_CTYPE of the caller": {"LC_CTYPE": "C", "LANG": "C"},
    "unknown locale": {"LC_ALL": "xx_XX.UTF-8"},
    "for Python": {
        "PYTHONPATH": "/no/such/path",
        "PYTHONHOME": "/no/such/home",
        "PYTHONWARNINGS": "error",
        "PYTHONSTARTUP": "/no/such/file",
        "PYTHONCOERCECLOCALE": "1",
        "PYTHONUTF8": "0",
        "PYTHONIOENCODING": "ascii",
    },
    "of an SMTP server": {
        "TCPREMOTEIP": "192.0.2.1",
        "TCPREMOTEHOST": "mail.example.org",
        "RELAYCLIENT": "",
        "RELAYCLIENTX": "@fixme",
        "PROTO": "TCP",
        "SSL_CIPHER": "a=b=c",
        "PATH": "/var/qmail/bin:/usr/bin",
    },
    "odd bytes": {"NAME": "\udce4\udcff\n=", "\udce4": "x", "lower": "", "with space": " x "},
    "what is removed": {
        "IFS": "x",
        "CDPATH": "/",
        "ENV": "/x",
        "BASH_ENV": "/x",
        "QMAILMFTFILE": "x",
        "QMAILINJECT": "x",
        "QMAILQUEUE": "/usr/bin/qsfilter-queue",
        "QSFILTER_": "x",
        "QSFILTER_ANYTHING": "x",
    },
    "what is like it": {"ifs": "x", "IFSX": "x", "XENV": "x", "QMAILQUEUES": "x", "QSFILTER": "x", "qsfilter_x": "x"},
}
REMOVED = {"IFS", "CDPATH", "ENV", "BASH_ENV", "QMAILMFTFILE", "QMAILINJECT", "QMAILQUEUE"}

# What a shell passes on to its first command is what it got; the strict stand-in is Python, which ignores two signals.
OBSERVER = """#!/bin/sh
{{ cat /proc/self/status; cat /proc/self/limits; cat /proc/self/stat; ulimit -a; }} >'{folder}/observed'
cat >/dev/null
cat <&1 >/dev/null
"""
SEEN = ("Umask", "Uid", "Gid", "Groups", "NoNewPrivs", "CapInh", "CapAmb", "SigBlk", "SigIgn", "SigPnd", "ShdPnd")


def start(site: Site, program: str, plan: dict[str, Any], **environment: str) -> None:
    """Let a caller that is set up by PLAN start PROGRAM, which must take the message."""
    plan = {
        "environment": site.environment(**environment),
        **plan,
        "program": program,
        "message": site.clean.decode(),
        "envelope": site.envelope_sent.decode(),
    }
    command = [sys.executable, "-I", "-c", CALLER, json.dumps(plan)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30)
    assert done.stdout == "0\n", done.stderr


def both(site: Site, plan: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the queue program is given directly, and what it is given through the wrapper."""
    states = []
    for program in (site.queue.program, site.wrapper):
        start(site, program, plan)
        (recorded,) = site.queue_folder.glob("state.*")
        states.append(json.loads(recorded.read_text()))
        recorded.unlink()
    return states[0], states[1]


@pytest.mark.parametrize("plan", CALLERS.values(), ids=CALLERS)
def test_the_queue_program_is_given_what_the_caller_gives(site: Site, plan: dict[str, Any]) -> None:
    directly, through = both(site, plan)
    left, interval = directly.pop("timer")
    left_through, interval_through = through.pop("timer")
    assert interval_through == interval
    assert left - 20 < left_through <= left + 0.5
    assert (left_through > 0) == (left > 0)
    del directly["environment"], through["environment"]
    assert through == directly


@pytest.mark.parametrize("plan", CALLERS.values(), ids=CALLERS)
def test_the_queue_program_starts_with_the_callers_signals_and_rights(site: Site, plan: dict[str, Any]) -> None:
    observer = site.script("observer", OBSERVER.format(folder=site.folder))
    site.configure(program=observer)
    seen = []
    for program in (observer, site.wrapper):
        start(site, program, plan)
        lines = (site.folder / "observed").read_text().splitlines()
        status = {line.partition(":")[0]: line for line in lines}
        nice = next(line for line in lines if ") R " in line or ") S " in line).rpartition(")")[2].split()[16]
        limits = [line for line in lines if line.startswith(("Max ", "time", "file", "core", "stack", "data", "vmem"))]
        seen.append(({name: status[name] for name in SEEN if name in status}, nice, limits))
    assert seen[0] == seen[1]
    assert "SigIgn" in seen[0][0]
    assert int(nice) == min(os.nice(0) + plan.get("nice", 0), 19)
    # A shell wants to hear of its children, whatever it was given; the stand-in's record has that signal.
    ignored = sum(1 << number - 1 for number in plan.get("ignored", ()) if number != signal.SIGCHLD)
    # Signals 32 and 33 are the C library's own: posix_spawn leaves one ignored in whatever a threaded caller starts.
    assert int(seen[1][0]["SigIgn"].split()[1], 16) & ~0x180000000 == ignored


@pytest.mark.parametrize("given", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_the_environment_is_the_callers_without_what_misleads(site: Site, given: dict[str, str]) -> None:
    environment = {"QSFILTER_CONFIG": str(site.config), **given}
    directly, through = both(site, {"environment": environment})
    assert len(directly["environment"]) == len(environment)
    expected = [
        entry
        for entry in directly["environment"]
        if not entry.startswith("QSFILTER_") and entry.partition("=")[0] not in REMOVED
    ]
    assert through["environment"] == expected


def test_a_wrapper_whose_installer_dropped_the_isolation_passes_on_the_same(site: Site) -> None:
    """It starts Python a second time, which must not leave a trace."""
    source = Path(__file__).parents[2] / "scripts" / "qsfilter-queue"
    site.wrapper = site.script("qsfilter-queue", source.read_text().replace("#!python -I", f"#!{sys.executable}", 1))
    plan = {
        **CALLERS["all of it"],
        "environment": {
            "QSFILTER_CONFIG": str(site.config),
            "LC_ALL": "C",
            "PYTHONPATH": str(site.folder),
            "ODD": "\udcff",
        },
    }
    (site.folder / "qsfilter.py").write_text("import os; os._exit(0)")
    directly, through = both(site, plan)
    for state in (directly, through):
        del state["timer"]
    directly["environment"] = [entry for entry in directly["environment"] if not entry.startswith("QSFILTER_")]
    assert through == directly


def test_modules_of_the_environment_and_of_the_directory_are_not_imported(site: Site) -> None:
    for name in ("qsfilter", "pluggy", "os", "signal", "sitecustomize", "usercustomize"):
        (site.folder / f"{name}.py").write_text("import posix\nposix._exit(0)\n")
    hostile = {"PYTHONPATH": str(site.folder), "PYTHONHOME": str(site.folder), "PYTHONUSERBASE": str(site.folder)}
    start(site, site.wrapper, {"directory": str(site.folder)}, **hostile)
    assert site.queued() == (site.clean, site.envelope_sent)


def test_no_descriptor_of_ours_reaches_what_the_queue_program_starts(site: Site) -> None:
    lister = site.script(
        "lister", f"#!/bin/sh\nls /proc/$$/fd >'{site.folder}/listed'\ncat >/dev/null\ncat <&1 >/dev/null\n"
    )
    site.configure(program=lister)
    seen = []
    for program in (lister, site.wrapper):
        start(site, program, {"descriptors": [6]})
        seen.append((site.folder / "listed").read_text().split())
    assert seen[0] == seen[1]


def test_message_and_envelope_are_files_at_their_start(site: Site) -> None:
    """Files, so that a queue program may read them as it likes; read-write, as nobody else has them."""
    teller = site.script(
        "teller",
        f"#!{sys.executable} -IS\nimport json, os, stat\n"
        "told = [(stat.S_ISREG(os.fstat(n).st_mode), os.lseek(n, 0, 1) < os.fstat(n).st_size) for n in (0, 1)]\n"
        f"open({str(site.folder / 'told')!r}, 'w').write(json.dumps(told))\n",
    )
    site.configure(program=teller)
    assert site.call(site.clean).accepted
    assert json.loads((site.folder / "told").read_text()) == [[True, True], [True, True]]


def test_the_callers_umask_does_not_open_the_quarantine(site: Site) -> None:
    site.clean = site.infected
    start(site, site.wrapper, {"umask": 0})
    (kept,) = site.kept
    (sidecar,) = kept.parent.parent.glob("sidecar/*")
    for place in (kept, sidecar, kept.parent, sidecar.parent, kept.parent.parent, site.quarantine):
        assert place.stat().st_mode & 0o077 == 0, place
