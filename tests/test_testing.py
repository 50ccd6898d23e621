"""`qsfilter.testing`: runs, clock and suite do what tests need, and the page on it has every word."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import qsfilter.testing
from qsfilter import Action, Client, Kind, Limits, Policy
from qsfilter.hookspecs import hookimpl, plugin
from qsfilter.testing import FrozenClock, QueueInMemory, assert_action, attachment, eicar, message, run, zip_of
from qsfilter.testing.contract import PluginContract
from qsfilter.testing.fake_clamd import FakeClamd
from qsfilter.words import malware, note, policy, quarantine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qsfilter import Context, Finding, Message, Verdict

PAGE = Path(__file__).parents[1] / "docs/reference/testing.md"
MODULES = [one.name for one in pkgutil.iter_modules(qsfilter.testing.__path__) if one.name != "pytest_plugin"]


@plugin
class Eicar:
    """Finds EICAR."""

    @hookimpl
    def scan(self, message: Message) -> Iterator[Finding]:
        """Look into every content."""
        yield from (malware("EICAR", blob) for blob in message.blobs if eicar() in blob.data)


@plugin
class ForBob:
    """Keeps everything from one recipient."""

    @hookimpl
    def decide(self) -> Verdict:
        """Vote."""
        return quarantine("not for him", recipients=(b"bob@example.com",))


# --- run and what is said of it -------------------------------------------------------------------------------------


def test_a_run_hands_good_mail_over_with_our_header_line() -> None:
    queue, raw = QueueInMemory(), message(b"Hello\n")
    report = run(raw, Eicar(), queue=queue)
    assert report.outcome
    assert (report.outcome.exit, report.outcome.handed) == (0, (b"bob@example.com",))
    (queued,) = queue.queued
    assert queued.message.startswith(b"X-QSFilter: ")
    assert queued.message.endswith(raw)
    assert queued.envelope == b"Falice@example.org\0Tbob@example.com\0\0"


def test_a_run_keeps_what_is_quarantined_and_leaves_nothing_behind() -> None:
    queue = QueueInMemory()
    report = run(message(attachment(zip_of({"a": eicar()}), "a.zip")), Eicar(), queue=queue)
    assert report.outcome
    (kept,) = report.outcome.kept
    assert kept.what == "quarantine"
    assert not Path(kept.where).exists()
    assert not queue.queued


def test_a_queue_that_takes_nothing_says_so() -> None:
    queue = QueueInMemory(53)
    report = run(message(b"Hello\n"), queue=queue)
    assert report.outcome
    assert report.outcome.exit == 53
    assert not queue.queued


def test_a_run_takes_rules_policy_limits_client_and_envelope(tmp_path: Path) -> None:
    rules = tmp_path / "rules.py"
    rules.write_text(
        "from qsfilter import discard, rule\n"
        "@rule('own')\n"
        "def _(message):\n"
        "    if message.client.relay and message.envelope.sender == b'carol@example.org':\n"
        "        return discard('her own')\n"
    )
    by_rule = {"rules": str(rules), "sender": b"carol@example.org"}
    assert_action(run(message(b"x"), client=Client(relay=True), **by_rule), "discard", "her own")
    assert_action(run(message(b"x"), **by_rule), "accept")
    lenient = Policy(actions={"malware": (Action.ACCEPT, False)})
    assert_action(run(message(eicar()), Eicar(), policy=lenient), "accept")
    assert_action(run(message(b"x" * 99), limits=Limits(message_bytes=10)), "reject", "over-limit")


def test_what_became_of_one_recipient_can_be_asked_for() -> None:
    report = run(message(b"x"), ForBob(), recipients=(b"bob@example.com", b"carol@example.com"))
    assert_action(report, Action.QUARANTINE, "not for him", recipient=b"bob@example.com")
    assert_action(report, Action.ACCEPT, recipient=b"carol@example.com")
    with pytest.raises(AssertionError, match=r"no recipient b'dave@example\.com' in "):
        assert_action(report, Action.ACCEPT, recipient=b"dave@example.com")


def test_another_action_is_told_with_its_causes(plugin_with: Callable[..., Any]) -> None:
    def fail(_self: object) -> None:
        raise ValueError("lost")

    broken = plugin_with(scan=fail)
    report = run(message(eicar()), Eicar(), broken, ForBob())
    with pytest.raises(AssertionError) as failed:
        assert_action(report, "accept")
    told = str(failed.value).splitlines()
    assert told[0] == "expected accept, got quarantine"
    assert "  found by eicar: malware EICAR in 1" in told
    assert "  found by told: failure crash in message scan: ValueError: lost" in told
    assert "  vote of for-bob: quarantine not for him" in told
    assert "  scan of told: failure crash: scan: ValueError: lost" in told


def test_the_right_action_for_another_reason_is_told() -> None:
    with pytest.raises(AssertionError, match=r"quarantine is because of .*malware EICAR.*, not of 'Klez'"):
        assert_action(run(message(eicar()), Eicar()), "quarantine", "Klez")


# --- the clock ------------------------------------------------------------------------------------------------------


@plugin
class Slow:
    """Takes its time."""

    clock: FrozenClock
    """The clock of the test."""
    seconds: float
    """How long it takes."""

    @hookimpl
    def scan(self, ctx: Context) -> Iterator[Finding]:
        """Say what time it was and what is left, and let time pass."""
        yield note(f"{ctx.now():.0f} {ctx.seconds_left:.0f}")
        self.clock.advance(self.seconds)


def test_no_time_passes_but_what_a_test_lets_pass() -> None:
    clock = FrozenClock(now=1000.0)
    report = run(message(b"x"), Slow(clock=clock, seconds=200), Slow(clock=clock, seconds=0), clock=clock)
    assert [found.name for found in report.findings] == ["1000 240", "1200 40"]
    assert report.seconds == 200


def test_a_deadline_passes_without_waiting() -> None:
    clock = FrozenClock()
    report = run(message(b"x"), Slow(clock=clock, seconds=240), Slow(clock=clock, seconds=0), clock=clock)
    assert [(found.source, str(found)) for found in report.findings if found.kind is Kind.FAILURE] == [
        ("slow-2", "failure timeout")
    ]


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_a_clock_never_goes_back(seconds: float) -> None:
    with pytest.raises(ValueError, match="a clock does not go back"):
        FrozenClock().advance(seconds)


# --- the suite ------------------------------------------------------------------------------------------------------


@plugin
class Counting:
    """Finds something else each time."""

    said: list[int]
    """How often it was asked."""

    @hookimpl
    def scan(self, message: Message) -> Finding:
        """Count calls, those of other objects too."""
        self.said.append(1)
        return note(f"call {len(self.said)}")


@plugin
class FirstOnly:
    """Looks at the first attachment and no other."""

    @hookimpl
    def scan(self, message: Message) -> Iterator[Finding]:
        """Look."""
        first = next((one for one in message.parts if one.names), None)
        if first is not None and first.declared == "text/html":
            yield policy("page", first)


@pytest.mark.parametrize(
    ("make", "test"),
    [
        (lambda shared=[]: Counting(said=shared), "test_the_order_of_plugins_changes_nothing"),
        (FirstOnly, "test_the_order_of_parts_changes_no_finding"),
    ],
    ids=["plugins", "parts"],
)
def test_an_order_that_matters_is_found(make: Callable[[], object], test: str) -> None:
    class Suite(PluginContract):
        def make(self) -> object:
            return make()

    with pytest.raises(AssertionError):
        getattr(Suite(), test)()


# --- the fake clamd ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (b"zPING\0", b"PONG\0"),
        (b"zVERSION\0", b"ClamAV 1.4.6/27819/Thu Nov 19 18:27:13 2026\0"),
        (b"zINSTREAM\0\0\0\0\5hello\0\0\0\0", b"stream: OK\0"),
        (b"zIDSESSION\0zPING\0zINSTREAM\0\0\0\0\5hello\0\0\0\0zEND\0", b"1: PONG\0002: stream: OK\0"),
    ],
)
def test_the_fake_clamd_numbers_answers_in_sessions_alone(asked: bytes, answer: bytes) -> None:
    """As a real one; and closes the connection behind a command without a session, or at its end."""
    with FakeClamd() as clamd:
        host, _, port = clamd.name.removeprefix("tcp:").partition(":")
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(asked)
            told = b""
            while piece := connection.recv(4096):
                told += piece
    assert told == answer


# --- the page and pytest --------------------------------------------------------------------------------------------


def sections() -> dict[str, dict[str, str]]:
    """Return the rows below each heading of the page: what stands in the first cell → what in the second."""
    found: dict[str, dict[str, str]] = {}
    for text in re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)[1:]:
        rows = dict(re.findall(r"^\| `([^`]+)` \| (.*) \|$", text, re.MULTILINE))
        for name in text.splitlines()[0].split(", "):
            found[name] = rows
    return found


def words(module: str) -> dict[str, object]:
    """Return the public classes and functions that MODULE defines, as the page writes them."""
    loaded = importlib.import_module(f"qsfilter.testing.{module}")
    found = {}
    for name, value in vars(loaded).items():
        if getattr(value, "__module__", "") == loaded.__name__ and not name.startswith("_"):
            value_class = inspect.isclass(value) and (issubclass(value, tuple) or hasattr(value, "__slots__"))
            arguments = "" if value_class else _arguments(value)
            found[f"{name}({arguments})" if arguments or inspect.isfunction(value) else name] = value
    return found


def _arguments(value: Callable[..., object]) -> str:
    marks = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    told: list[str] = []
    for one in inspect.signature(value).parameters.values():
        if one.kind is one.KEYWORD_ONLY and not any(name.startswith("*") for name in told):
            told.append("*")
        told.append(marks.get(one.kind, "") + one.name)
    return ", ".join(told)


@pytest.mark.parametrize("module", MODULES)
def test_every_word_stands_on_the_page_with_its_arguments(module: str) -> None:
    rows = sections()[module]
    for word, value in words(module).items():
        assert word in rows
        for name in vars(value) if inspect.isclass(value) else ():
            if not name.startswith(("_", "test_")):
                assert f"`.{name}`" in rows[word], name


def test_the_page_has_no_words_that_are_not_there() -> None:
    known = {word for module in MODULES for word in words(module)}
    tests = {name for name in vars(PluginContract) if name.startswith("test_")}
    told = sections()
    assert {word for rows in told.values() for word in rows} == known | tests | {"qsfilter_corpus", "qsfilter_config"}
    assert tests <= set(told["contract"])
    intro = PAGE.read_text().partition("\n## ")[0]
    assert {word for word in qsfilter.testing.__all__ if f"`{word}`" not in intro} == set()


def test_pytest_loads_nothing_of_ours_for_others(tmp_path: Path) -> None:
    """The entry point is a module beside the package, so that coverage of a plugin begins before its imports."""
    (tmp_path / "test_it.py").write_text("import sys\ndef test_it():\n    assert 'qsfilter' not in sys.modules\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--trace-config", "."]
    done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "qsfilter_pytest.py" in done.stdout
