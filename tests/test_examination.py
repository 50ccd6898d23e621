"""How plugins are asked: whatever one does ends its own call and nothing else."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from qsfilter.actions import Kind
from qsfilter.context import Context
from qsfilter.errors import LimitReached, OutOfTime
from qsfilter.examination import LONGEST_ERROR, MOST_ANSWERS, Examination, untimed
from qsfilter.limits import Budget, Limits
from qsfilter.model import Blob, Child, Finding, Part, Path
from qsfilter.registry import Entry, Registry
from qsfilter.words import malware, note, reject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qsfilter.examination import Guard

PART = Part(path=Path(steps=((1, ""),), shown="1"), blob=Blob(b"x"), origin="mime")


class UnprintableError(Exception):
    """An error that can't even say what it is."""

    def __str__(self) -> str:
        """Fail again."""
        raise ValueError("no text")


def examining(
    *plugins: object, guard: Guard = untimed, broken: dict[str, str] | None = None, now: float = 0.0
) -> Examination:
    """Return an examination by PLUGINS (named a, b, …), which has a minute, at the time NOW."""
    entries = [
        one if isinstance(one, Entry) else Entry(name=name, plugin=one)
        for name, one in zip("abcdef", plugins, strict=False)
    ]
    limits = Limits()
    ctx = Context(limits=limits, budget=Budget(limits), deadline=60.0, key="", clock=lambda: now)
    failures = {name: Finding(kind=Kind.FAILURE, name="start", detail=why) for name, why in (broken or {}).items()}
    return Examination(Registry(entries), ctx, guard, failures)


def ignore(_answer: object, _entry: object) -> None:
    """Take every answer but findings, which are recorded."""


def asked(examination: Examination, hook: str = "scan", **arguments: object) -> list[tuple[str, str, str]]:
    """Ask HOOK and return source, kind and name of each finding."""
    if hook == "scan":
        arguments = {"message": None, **arguments}
    examination.ask(hook, ignore, **arguments)  # type: ignore[arg-type]
    return [(found.source, str(found.kind), found.name) for found in examination.findings]


def raising(error: BaseException) -> Callable[..., None]:
    """Return a hook that raises ERROR."""

    def hook(self: object) -> None:
        raise error

    return hook


# --- findings -------------------------------------------------------------------------------------------------------


def test_a_finding_has_its_source(plugin_with: Callable[..., object]) -> None:
    """The core says who found it, whatever the plugin says."""
    one = plugin_with(scan=lambda self: [Finding(kind=Kind.NOTE, name="x", source="somebody else")])
    assert asked(examining(one)) == [("a", "note", "x")]


def test_one_answer_needs_no_list(plugin_with: Callable[..., object]) -> None:
    """A hook may return a single finding."""
    assert asked(examining(plugin_with(scan=lambda self: note("x")))) == [("a", "note", "x")]


def test_no_answer_is_nothing_found(plugin_with: Callable[..., object]) -> None:
    """None, an empty list and an exhausted generator are the same."""
    empty = [
        plugin_with(scan=lambda self: None),
        plugin_with(scan=lambda self: []),
        plugin_with(scan=lambda self: iter(())),
    ]
    assert asked(examining(*empty)) == []


def test_all_plugins_are_asked(plugin_with: Callable[..., object]) -> None:
    """The answers are united."""
    plugins = [plugin_with(scan=lambda self: note("x")), plugin_with(scan=lambda self: note("y"))]
    assert sorted(asked(examining(*plugins))) == [("a", "note", "x"), ("b", "note", "y")]


def test_a_finding_of_the_core_says_so(plugin_with: Callable[..., object]) -> None:
    """What no plugin found is the core's."""
    examination = examining()
    examination.record(note("x"), None)
    assert examination.findings[0].source == "core"


