"""One message's examination: asks a hook of every plugin under guard, and collects findings, votes and the trace.

Guarantees: "could not check" becomes a finding, never an exception and never "clean"; findings that were made before a
plugin failed stay; whatever a plugin in shadow mode says is marked so.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from qsfilter.actions import Kind
from qsfilter.errors import LimitReached, Nonsense, OutOfTime, text_of
from qsfilter.limits import Budget
from qsfilter.model import Blob, Call, Child, Finding, Kept, Name, Part, Verdict, Waiver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from qsfilter.attempts import Attempt
    from qsfilter.context import Context
    from qsfilter.model import Path
    from qsfilter.registry import Entry, Hook, Registry

    Guard = Callable[[float], AbstractContextManager[None]]
    """Given seconds, raises OutOfTime inside its block when they are over."""

ANSWERS: dict[str, tuple[type, ...]] = {
    "parse": (Child, Finding),
    "unpack": (Child, Finding),
    "scan": (Finding,),
    "decide": (Verdict, Waiver),
    "deliver": (Kept,),
    "report": (),
}
"""What each hook may answer with."""
DEEDS = frozenset({"deliver", "report"})
"""Hooks that do something by themselves, so that a plugin in shadow mode, which changes nothing, is not asked them."""
MOST_ANSWERS = 100_000
"""Answers of one call; a plugin that yields more is broken, and the list would grow with it."""
LONGEST_ERROR = 200


def untimed(_seconds: float) -> AbstractContextManager[None]:
    """Guard nothing: for library users, who may run in threads, where no timer can interrupt."""
    return nullcontext()


class Examination:
    """What has been asked and answered about one message so far."""

    def __init__(
        self,
        registry: Registry,
        ctx: Context,
        guard: Guard = untimed,
        broken: Mapping[str, Finding] | None = None,
        attempt: Attempt | None = None,
    ) -> None:
        """Ask the plugins of REGISTRY; those in BROKEN (name → FAILURE) can't be asked and are only reported.

        ATTEMPT is told what is asked next, for the one who finds that this process died of it.
        """
        self._attempt = attempt
        self.registry = registry
        self.ctx = ctx
        self.shadow_budget = Budget(ctx.limits)
        """What plugins in shadow mode yield is paid for here, so that it takes nothing from the others."""
        self.calls: list[Call] = []
        self.findings: list[Finding] = []
        self._guard = guard
        self.broken = broken or {}
        for entry in registry.entries:
            if entry.name in self.broken:
                self._note_broken(entry)

    def ask(
        self,
        hook: str,
        take: Callable[[object, Entry], None],
        *,
        part: Part | None = None,
        among: Iterable[Hook] | None = None,
        **arguments: object,
    ) -> None:
        """Ask HOOK of every plugin, or of those AMONG, with ARGUMENTS; other answers than findings are given to TAKE.

        TAKE may raise LimitReached, which ends that plugin's call and is recorded as UNSCANNABLE(over-limit) of PART.
        """
        arguments["ctx"] = self.ctx
        if part is not None:
            arguments["part"] = part
        for implementation in self.registry.hooks[hook] if among is None else among:
            entry = implementation.entry
            if entry.name not in self.broken and not (entry.shadow and hook in DEEDS):
                self._ask_one(hook, implementation, arguments, take, part)

    def record(self, finding: Finding, entry: Entry | None, *, shadow: bool = False) -> None:
        """Note FINDING with its source: the plugin of ENTRY, or the core where that is None."""
        source = finding.source if entry is None else entry.name
        shadow = shadow or finding.shadow or (entry is not None and entry.shadow)
        self.findings.append(replace(finding, source=source or "core", shadow=shadow))

    def _note_broken(self, entry: Entry) -> None:
        """Say once why ENTRY is asked nothing, in the findings and in the trace."""
        trouble = self.broken[entry.name]
        self.record(trouble, entry)
        said = f"{trouble}: {trouble.detail}"
        self.calls.append(Call(hook=trouble.name, plugin=entry.name, seconds=0.0, result=said, rule=entry.rule))

    def _ask_one(
        self,
        hook: str,
        implementation: Hook,
        arguments: Mapping[str, object],
        take: Callable[[object, Entry], None],
        part: Part | None,
    ) -> None:
        entry, clock = implementation.entry, self.ctx.clock
        seconds = min(entry.timeout, self.ctx.seconds_left)
        where = None if part is None else part.path
        started = clock()
        answers = 0
        trouble: Finding | None = None
        if self._attempt is not None:
            self._attempt.asking(hook, entry.name, where)
        try:
            if seconds <= 0:
                raise OutOfTime
            with self._guard(seconds):
                for answer in _answers(hook, implementation(arguments)):
                    answers += 1
                    if answers > MOST_ANSWERS:
                        _refuse(f"more than {MOST_ANSWERS} answers")
                    if isinstance(answer, Finding):
                        self.record(answer, entry, shadow=part is not None and part.shadow)
                    else:
                        take(answer, entry)
        except LimitReached as error:
            trouble = Finding(kind=Kind.UNSCANNABLE, name="over-limit", detail=str(error), part=where)
        except OutOfTime:
            trouble = _failure("timeout", f"{hook} was not done after {seconds:.3g} s")
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - SystemExit too: a plugin's sys.exit(0) would lose the mail
            trouble = _trouble(hook, error, where)
        if trouble is not None:
            self.record(trouble, entry, shadow=part is not None and part.shadow)
        result = f"{answers} answer{'s' * (answers != 1)}" if trouble is None else f"{trouble}: {trouble.detail}"
        self.calls.append(
            Call(hook=hook, plugin=entry.name, seconds=clock() - started, result=result, rule=entry.rule, part=where)
        )


def _answers(hook: str, result: object) -> Iterator[object]:
    """Yield checked answers; being a generator, it runs a plugin's generator inside the guard."""
    allowed = ANSWERS[hook]
    if result is None:
        return
    if isinstance(result, allowed):
        result = (result,)
    if isinstance(result, (str, bytes)) or not isinstance(result, Iterable):
        _refuse(f"{hook} does not take {type(result).__name__}")
    else:
        for answer in result:
            if not isinstance(answer, allowed):
                _refuse(f"{hook} does not take {type(answer).__name__}")
            if isinstance(answer, Child):
                _check_child(answer)
            yield answer


