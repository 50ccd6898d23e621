"""Another user of the machine may hand in mail, and nothing else: he reads, forges and changes nothing.

Service, callers and strangers are users of their own here, none of them root. Where it is tried what a stranger can't
do, the same is done as the user whose it is, so that what can't be done is not only done wrong.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import re
import socket
import stat
import tempfile
from contextlib import contextmanager, suppress
from functools import partial
from mmap import ACCESS_WRITE, mmap
from typing import TYPE_CHECKING

import pytest

from qsfilter.cli.build_front import settings_of
from qsfilter.edge import edge, read
from qsfilter.errors import DeliveryError
from qsfilter.queue import protocol
from qsfilter.queue.asking import BUSY
from qsfilter.queue.front import build
from qsfilter.service.listening import Listening
from qsfilter.testing.messages import attachment, eicar, message, part
from qsfilter.testing.service import PAGE, connected, read_only, take_answer, until
from tests.reliability.figures import record
from tests.reliability.other_users import CALLER, SERVICE, STRANGER, OtherUsers, as_user

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from qsfilter.testing.service import RunningService

ENVELOPE = b"Falice@example.org\0Tbob@example.com\0Tcarol@example.com\0\0"
CLEAN = message(b"Nothing is wrong with this.\n")
INFECTED = message(part(b"Look at this.\n"), attachment(eicar(), "harmless.txt"))
FORBIDDEN = message(part(b"Look at this.\n"), attachment(b"MZ", "program.exe"))
MARKER = b"only-for-bob-and-carol"
RULES = """\
from qsfilter import reject, rule

@rule("who")
def _(message, findings):
    client = message.client
    if b"say who" in message.root.blob.data:
        return reject(f"{client.ip} {client.host} {client.user} {client.relay} {sorted(client.env)}")
"""
PLUGINS = """
[rules]
files = ["{site.folder}/rules.py"]
[metrics]
[plugins.attachments]
use = "qsfilter_attachments:Attachments"
[plugins.archive]
use = "qsfilter_archive:Archive"
path = "{site.spool}/archive"
[plugins.copyto]
use = "qsfilter_copyto:CopyTo"
to = ["look@example.com"]
[plugins.notify]
use = "qsfilter_notify:Notify"
admin = "postmaster@example.com"
[plugins.legacylog]
use = "qsfilter_legacylog:LegacyLog"
quarantine_log = "{site.spool}/quarantine.log"
mailstats = "{site.spool}/mailstats.csv"
"""
DOCUMENTED = {"quarantine.log": 0o640, "mailstats.csv": 0o640}
"""Files that more than their owner may read, if the folder lets him; see the plugin's page."""


@pytest.fixture(scope="module")
def site() -> Iterator[OtherUsers]:
    with OtherUsers() as made:
        (made.folder / "rules.py").write_text(RULES)
        made.configure(PLUGINS.format(site=made))
        yield made


@pytest.fixture(scope="module")
def running(site: OtherUsers) -> Iterator[RunningService]:
    """The service, which has had mail of every kind; its umask lets everybody do everything.

    Its user has had mail examined without it, too.
    """
    site.open_gate()
    alone = site.folder / "alone.toml"
    alone.write_text(re.sub(r"\[service\]\n(.*\n)*?(?=\[)", "", site.config.read_text()))
    with site.service(umask="000") as running:
        for raw in (CLEAN, INFECTED, FORBIDDEN):
            site.call(CALLER, raw, ENVELOPE)
            site.call(SERVICE, raw, ENVELOPE, site.wrapper, umask="000", QSFILTER_CONFIG=str(alone))
        yield running


# --- its own user -----------------------------------------------------------------------------------------------------


def test_it_runs_as_its_user_and_can_do_nothing_else(running: RunningService) -> None:
    for pid in (running.pid, *running.workers):
        with open(f"/proc/{pid}/status") as file:
            told = dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)
        assert set(told["Uid"].split()) == set(told["Gid"].split()) == {str(SERVICE)}
        assert not told["Groups"].strip()
        assert {int(told[which], 16) for which in ("CapEff", "CapPrm", "CapInh")} == {0}