# --- failures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (RuntimeError("x"), "crash"),
        (OSError("x"), "crash"),
        (RecursionError("x"), "crash"),
        (MemoryError(), "memory"),
        (SystemExit(0), "crash"),
        (SystemExit(None), "crash"),
        (GeneratorExit(), "crash"),
        (OutOfTime(), "timeout"),
        (UnprintableError(), "crash"),
    ],
    ids=repr,
)
def test_an_exception_is_a_failure(plugin_with: Callable[..., object], error: BaseException, name: str) -> None:
    """It is data: neither an exception of ours nor "clean"."""
    assert asked(examining(plugin_with(scan=raising(error)))) == [("a", "failure", name)]


def test_a_failure_names_the_error(plugin_with: Callable[..., object]) -> None:
    """Who reads the report knows where to look."""
    examination = examining(plugin_with(scan=raising(ConnectionRefusedError("clamd is gone"))))
    asked(examination)
    assert examination.findings[0].detail == "scan: ConnectionRefusedError: clamd is gone"


def test_a_long_error_is_cut(plugin_with: Callable[..., object]) -> None:
    """A report stays readable."""
    examination = examining(plugin_with(scan=raising(RuntimeError("x" * 10_000))))
    asked(examination)
    assert len(examination.findings[0].detail) == LONGEST_ERROR


def test_the_others_are_asked_after_a_failure(plugin_with: Callable[..., object]) -> None:
    """One plugin's trouble takes nothing from another."""
    found = asked(examining(plugin_with(scan=raising(SystemExit(0))), plugin_with(scan=lambda self: malware("x"))))
    assert ("b", "malware", "x") in found


def test_what_was_found_before_a_failure_stays(plugin_with: Callable[..., object]) -> None:
    """A generator that breaks has said what it has said."""

    def scan(self: object) -> Iterator[Finding]:
        yield malware("x")
        raise RuntimeError

    assert asked(examining(plugin_with(scan=scan))) == [("a", "malware", "x"), ("a", "failure", "crash")]


def test_who_stops_the_process_stops_it(plugin_with: Callable[..., object]) -> None:
    """Ctrl-C is for the person at the terminal."""
    with pytest.raises(KeyboardInterrupt):
        asked(examining(plugin_with(scan=raising(KeyboardInterrupt()))))


@pytest.mark.parametrize(
    "answer", ["clean", b"clean", 1, True, ["x"], [None], reject("x"), [note("x"), 7], {"x": 1}], ids=repr
)
def test_nonsense_is_a_failure(plugin_with: Callable[..., object], answer: object) -> None:
    """An answer that the hook does not know is never taken for "nothing found"."""
    assert ("a", "failure", "nonsense") in asked(examining(plugin_with(scan=lambda self: answer)))


def test_what_was_found_before_nonsense_stays(plugin_with: Callable[..., object]) -> None:
    """The good answers of a list count."""
    found = asked(examining(plugin_with(scan=lambda self: [malware("x"), 7])))
    assert ("a", "malware", "x") in found


def test_answers_without_end_are_nonsense(plugin_with: Callable[..., object]) -> None:
    """A plugin can't fill the memory with findings."""
    found = asked(examining(plugin_with(scan=lambda self: itertools.repeat(note("x")))))
    assert found[-1] == ("a", "failure", "nonsense")
    assert len(found) == MOST_ANSWERS + 1


# --- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hook", ["parse", "unpack"])
def test_content_that_breaks_its_reader_is_corrupt(plugin_with: Callable[..., object], hook: str) -> None:
    """One honest but broken file must not defer its mail for days."""
    examination = examining(plugin_with(**{hook: raising(ValueError("bad"))}))
    assert asked(examination, hook, part=PART) == [("a", "unscannable", "corrupt")]
    assert examination.findings[0].part == PART.path