def _check_child(child: Child) -> None:
    """Raise Nonsense for a Child of wrong types: that is its plugin's fault, and not the content's."""
    names: object = child.names
    named = isinstance(names, tuple) and all(isinstance(name, Name) for name in names)
    data: object = child.data
    texts: tuple[object, ...] = (child.declared, child.origin, child.reading)
    if not (named and isinstance(data, (bytes, Blob)) and all(isinstance(text, str) for text in texts)):
        _refuse("a Child takes bytes or a Blob, a tuple of Names, and str for type, origin and reading")


def _refuse(text: str) -> None:
    raise Nonsense(text)


def _failure(name: str, detail: str) -> Finding:
    return Finding(kind=Kind.FAILURE, name=name, detail=detail)


def _trouble(hook: str, error: BaseException, where: Path | None) -> Finding:
    """Say what an exception means: content that can't be read, or a plugin that lost its server, memory or mind."""
    detail = f"{hook}: {type(error).__name__}: {text_of(error)}"[:LONGEST_ERROR]
    if isinstance(error, Nonsense):
        return _failure("nonsense", detail)
    if isinstance(error, ImportError):  # a library is not there, which is no fault of the content
        return _failure("crash", detail)
    if isinstance(error, MemoryError):
        return _failure("memory", detail)
    reading = hook in {"parse", "unpack"} and isinstance(error, Exception) and not isinstance(error, OSError)
    if reading:
        # One honest but broken file must not defer its mail for days.
        return Finding(kind=Kind.UNSCANNABLE, name="corrupt", detail=detail, part=where)
    return _failure("crash", detail)
