"""A site whose service, callers and strangers are different users, none of them root; only root can make one.

How: the Python that runs the tests may lie where only root can look. What is out of everybody's reach is linked into
the site's folder, or copied, and a program becomes its user before it is started: so nothing of root is left in it, and
the kernel protects it as it does any user's process. (A process that only forks and changes its user is protected from
everybody, which would prove nothing.)
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qsfilter.cli.build_front import settings_of
from qsfilter.edge import edge, read
from qsfilter.queue.front import build
from qsfilter.testing.caller import call
from qsfilter.testing.queue_stand_in import QueueStandIn
from qsfilter.testing.service import RunningService

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from qsfilter.testing.caller import Answer

SERVICE, CALLER, STRANGER = 64_511, 64_512, 64_513
PACKAGES = ("pluggy", "yara_x", "jinja2", "markupsafe", "qsfilter")
PLUGINS = ("yara", "attachments", "archive", "copyto", "notify", "legacylog")
SERVE = """\
import sys

sys.path.insert(0, {library!r})
from qsfilter.cli import main

sys.exit(main(["serve", *sys.argv[1:]]))
"""
WRAPPER = """\
import sys

sys.path.insert(0, {library!r})
from qsfilter.queue import main

main()
"""
GATE = """\
import os, time

from qsfilter import hookimpl, plugin

@plugin
class Gate:
    '''Holds a message that says so until a file is there.'''

    folder: str

    @hookimpl
    def scan(self, message, ctx):
        if b"gate" in message.root.blob.base[:4096]:
            open(os.path.join(self.folder, f"at-gate-{os.getpid()}"), "w").close()
            while not os.path.exists(os.path.join(self.folder, "open")):
                time.sleep(0.01)
            if b"then die" in message.root.blob.base[:4096]:
                os.kill(os.getpid(), 9)