def test_whatever_the_umask_what_it_makes_is_its_users_alone(site: OtherUsers, running: RunningService) -> None:
    made = list(_below(site.spool))
    kinds = ("quarantine/viruses/new", "quarantine/policy/new", "archive/new", "outbox/new", "archive/manifest",
             "metrics", "rules")  # fmt: skip
    for kind in kinds:
        assert any(f"/{kind}/" in str(path) for path in made), f"nothing is in {kind}"
    for path in (*made, *_below(site.folder / "service" / "last-good")):
        found = path.lstat()
        expected = 0o700 if stat.S_ISDIR(found.st_mode) else DOCUMENTED.get(path.name, 0o600)
        assert (oct(stat.S_IMODE(found.st_mode)), found.st_uid) == (oct(expected), SERVICE), path
        assert not path.is_symlink()
    assert stat.S_IMODE(os.stat(running.socket).st_mode) == 0o666
    assert stat.S_IMODE(os.stat(f"{running.socket}.lock").st_mode) == 0o600
    record("privilege.modes", files=len(made), open_to_others=0)


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        with suppress(FileNotFoundError):  # it was there for a moment
            path.lstat()
            yield path


# --- who submits ------------------------------------------------------------------------------------------------------

TOLD = {
    "TCPREMOTEIP": "192.0.2.66", "TCPREMOTEHOST": "there.example", "TCPREMOTEINFO": "somebody", "RELAYCLIENT": "",
    "BMC_WHITELIST": "1",
}  # fmt: skip


@pytest.mark.parametrize("program", ["front", "wrapper"])
@pytest.mark.parametrize("uid", [CALLER, STRANGER])
def test_any_user_submits_and_only_who_is_trusted_says_for_whom(
    site: OtherUsers, running: RunningService, uid: int, program: str
) -> None:
    chosen = getattr(site, program)
    before = len(site.queue.queued)
    assert site.call(uid, CLEAN, ENVELOPE, chosen, **TOLD).accepted
    assert len(site.queue.queued) == before + 1
    answer = site.call(uid, message(b"say who\n"), ENVELOPE, chosen, **TOLD)
    assert answer.text.startswith("D")
    believed = "192.0.2.66 there.example somebody True" in answer.text and "BMC_WHITELIST" in answer.text
    assert believed is (uid == CALLER), answer
    assert ("127.0.0.1   False []" in answer.text) is (uid == STRANGER), answer


# --- mail in flight ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", ["front", "wrapper"])
def test_mail_in_flight_is_nobody_elses(site: OtherUsers, running: RunningService, program: str) -> None:
    """One process holds it, another examines it: a stranger sees none of their files, and none of their memory."""
    with _held(site, message(b"gate " + MARKER + b"\n"), getattr(site, program)) as caller:
        tried = 0
        for pid, owner in ((caller.pid, CALLER), *((worker, SERVICE) for worker in running.workers)):
            numbers = as_user(owner, partial(_numbers, pid))
            ways = as_user(STRANGER, partial(_ways_in, pid, numbers))
            assert numbers, "the one who asks is no good"
            assert ways == [], f"{pid} of user {owner}"
            tried += 6 + 2 * len(numbers)
        # The same user's processes are one another's: nothing here is hidden from them, as from none on Unix.
        assert as_user(CALLER, lambda: _content(caller.pid)), "the one who asks is no good"
    record("privilege.in_flight", tried=tried, read=0)