@pytest.mark.parametrize(
    ("error", "name"),
    [(OSError("x"), "crash"), (MemoryError(), "memory"), (SystemExit(0), "crash"), (ImportError("x"), "crash")],
    ids=repr,
)
def test_trouble_of_the_machine_is_no_fault_of_the_content(
    plugin_with: Callable[..., object], error: BaseException, name: str
) -> None:
    """The same mail may pass later."""
    assert asked(examining(plugin_with(parse=raising(error))), "parse", part=PART) == [("a", "failure", name)]


@pytest.mark.parametrize(
    "child",
    [
        Child(data="text", origin="x"),  # type: ignore[arg-type]
        Child(data=None, origin="x"),  # type: ignore[arg-type]
        Child(data=b"x", names=("x.exe",), origin="x"),  # type: ignore[arg-type]
        Child(data=b"x", names=None, origin="x"),  # type: ignore[arg-type]
        Child(data=b"x", declared=None, origin="mime"),  # type: ignore[arg-type]
    ],
    ids=["text", "no data", "name as text", "no names", "no type"],
)
def test_a_child_of_wrong_types_is_its_plugins_failure(plugin_with: Callable[..., object], child: Child) -> None:
    """It is neither the content's fault nor that of whoever reads it next."""
    from qsfilter.builtin.mime_reader import MimeReader
    from qsfilter.worklist import open_message

    examination = examining(plugin_with(unpack=lambda self, part: child if not part.path.steps else None), MimeReader())
    open_message(b"Subject: x\n\nbody", examination)
    assert [(found.source, str(found.kind)) for found in examination.findings] == [("a", "failure")]


def test_a_bound_that_is_reached_is_a_finding_about_the_part(plugin_with: Callable[..., object]) -> None:
    """It ends that plugin's call; the next plugin is asked."""

    def take(_answer: object, _entry: object) -> None:
        raise LimitReached("members", 5)

    children = [Child(data=b"x", origin="zip")] * 3
    examination = examining(plugin_with(unpack=lambda self: children), plugin_with(unpack=lambda self: note("asked")))
    examination.ask("unpack", take, part=PART)
    limit, other = sorted(examination.findings, key=lambda found: found.source)
    assert (str(limit), limit.part, limit.detail) == ("unscannable over-limit", PART.path, "members = 5")
    assert other.source == "b"


# --- time -----------------------------------------------------------------------------------------------------------


@contextmanager
def nothing() -> Iterator[None]:
    """Guard nothing."""
    yield


def test_a_call_may_take_what_its_entry_allows(plugin_with: Callable[..., object]) -> None:
    """The guard is set to the entry's time-out."""
    given: list[float] = []
    guard = lambda seconds: given.append(seconds) or nothing()  # noqa: E731
    asked(examining(Entry(name="a", plugin=plugin_with(scan=lambda self: None), timeout=7.0), guard=guard))
    assert given == [7.0]


def test_a_call_may_not_take_longer_than_the_message(plugin_with: Callable[..., object]) -> None:
    """What is left until the deadline counts where it is less."""
    given: list[float] = []
    guard = lambda seconds: given.append(seconds) or nothing()  # noqa: E731
    asked(examining(Entry(name="a", plugin=plugin_with(scan=lambda self: None), timeout=99.0), guard=guard, now=58.0))
    assert given == [2.0]


def test_a_generator_runs_inside_the_guard(plugin_with: Callable[..., object]) -> None:
    """It does its work when it is asked for answers, and that is when it can hang."""
    state = {"guarded": False}

    @contextmanager
    def guard(_seconds: float) -> Iterator[None]:
        state["guarded"] = True
        yield
        state["guarded"] = False

    def scan(self: object) -> Iterator[Finding]:
        yield note(str(state["guarded"]))

    assert asked(examining(plugin_with(scan=scan), guard=guard)) == [("a", "note", "True")]


def test_what_was_found_in_time_stays(plugin_with: Callable[..., object]) -> None:
    """The timer ends the call, not what was said."""

    def scan(self: object) -> Iterator[Finding]:
        yield malware("x")
        raise OutOfTime

    assert asked(examining(plugin_with(scan=scan))) == [("a", "malware", "x"), ("a", "failure", "timeout")]