"""


def as_user(uid: int, work: Callable[[], object]) -> Any:  # noqa: ANN401 - whatever work returns, as JSON has it
    """Do WORK in a process of the user UID, and return what it returns. Raises RuntimeError for what it raises."""
    answer, answering = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            told: object = {"returned": work()}
        except BaseException as error:  # noqa: BLE001 - it is told to the one who asked
            told = {"raised": repr(error)}
        finally:
            with open(answering, "w") as file:
                json.dump(told, file)
            os._exit(0)
    os.close(answering)
    with open(answer) as file:
        told = json.load(file)
    os.waitpid(child, 0)
    if "raised" in told:
        raise RuntimeError(told["raised"])
    return told["returned"]


class OtherUsers:
    """The site: a spool of SERVICE's, a configuration and a front that everybody can read and run, and a queue."""

    def __init__(self) -> None:
        """Make the folder, which everybody can reach."""
        self.folder = Path(tempfile.mkdtemp(prefix="qsfilter-users-"))
        self.folder.chmod(0o755)
        self.library = self.folder / "library"
        self.library.mkdir(mode=0o755)
        for name in (*PACKAGES, *(f"qsfilter_{plugin}" for plugin in PLUGINS)):
            found = util.find_spec(name)
            assert found is not None
            assert found.submodule_search_locations
            _reachable_copy(Path(found.submodule_search_locations[0]), self.library / name)
        (self.library / "gate.py").write_text(GATE)
        self.python, self.environment = _python_for_all(self.folder / "python")
        self.spool = self._own("spool", 0o700)
        self.run = self._own("run", 0o755)
        self.gate = self._own("gate", 0o777)
        self.queue_folder = self._own("qmail", 0o755)
        self.queue = QueueStandIn(str(self.queue_folder), record=False)
        for folder in ("tmp", "queue"):
            (self.queue_folder / folder).chmod(0o1777)
        text = Path(self.queue.program).read_text()
        Path(self.queue.program).write_text(f"#!{self.python} -IS\n{text.partition(chr(10))[2]}")
        Path(self.queue.program).chmod(0o755)
        for name, script in (("serve", SERVE), ("wrapper", WRAPPER)):
            (self.folder / name).write_text(f"#!{self.python} -I\n{script.format(library=str(self.library))}")
            (self.folder / name).chmod(0o755)
        self.wrapper = str(self.folder / "wrapper")
        self.front = str(self.folder / "front")
        self.config = self.folder / "qsfilter.toml"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Remove all of it."""
        shutil.rmtree(self.folder)

    def configure(self, text: str, service: str = "") -> None:
        """Write a configuration with a gate and TEXT, SERVICE in its table, and build the front for it."""
        self.config.write_text(
            f'[deliver]\nqmail_queue = "{self.queue.program}"\nreply = "notqmail"\n'
            f'[quarantine]\npath = "{self.spool}/quarantine"\n'
            f'[service]\nsocket = "{self.run}/s"\nworkers = 2\ntrusted_callers = ["{CALLER}"]\n{service}\n'
            f'[plugins.yara]\nuse = "qsfilter_yara:Yara"\n'
            f'[plugins.gate]\nuse = "gate:Gate"\nfolder = "{self.gate}"\n{text}'
        )
        source = read(str(self.config))
        build(settings_of(edge(source.table, source.path), source.path, self.wrapper), self.front)

    def service(self, umask: str = "077") -> RunningService:
        """Return a service of the user SERVICE, to be started with UMASK."""
        program = [*self.becoming(SERVICE, umask), str(self.folder / "serve")]
        return RunningService(self.config, self._own("service", 0o700), program=program, environment=self._environment)

    def becoming(self, uid: int, umask: str = "077") -> list[str]:
        """Return what stands before a program that the user UID is to run with UMASK."""
        changed = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--inh-caps=-all", "--"]
        return ["/bin/sh", "-c", 'umask "$0"; exec "$@"', umask, *changed]

    def call(
        self, uid: int, raw: bytes, envelope: bytes, program: str = "", umask: str = "077", **environment: str
    ) -> Answer:
        """Have the user UID give RAW and ENVELOPE to PROGRAM, the front where none is named."""
        return call(
            [*self.becoming(uid, umask), program or self.front],
            raw,
            envelope,
            environment={**self._environment, **environment},
            reply_descriptor=6,
        )

    def start(
        self, uid: int, raw: bytes, envelope: bytes, program: str = "", **environment: str
    ) -> subprocess.Popen[bytes]:
        """Have the user UID give RAW and ENVELOPE, which fit into pipes, to PROGRAM; it is not waited for."""
        ends = [os.pipe(), os.pipe()]
        for (_, into), data in zip(ends, (raw, envelope), strict=True):
            os.write(into, data)
            os.close(into)
        (message, _), (addresses, _) = ends
        command = [*self.becoming(uid), program or self.front]
        try:
            given = {**self._environment, **environment}
            return subprocess.Popen(command, stdin=message, stdout=addresses, env=given)
        finally:
            os.close(message)
            os.close(addresses)

    @property
    def held(self) -> int:
        """How many messages are held at the gate."""
        return len(list(self.gate.glob("at-gate-*")))

    def open_gate(self) -> None:
        """Let them go, and later ones."""
        (self.gate / "open").touch()

    def shut_gate(self) -> None:
        """Hold messages from now on."""
        for left in self.gate.iterdir():
            left.unlink()

    @property
    def _environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "QSFILTER_CONFIG": str(self.config), **self.environment}

    def _own(self, name: str, mode: int) -> Path:
        """Make the folder NAME of the user SERVICE."""
        made = self.folder / name
        made.mkdir(exist_ok=True)
        made.chmod(mode)
        os.chown(made, SERVICE, SERVICE)
        return made


def _python_for_all(folder: Path) -> tuple[str, dict[str, str]]:
    """Return a Python that everybody can run, and what it needs in its environment; it is put into FOLDER if need be.

    It is the one that runs this, without packages.
    """
    running = os.path.realpath(sys.executable)
    standard = sysconfig.get_path("stdlib")
    if _is_reachable(running) and _is_reachable(standard):
        return running, {}
    (folder / "bin").mkdir(parents=True)
    _linked(running, str(folder / "bin" / os.path.basename(running)))
    _reachable_copy(Path(standard), folder / "lib" / os.path.basename(standard))
    for library in Path(sysconfig.get_config_var("LIBDIR")).glob("libpython*.so*"):
        _linked(str(library), str(folder / "lib" / library.name))
    return str(folder / "bin" / os.path.basename(running)), {"LD_LIBRARY_PATH": str(folder / "lib")}


def _is_reachable(path: str) -> bool:
    """Whether everybody can search the folders above PATH."""
    return all(parent.stat().st_mode & 1 for parent in Path(path).parents)


def _reachable_copy(source: Path, target: Path) -> None:
    """Put the package or library at SOURCE at TARGET, but for what no program of ours imports."""
    unwanted = shutil.ignore_patterns("site-packages", "dist-packages", "test", "tests", "idlelib", "ensurepip")
    shutil.copytree(source, target, copy_function=_linked, ignore=unwanted)


def _linked(source: str, target: str) -> None:
    """Let TARGET be the file SOURCE, or a copy where that is on another file system, or not for everybody to read."""
    if os.stat(source).st_mode & 4:
        try:
            return os.link(os.path.realpath(source), target)
        except OSError:
            pass
    shutil.copy(source, target)
    os.chmod(target, 0o755)  # noqa: S103 - it is for everybody
    return None
