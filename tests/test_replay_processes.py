"""`qsfilter replay` in several processes: one order, and a message that ends its process stops no other."""

from __future__ import annotations

import faulthandler
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter import Filter, Finding, Limits, Message, hookimpl, plugin
from qsfilter.errors import ConfigError
from qsfilter.replay import Given, units
from qsfilter.replay.processes import Replay, WorkerError
from qsfilter.testing.messages import message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

BIN = Path(sys.executable).parent
MANY = 60


@plugin
class Deadly:
    """Does what the message says."""

    @hookimpl
    def scan(self, message: Message) -> Iterable[Finding]:
        """Do it."""
        faulthandler.disable()  # what is meant to end need not say where
        text = message.root.blob.data
        if b"segv" in text:
            os.kill(os.getpid(), signal.SIGSEGV)
        if b"exit" in text:
            os._exit(3)
        if b"sleep" in text:
            time.sleep(3600)
        if b"hang" in text:
            # As native code that never comes back.
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
            time.sleep(3600)
        if b"print" in text:
            print("not in our output")  # noqa: T201 - that is what is tested
        return ()


@plugin
class Unstartable:
    """Does not start."""

    @hookimpl
    def start(self) -> None:
        """Fail."""
        raise OSError("no server")


def told(
    folder: Path, *plugins: object, jobs: int = 2, broken: Callable[[str, str], None] | None = None, seconds: float = 60
) -> list[str]:
    """Replay FOLDER and return a line for each case."""

    def make() -> tuple[Filter, ...]:
        return (Filter(*plugins, limits=Limits(seconds=seconds)),)

    replay = Replay(make, jobs=jobs, given=Given(), broken=broken or (lambda *_: None), grace=1.0)
    return [answer[0].told for _, answers in replay.run(units(str(folder))) for answer in answers]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Many messages."""
    for number in range(MANY):
        (tmp_path / f"{number:03}.eml").write_bytes(message(b"hello\n"))
    return tmp_path


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_the_order_is_that_of_the_corpus(corpus: Path, jobs: int) -> None:
    assert told(corpus, jobs=jobs) == [f"{number:03} as it came: accept" for number in range(MANY)]


@pytest.mark.parametrize(("word", "why"), [(b"segv", "SIGSEGV"), (b"exit", "exit status 3")], ids=["signal", "exit"])
@pytest.mark.parametrize("jobs", [1, 3])
def test_a_message_that_ends_its_process_is_told_and_the_run_goes_on(
    corpus: Path, word: bytes, why: str, jobs: int
) -> None:
    for number in (0, 7, 8, 9, 10, 11, 12, 59):
        (corpus / f"{number:03}.eml").write_bytes(message(word + b"\n"))
    lines = told(corpus, Deadly(), jobs=jobs)
    assert [line.partition(" ")[0] for line in lines] == [f"{number:03}" for number in range(MANY)]
    ended = [int(line[:3]) for line in lines if line.endswith(f"it ended its process: {why}")]
    assert ended == [0, 7, 8, 9, 10, 11, 12, 59]
    assert sum(line.endswith(": accept") for line in lines) == MANY - 8


def test_the_other_messages_of_a_module_are_replayed(tmp_path: Path) -> None:
    """Those before keep what became of them, and those behind are built anew."""
    source = (
        "from qsfilter.testing import message\nMESSAGES = {text: (lambda newline, text=text: message(text.encode()))"
    )
    (tmp_path / "some.py").write_text(source + ' for text in ("a", "segv", "b")}\nNEWLINES = (b"\\n",)\n')
    lines = told(tmp_path, Deadly(), jobs=1)
    assert lines == [
        "some:a LF: accept",
        "some:segv LF: it ended its process: SIGSEGV",
        "some:b LF: accept",
    ]


def test_a_module_that_ends_its_process(corpus: Path) -> None:
    (corpus / "010a.py").write_text("import faulthandler, os\nfaulthandler.disable()\nos.abort()\n")
    lines = told(corpus)
    assert lines[11] == "010a: it ended its process: SIGABRT"
    assert len(lines) == MANY + 1


def test_a_plugin_that_sleeps_is_interrupted_as_where_mail_is_filtered(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(message(b"sleep\n"))
    (line,) = told(tmp_path, Deadly(), seconds=1)
    assert line.startswith("one as it came: defer; failure timeout")


def test_a_message_that_hangs_is_ended(corpus: Path) -> None:
    """In code that no timer of Python interrupts."""
    (corpus / "005.eml").write_bytes(message(b"hang\n"))
    lines = told(corpus, Deadly(), seconds=3)
    assert lines[5] == "005 as it came: it was not done in time"
    assert sum(line.endswith(": accept") for line in lines) == MANY - 1


def test_a_plugin_that_does_not_start_is_told_once(corpus: Path) -> None:
    """Each process has its own; every message says so besides, as where mail is filtered."""
    said: list[tuple[str, str]] = []
    lines = told(corpus, Unstartable(), jobs=3, broken=lambda name, why: said.append((name, why)))
    assert said == [("unstartable", "OSError: no server")]
    assert all("failure start" in line for line in lines)


def test_what_a_plugin_prints_is_not_in_the_output(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.eml").write_bytes(message(b"print\n"))
    told(tmp_path, Deadly())
    assert not capfd.readouterr().out


def test_processes_that_never_begin_are_an_error(corpus: Path) -> None:
    """And no endless loop."""

    def make() -> tuple[Filter, ...]:
        os._exit(4)

    replay = Replay(make, jobs=2, given=Given(), broken=lambda *_: None)
    with pytest.raises(WorkerError, match="exit status 4"):
        list(replay.run(units(str(corpus))))


def test_a_configuration_that_cannot_be_used_is_told_as_everywhere(corpus: Path) -> None:
    def make() -> tuple[Filter, ...]:
        raise ConfigError("wrong")

    replay = Replay(make, jobs=2, given=Given(), broken=lambda *_: None)
    with pytest.raises(ConfigError, match="wrong"):
        list(replay.run(units(str(corpus))))


def test_no_process_is_left_where_the_caller_stops(corpus: Path) -> None:
    replay = Replay(lambda: (Filter(),), jobs=2, given=Given(), broken=lambda *_: None)
    running = replay.run(units(str(corpus)))
    next(running)
    numbers = [one.process.pid for one in replay._processes]
    assert numbers
    running.close()
    assert not [number for number in numbers if Path(f"/proc/{number}").exists()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["interrupted", "killed"])
def test_no_process_outlives_the_command(tmp_path: Path, number: signal.Signals) -> None:
    """Interrupted, it ends with 130; killed, Linux ends its processes."""
    pid = tmp_path / "pid"
    source = f"import os, time\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\ntime.sleep(3600)\n"
    (tmp_path / "one.py").write_text(source)
    command = subprocess.Popen(
        [BIN / "qsfilter", "replay", str(tmp_path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 60
    while not (pid.exists() and pid.read_text()):
        assert time.monotonic() < until
        time.sleep(0.05)
    worker = Path("/proc") / pid.read_text()
    command.send_signal(number)
    assert command.wait(60) == (130 if number == signal.SIGINT else -signal.SIGKILL)
    while worker.exists() and "State:\tZ" not in (worker / "status").read_text():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_memory_does_not_grow_with_the_corpus(tmp_path: Path) -> None:
    """Messages and results are not held: 40 MB of mail more need no more memory."""
    most = {}
    for count in (2, 42):
        folder = tmp_path / str(count)
        folder.mkdir()
        for number in range(count):
            (folder / f"{number}.eml").write_bytes(message(b"x" * 69 + b"\n") + b"y" * 70 * 14_000)
        script = (
            "import resource\nfrom qsfilter.cli import main\n"
            f"main(['replay', '--jobs', '1', {str(folder)!r}])\n"
            "for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):\n"
            "    print('kilobytes', resource.getrusage(who).ru_maxrss)\n"
        )
        done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
        most[count] = [int(text) for text in re.findall(r"kilobytes (\d+)", done.stdout)]
    for few, many in zip(most[2], most[42], strict=True):
        assert many < few + 20_000