@contextmanager
def _held(site: OtherUsers, raw: bytes, program: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """Within the block a message of CALLER's is examined; afterwards it is handed over."""
    site.shut_gate()
    process = site.start(CALLER, raw, ENVELOPE, program)
    try:
        until(lambda: site.held)
        yield process
    finally:
        site.open_gate()
        assert process.wait(60) == 0


def _numbers(pid: int) -> list[int]:
    return [int(name) for name in os.listdir(f"/proc/{pid}/fd")]


def _ways_in(pid: int, numbers: list[int]) -> list[str]:
    """Return what of the process PID, which has open the descriptors NUMBERS, this one can look into."""
    found = []
    for name in ("mem", "maps", "environ", "auxv", "fd", *(f"fd/{number}" for number in numbers)):
        with suppress(OSError):
            path = f"/proc/{pid}/{name}"
            if name == "fd":
                os.listdir(path)
            else:
                os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
            found.append(name)
    library = ctypes.CDLL(None, use_errno=True)
    seize, getfd = 0x4206, 438
    if library.ptrace(seize, pid, None, None) == 0:
        found.append("ptrace")
    with suppress(OSError):
        process = os.pidfd_open(pid)
        found += [f"pidfd_getfd {one}" for one in numbers if library.syscall(getfd, process, one, 0) >= 0]
    with suppress(PermissionError):
        os.kill(pid, 0)
        found.append("kill")
    return found


def _content(pid: int) -> bool:
    """Whether a file without a name that the process PID has open holds the mail."""
    for name in os.listdir(f"/proc/{pid}/fd"):
        path = f"/proc/{pid}/fd/{name}"
        if os.readlink(path).startswith("/memfd:qsfilter"):
            with open(path, "rb") as file:
                if MARKER in file.read():
                    return True
    return False


@pytest.mark.parametrize("program", ["front", "wrapper"])
def test_who_is_given_the_files_can_not_write_to_them(site: OtherUsers, program: str) -> None:
    """The service, or whoever listens in its place, can only read; opening them anew gives no more."""
    place, chosen = f"{site.run}/{program}", str(site.folder / f"another-{program}")
    config = site.folder / f"another-{program}.toml"
    config.write_text(site.config.read_text().replace(f"{site.run}/s", place))
    if program == "front":
        source = read(str(config))
        build(settings_of(edge(source.table, source.path), source.path, ""), chosen)
    else:
        chosen = site.wrapper
    ways = {}
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        os.chmod(place, 0o666)  # noqa: S103 - as the service's is
        listening.listen()
        for uid in (SERVICE, CALLER):
            process = site.start(CALLER, CLEAN, ENVELOPE, chosen, QSFILTER_CONFIG=str(config))
            ways[uid] = as_user(uid, lambda: _ways_to_write(listening))
            assert process.wait(60) == 71, "it was not told what to do"
    assert ways[SERVICE] == []
    assert ways[CALLER], "the one who asks is no good"  # who can do so with any process of his


def _ways_to_write(listening: socket.socket) -> list[str]:
    """Take a request in, and return in which ways one of its files can be changed here."""
    connection, _ = listening.accept()
    _, numbers, _, _ = socket.recv_fds(connection, 1 << 16, 4)
    assert len(numbers) == 2
    grow = 0x4  # F_SEAL_GROW
    ways: dict[str, Callable[[int], object]] = {
        "write": lambda number: os.pwrite(number, b"x", 0),
        "truncate": lambda number: os.ftruncate(number, 0),
        "map": lambda number: mmap(number, 1, access=ACCESS_WRITE),
        "open": lambda number: os.open(f"/proc/self/fd/{number}", os.O_RDWR),
        "append": lambda number: os.open(f"/proc/self/fd/{number}", os.O_WRONLY | os.O_APPEND),
        "mode": lambda number: os.fchmod(number, 0o666),
        "owner": lambda number: os.fchown(number, os.geteuid(), -1),
        "flags": lambda number: fcntl.fcntl(number, fcntl.F_ADD_SEALS, grow),
    }
    found = []
    for name, way in ways.items():
        for number in numbers:
            with suppress(OSError):
                way(number)
                found.append(name)
    return found


# --- what is kept and remembered --------------------------------------------------------------------------------------


def test_what_is_kept_and_remembered_is_neither_read_nor_forged(site: OtherUsers, running: RunningService) -> None:
    """The quarantine, the archive, the outbox, counters, verdicts, attempts, rules, the configuration that was good."""
    made = [site.spool, site.folder / "service", *_below(site.spool), *_below(site.folder / "service")]
    paths = {str(path): path.is_dir() for path in made}
    assert as_user(STRANGER, lambda: [one for path, folder in paths.items() for one in _acts(path, folder)]) == []
    # The same as the user whose it is.
    mine = as_user(SERVICE, lambda: [path for path, folder in paths.items() if os.access(path, os.R_OK | os.W_OK)])
    assert len(mine) >= len(paths) - 2, "the one who asks is no good"
    record("privilege.kept", tried=len(paths), read=0, forged=0)


def test_the_place_of_the_socket_can_not_be_taken(site: OtherUsers, running: RunningService) -> None:
    paths = [str(site.run), running.socket, f"{running.socket}.lock"]
    acts = as_user(STRANGER, lambda: [one for path in paths for one in _acts(path, os.path.isdir(path))])
    # Everybody sees that it is there, and connects; who may do that may set its time, which means nothing.
    assert sorted(acts) == [f"list {site.run}", f"time {running.socket}"]
    assert site.call(CALLER, CLEAN, ENVELOPE).accepted


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o775])
def test_a_place_that_others_can_take_is_not_used(site: OtherUsers, tmp_path: Path, mode: int) -> None:
    """Also one as /tmp is: while no service is there, whoever listens in its place could say that all mail is clean."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(DeliveryError, match="can be written by others"):
        Listening(str(folder / "s"), 1)


def _acts(path: str, folder: bool) -> list[str]:
    """Return what this process can do with PATH, which is a FOLDER or not; do none of it where that would harm."""
    ways: dict[str, Callable[[], object]] = {
        "read": lambda: os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK)),
        "write": lambda: os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK)),
        "mode": lambda: os.chmod(path, 0o777),  # noqa: S103 - it is refused
        "move": lambda: os.rename(path, f"{path}.moved"),
        "link": lambda: os.link(path, f"/tmp/qsfilter-linked-{os.getpid()}"),
        "time": lambda: os.utime(path),
    }
    if folder:
        ways = {
            "list": lambda: os.listdir(path),
            "make": lambda: os.close(os.open(f"{path}/x", os.O_WRONLY | os.O_CREAT | os.O_EXCL)),
            "link into": lambda: os.symlink("/etc/passwd", f"{path}/y"),
            "mode": ways["mode"],
            "move": ways["move"],
        }
    found = []
    for name, way in ways.items():
        with suppress(OSError):
            way()
            found.append(f"{name} {path}")
    return found


# --- what is handed in ------------------------------------------------------------------------------------------------


def _unlinked(mode: int) -> int:
    """Return a descriptor of a file without a name that was opened in MODE."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(bytes(PAGE) + CLEAN)
        file.flush()
        return os.open(file.name, mode)


