"""A machine in small for the tests of the service files: services as shipped, whose `conf` alone names other paths.

Guarantees: nothing is started but what svscan or runsvdir starts in a folder of ours; in the end all of it is gone, by
force where it does not end in time, and by the number of the process group that was made for it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qsfilter.testing.clamd_server import ClamdServer
from qsfilter.testing.service import until
from tests.process.conftest import Site

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples/supervise"
SERVICES = ("clamd", "freshclam", "qsfilter", "qsfilter-outbox")
SECONDS = 60
PROGRAMS = {
    "daemontools": ("svscan", "supervise", "svc", "svok", "svstat", "setuidgid", "softlimit", "multilog"),
    "runit": ("runsvdir", "runsv", "sv", "chpst", "svlogd"),
}
PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"))
# Nobody but root can become somebody else.
STAYS = {
    "setuidgid": '#!/bin/sh\nshift\nexec "$@"\n',
    "chpst": '#!/bin/sh\n[ "$1" = -u ] && shift 2\ncase $1 in -*) exec {real} "$@" ;; esac\nexec "$@"\n',
}
RULES = """\
import time

from qsfilter import rule


@rule("slow")
def _(message, findings):
    if b"Subject: slow" in bytes(message.root.blob.data):
        open({begun!r}, "w").close()
        time.sleep(1)