def test_before_the_deadline_everybody_is_asked(plugin_with: Callable[..., object]) -> None:
    """However little is left."""
    assert asked(examining(plugin_with(scan=lambda self: note("x")), now=59.5)) == [("a", "note", "x")]


def test_after_the_deadline_nobody_is_asked(plugin_with: Callable[..., object]) -> None:
    """A plugin that was not asked has not said "clean"."""
    called: list[int] = []
    one = plugin_with(scan=lambda self: called.append(1))
    assert asked(examining(one, now=60.0)) == [("a", "failure", "timeout")]
    assert not called


# --- broken and shadow ----------------------------------------------------------------------------------------------


def test_a_plugin_that_did_not_start_is_a_failure_of_every_message(plugin_with: Callable[..., object]) -> None:
    """It is not asked, and the report says why."""
    called: list[int] = []
    examination = examining(plugin_with(scan=lambda self: called.append(1)), broken={"a": "OSError: no socket"})
    assert asked(examination) == [("a", "failure", "start")]
    assert examination.findings[0].detail == "OSError: no socket"
    assert not called


def test_a_shadow_plugin_that_did_not_start_changes_nothing(plugin_with: Callable[..., object]) -> None:
    """It is being tried out; mail does not wait for it."""
    entry = Entry(name="a", plugin=plugin_with(scan=lambda self: None), shadow=True)
    assert [found.shadow for found in examining(entry, broken={"a": "x"}).findings] == [True]


def test_what_a_shadow_plugin_finds_is_marked(plugin_with: Callable[..., object]) -> None:
    """The report shows it apart."""
    examination = examining(Entry(name="a", plugin=plugin_with(scan=lambda self: malware("x")), shadow=True))
    asked(examination)
    assert [found.shadow for found in examination.findings] == [True]


def test_a_shadow_plugins_failure_is_marked(plugin_with: Callable[..., object]) -> None:
    """It defers no mail."""
    examination = examining(Entry(name="a", plugin=plugin_with(scan=raising(RuntimeError())), shadow=True))
    asked(examination)
    assert [found.shadow for found in examination.findings] == [True]


def test_what_is_found_in_a_shadow_part_is_marked(plugin_with: Callable[..., object]) -> None:
    """The part would not be there without the plugin that is tried out."""
    examination = examining(plugin_with(unpack=lambda self: note("x")))
    examination.ask("unpack", ignore, part=Part(path=PART.path, blob=PART.blob, origin="x", shadow=True))
    assert [found.shadow for found in examination.findings] == [True]


# --- trace ----------------------------------------------------------------------------------------------------------


def test_every_call_is_in_the_trace(plugin_with: Callable[..., object]) -> None:
    """Also the one that failed; a site rule with its file and line."""
    good = Entry(name="a", plugin=plugin_with(unpack=lambda self: [note("x"), note("y")]), rule="rules.py:3")
    examination = examining(good, plugin_with(unpack=raising(OSError("gone"))))
    asked(examination, "unpack", part=PART)
    told = [(call.hook, call.plugin, call.result, call.rule, call.part) for call in examination.calls]
    assert sorted(told, key=lambda line: line[1]) == [
        ("unpack", "a", "2 answers", "rules.py:3", PART.path),
        ("unpack", "b", "failure crash: unpack: OSError: gone", "", PART.path),
    ]


def test_a_call_says_how_long_it_took(plugin_with: Callable[..., object]) -> None:
    """By the clock of the context."""
    ticks = itertools.count(1000)
    limits = Limits()
    ctx = Context(limits=limits, budget=Budget(limits), deadline=2000.0, key="", clock=lambda: float(next(ticks)))
    examination = Examination(Registry([Entry(name="a", plugin=plugin_with(scan=lambda self: None))]), ctx)
    examination.ask("scan", ignore, message=None)
    assert 0 < examination.calls[0].seconds < 10