def _of_path(path: str, mode: int = os.O_RDONLY) -> int:
    return os.open(path, mode | os.O_NONBLOCK)


def _fifo() -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.mkfifo(f"{folder}/fifo")
        return os.open(f"{folder}/fifo", os.O_RDONLY | os.O_NONBLOCK)


def _secret() -> int:
    """Return memory that only this process can read (memfd_secret), or a pipe where the kernel has none."""
    memfd_secret = 447
    number = ctypes.CDLL(None).syscall(memfd_secret, 0)
    if number < 0:
        return os.pipe()[0]
    os.ftruncate(number, 2 * PAGE)
    return int(number)


def _watching() -> int:
    return int(ctypes.CDLL(None).inotify_init())


WRONG: dict[str, Callable[[], int]] = {
    "for writing, too": lambda: _unlinked(os.O_RDWR),
    "for writing alone": lambda: _unlinked(os.O_WRONLY),
    "for appending": lambda: _unlinked(os.O_WRONLY | os.O_APPEND),
    "only by its path": lambda: _unlinked(os.O_PATH),
    "with a name": lambda: _of_path("/etc/passwd"),
    "a name only by its path": lambda: _of_path("/etc/shadow", os.O_PATH),
    "folder": lambda: _of_path("/"),
    "folder only by its path": lambda: _of_path("/root", os.O_PATH),
    "folder for files without a name": lambda: _of_path("/tmp", os.O_RDONLY | os.O_DIRECTORY),
    "fifo": _fifo,
    "pipe": lambda: os.pipe()[0],
    "socket": lambda: socket.socket(socket.AF_UNIX).detach(),
    "device": lambda: _of_path("/dev/zero"),
    "nothing": lambda: _of_path("/dev/null"),
    "of proc": lambda: _of_path("/proc/self/status"),
    "memory": lambda: _of_path("/proc/self/maps"),
    "environment": lambda: _of_path("/proc/sys/kernel/random/uuid"),
    "namespace": lambda: _of_path("/proc/self/ns/mnt"),
    "of sys": lambda: _of_path("/sys/kernel/mm/transparent_hugepage/enabled"),
    "event": lambda: os.eventfd(1),
    "events": lambda: int(ctypes.CDLL(None).epoll_create1(0)),
    "process": lambda: os.pidfd_open(os.getpid()),
    "watching": _watching,
    "secret memory": _secret,
}


def test_only_files_without_a_name_that_are_open_for_reading_are_taken(
    site: OtherUsers, running: RunningService
) -> None:
    """The service reads what it is given, and what it is given can't be a way to something else."""
    answers = as_user(STRANGER, lambda: _handed_in(running.socket))
    assert answers.pop("right 0") == [protocol.HAND_OVER, 0], "the one who asks is no good"
    assert answers.pop("right 1") == [protocol.HAND_OVER, 0]
    taken = {name: answer for name, answer in answers.items() if answer != [protocol.END, 71]}
    assert taken == {}
    assert len(answers) == 2 * len(WRONG)
    record("privilege.descriptors", kinds=len(WRONG), taken=0)