"""


class Place:
    """A folder with the services for SUPERVISOR, their configurations, and a site whose mail the service examines."""

    def __init__(self, supervisor: str) -> None:
        """Set everything up; nothing runs yet. Raises RuntimeError where a program is not installed."""
        for program in (*PROGRAMS[supervisor], "clamd", "freshclam"):
            if shutil.which(program, path=PATH) is None:
                raise RuntimeError(f"{program} is not installed; as root: apt-get install {supervisor} clamav-daemon")
        self.supervisor = supervisor
        # Not pytest's folder, which is closed to the users that the services run as.
        self.folder = Path(tempfile.mkdtemp(prefix="qs-"))
        self.folder.chmod(0o755)
        self.site = Site(self.folder)
        self.services = self.folder / "service"
        self.begun = self.folder / "run" / "begun"
        self._process: subprocess.Popen[bytes] | None = None
        shutil.copytree(EXAMPLES / supervisor, self.services)
        shutil.copy(EXAMPLES / "qsfilterctl", self.folder)
        (self.folder / "clamdctl").symlink_to("qsfilterctl")
        self.users = self._users()
        self._set_clamav_up()
        self._set_qsfilter_up()
        self._set_paths()

    def _users(self) -> dict[str, str]:
        """Return who each of the services runs as here; the service, who may read our Python."""
        ourselves = pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid():
            stays = self.folder / "stays"
            stays.mkdir()
            for name, text in STAYS.items():
                (stays / name).write_text(text.format(real=shutil.which(name, path=PATH)))
                (stays / name).chmod(0o755)
            return {"clamav": ourselves, "qsfilter": ourselves, "qmaill": ourselves}
        homes = {Path(name).resolve() for name in (sys.executable, sys.prefix, sys.base_prefix, ROOT)}
        homes |= {above for home in homes for above in home.parents}
        readable = all(home.stat().st_mode & stat.S_IXOTH for home in homes)
        return {"clamav": "clamav", "qsfilter": "nobody" if readable else ourselves, "qmaill": "nobody"}

    def _folder_of(self, user: str, name: str) -> Path:
        """Make a folder NAME that belongs to USER."""
        made = self.folder / name
        made.mkdir(exist_ok=True)
        os.chown(made, pwd.getpwnam(self.users[user]).pw_uid, -1)
        return made

    def _set_clamav_up(self) -> None:
        """Write what clamd and freshclam read: the test database, and one of the site's that freshclam fetches."""
        self.clamd = ClamdServer(self.folder / "clamav")
        self._folder_of("clamav", "clamav/db")
        custom = self.folder / "custom.ndb"
        custom.write_text(f"Test.Fetched:0:*:{b'fetched by freshclam'.hex()}\n")
        for name in ("clamd.conf", "freshclam.conf"):
            text = (EXAMPLES / name).read_text()
            for old, new in (
                ("/var/lib/clamav", f"{self.clamd.directory}/db"),
                ("/run/clamav/clamd.ctl", self.clamd.socket),
                ("/etc/qsfilter/clamd.conf", f"{self.folder}/clamd.conf"),
                ("DatabaseOwner clamav", f"DatabaseOwner {self.users['clamav']}"),
                # No network: a file in the place of the official databases.
                ("DatabaseMirror database.clamav.net", f"PrivateMirror http://127.0.0.1:9\n{_only(custom)}"),
            ):
                text = text.replace(old, new)
            assert "/var/" not in text
            assert "clamav.net" not in text
            (self.folder / name).write_text(text)

    def _set_qsfilter_up(self) -> None:
        spool = self._folder_of("qsfilter", "spool")
        self.site.quarantine = spool / "quarantine"
        os.chmod(self.site.queue.program, 0o755)  # noqa: S103 - the outbox's user starts it, too
        for name in ("tmp", "queue", "."):
            (self.site.queue_folder / name).chmod(0o1777)
        (self.folder / "rules.py").write_text(RULES.format(begun=str(self.begun)))
        self.configure()

    def configure(self, more: str = "") -> None:
        """Write the service's configuration, with MORE tables."""
        self.site.configure(
            f'[service]\nsocket = "{self.folder}/run/s"\nworkers = 2\ntrusted_callers = ["{os.getuid()}"]\n'
            f'[rules]\nfiles = ["{self.folder}/rules.py"]\n'
            f'[plugins.clamav]\nservers = ["unix:{self.clamd.socket}"]\n{more}'
        )

    def _set_paths(self) -> None:
        """Put the paths and users of this place into each `conf`, and nowhere else."""
        own = {
            "clamd": {"PROGRAM": str(self.clamd.program), "CONFIG": "clamd.conf", "RUN": "clamav", "RUN_AS": "clamav"},
            "freshclam": {
                "PROGRAM": str(shutil.which("freshclam", path=PATH)),
                "CONFIG": "freshclam.conf",
                "RUN_AS": "clamav",
            },
            "qsfilter": {"PROGRAM": "", "CONFIG": "", "RUN": "run", "RUN_AS": "qsfilter", "LAST_GOOD": "spool/service"},
            "qsfilter-outbox": {"PROGRAM": "", "CONFIG": "", "RUN_AS": "qsfilter", "EVERY": "1", "MEMORY": ""},
        }
        for service, changes in own.items():
            (self.folder / "log").mkdir(exist_ok=True)
            changes |= {"LOG": f"log/{service}", "LOG_AS": "qmaill", "OPEN_FILES": ""}
            lines = (self.services / service / "conf").read_text().splitlines()
            for at, line in enumerate(lines):
                key, is_set, value = line.partition("=")
                if is_set and not line.startswith("#"):
                    lines[at] = f"{key}={self._value(key, changes[key], value)}"
            (self.services / service / "conf").write_text("\n".join([*lines, ""]))

    def _value(self, key: str, ours: str, shipped: str) -> str:
        if key.endswith("_AS"):
            assert shipped == ours
            return self.users[ours]
        if shipped == "/opt/qsfilter/bin/qsfilter":
            return os.path.join(sys.prefix, "bin", "qsfilter")
        if shipped == "/etc/qsfilter/qsfilter.toml":
            return str(self.site.config)
        if not ours or key == "EVERY":
            return ours or shipped
        return str(self.folder / ours)

    # --- running ----------------------------------------------------------------------------------------------------

    @property
    def environment(self) -> dict[str, str]:
        """What svscan, runsvdir and qsfilterctl are started with."""
        path = f"{self.folder / 'stays'}{os.pathsep}{PATH}"
        return {"PATH": path, "LC_ALL": "C.UTF-8", "SERVICES": str(self.services), "PATIENCE": str(SECONDS)}

    def __enter__(self) -> Self:
        """Have everything supervised that has no file `down`."""
        program = PROGRAMS[self.supervisor][0]
        with open(self.folder / "supervisor.log", "wb") as log:
            self._process = subprocess.Popen(
                [program, str(self.services)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                start_new_session=True,
            )
        return self

    def __exit__(self, *_: object) -> None:
        """Let everything end, and remove the folder."""
        assert self._process is not None
        group = self._process.pid
        try:
            if self.supervisor == "runit":
                self._process.send_signal(signal.SIGHUP)  # runsvdir stops all before it ends
                self._process.wait(SECONDS)
            else:
                self._process.terminate()
                self._process.wait(SECONDS)
                folders = [str(self.services / name / part) for name in SERVICES for part in ("", "log")]
                subprocess.run(["svc", "-dx", *folders], env=self.environment, check=True, timeout=SECONDS)
            until(lambda: not _any_left(group), SECONDS)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
            shutil.rmtree(self.folder, ignore_errors=True)

    def ctl(
        self, *arguments: str, name: str = "qsfilterctl", environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run qsfilterctl under NAME with ARGUMENTS."""
        return subprocess.run(
            [str(self.folder / name), *arguments],
            env={**self.environment, **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=2 * SECONDS,
        )

    def process(self, service: str, part: str = "") -> int:
        """Return the number of the process of SERVICE, or of its PART log; 0 where it does not run."""
        # Both supervisors write it here (runsv in the form of daemontools).
        status = self.services / service / part / "supervise/status"
        try:
            found = status.read_bytes()
        except FileNotFoundError:
            return 0
        return int.from_bytes(found[12:16], "little")

    def await_process(self, service: str, other_than: int = 0) -> int:
        """Wait until SERVICE runs as a process OTHER_THAN the one before, and return it."""
        until(lambda: self.process(service) not in {0, other_than}, SECONDS)
        return self.process(service)

    def log(self, service: str) -> str:
        """What multilog or svlogd has kept of SERVICE."""
        try:
            return (self.folder / "log" / service / "current").read_text(errors="replace")
        except FileNotFoundError:
            return ""

    def await_log(self, service: str, text: str, times: int = 1) -> None:
        """Wait until TEXT stands in the log of SERVICE, so many TIMES."""
        try:
            until(lambda: self.log(service).count(text) >= times, SECONDS)
        except TimeoutError:
            raise TimeoutError(f"{text!r} is not in the log of {service}: {self.log(service)[-2000:]}") from None

    def await_well(self) -> None:
        """Wait until the service serves and clamd answers."""
        until(lambda: self.ctl("stat").returncode == 0, SECONDS)


def owner(pid: int) -> str:
    """Return the user that the process PID runs as; empty where it is gone."""
    if not os.path.exists(f"/proc/{pid}"):
        return ""
    return pwd.getpwuid(os.stat(f"/proc/{pid}").st_uid).pw_name


def _only(custom: Path) -> str:
    names = ("main", "daily", "bytecode")
    return "".join(f"ExcludeDatabase {name}\n" for name in names) + f"DatabaseCustomURL file://{custom}"


def _any_left(group: int) -> bool:
    """Whether a process of GROUP runs; one that has ended and that nobody has waited for does not."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            state, _parent, found = path.read_text().rpartition(") ")[2].split()[:3]
            if int(found) == group and state != "Z":
                return True
    return False