def _handed_in(path: str) -> dict[str, tuple[int, int]]:
    """Hand in a message for each wrong kind of file, and a right one, in the place of message and of envelope."""
    answers = {}
    for name, make in [*WRONG.items(), ("right", lambda: -1)]:
        for which in (0, 1):
            numbers = [read_only(bytes(PAGE) + CLEAN), read_only(ENVELOPE)]
            wrong = make()
            if wrong >= 0:
                os.close(numbers[which])
                numbers[which] = wrong
            # What is no file has no size, so that nothing but its kind is wrong.
            size = 0 if wrong >= 0 and not which else len(CLEAN)
            length = 0 if wrong >= 0 and which else len(ENVELOPE)
            answer = _answered(path, protocol.request(PAGE, size, length, {}), numbers)
            answers[f"{name} {which}"] = (answer.deed, answer.code)
            for number in numbers:
                os.close(number)
    return answers


def _answered(path: str, request: bytes, numbers: list[int]) -> protocol.Answer:
    """Return the answer to REQUEST with NUMBERS; asked again while the worker before it is not back yet."""
    for _ in range(100):
        with connected(path) as connection:
            socket.send_fds(connection, [request], numbers)
            answer = take_answer(connection)
        if answer.text != BUSY:
            break
    return answer


# --- what is changed meanwhile ----------------------------------------------------------------------------------------

CHANGES: dict[str, Callable[[int, int], object]] = {
    "cut": lambda number, _: os.ftruncate(number, 0),
    "cut within a page": lambda number, size: os.ftruncate(number, PAGE + size // 2),
    "overwritten": lambda number, size: os.pwrite(number, b"x" * size, PAGE),
    "longer": lambda number, size: os.ftruncate(number, PAGE + 2 * size),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("large", [False, True], ids=["", "larger-than-is-opened"])
def test_a_file_that_is_changed_while_it_is_examined_changes_nothing(
    site: OtherUsers, bounded: RunningService, large: bool, change: Callable[[int, int], object]
) -> None:
    """Verdict and copy are of the bytes that were there when the request came; no worker ends because of it."""
    raw = message(part(b"gate\n" + os.urandom(8).hex().encode()), attachment(eicar(), "harmless.txt"))
    raw += b"more\n" * (100_000 if large else 1)
    workers, before = bounded.workers, {*site.spool.glob("quarantine/*/new/*")}
    answer = _changed_at_the_gate(site, bounded.socket, raw, change)
    assert (answer.deed, answer.code) == (protocol.END, 31 if large else 0)
    (kept,) = {*site.spool.glob("quarantine/*/new/*")} - before
    assert kept.read_bytes() == raw
    assert bounded.workers == workers
    assert site.call(CALLER, CLEAN, ENVELOPE).accepted
    record("privilege.changed_meanwhile", messages=1, kept=1, altered=0)


def test_a_file_that_is_cut_before_it_is_examined_again_is_answered(site: OtherUsers, bounded: RunningService) -> None:
    """A worker has died of the message, and the next one finds less than the request says."""
    answer = _changed_at_the_gate(site, bounded.socket, message(b"gate, then die\n"), CHANGES["cut"])
    assert (answer.deed, answer.code) == (protocol.END, 71)
    for _ in range(4):  # each of the workers
        assert site.call(CALLER, CLEAN, ENVELOPE).accepted


def _changed_at_the_gate(
    site: OtherUsers, path: str, raw: bytes, change: Callable[[int, int], object]
) -> protocol.Answer:
    """Hand RAW in at the socket PATH, CHANGE its file while it is examined, and return the answer."""
    file = os.memfd_create("message")
    os.write(file, bytes(PAGE) + raw)
    numbers = [os.open(f"/proc/self/fd/{file}", os.O_RDONLY), read_only(ENVELOPE)]
    site.shut_gate()
    try:
        with connected(path) as connection:
            socket.send_fds(connection, [protocol.request(PAGE, len(raw), len(ENVELOPE), {})], numbers)
            for number in numbers:
                os.close(number)
            until(lambda: site.held)
            change(file, len(raw))
            site.open_gate()
            return take_answer(connection, 20)
    finally:
        os.close(file)


@pytest.fixture(scope="module")
def bounded(running: RunningService, site: OtherUsers) -> RunningService:
    """The service, which opens no large message."""
    site.configure("[limits]\nmessage_bytes = 200000\n")
    running.reload()
    running.await_log("serving by the new configuration")
    until(lambda: len(running.workers) == 2)
    return running
