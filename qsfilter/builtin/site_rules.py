"""Loads a site's rules, Python functions marked `@rule("name")`; each becomes a plugin that votes.

Guarantees: what was read is what is run, and nothing is written beside it; a rule that fails, hangs or answers nonsense
is one FAILURE; the others are asked all the same.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from qsfilter.errors import ConfigError
from qsfilter.hookspecs import hookimpl
from qsfilter.registry import Entry
from qsfilter.site_rules import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from qsfilter.context import Context
    from qsfilter.model import Finding, Message, Verdict, Waiver

ARGUMENTS = ("message", "findings", "ctx")
MARKED = "__qsfilter_rules__"


@dataclass(frozen=True, kw_only=True, eq=False)
class SiteRule:
    """One function of a rules file."""

    function: Callable[..., Iterable[Verdict | Waiver] | Verdict | None]
    """What the site wrote."""
    takes: tuple[str, ...]
    """The arguments it asks for."""

    @hookimpl
    def decide(
        self, message: Message, findings: tuple[Finding, ...], ctx: Context
    ) -> Iterable[Verdict | Waiver] | Verdict | None:
        """Ask the function."""
        available = {"message": message, "findings": findings, "ctx": ctx}
        return self.function(*[available[name] for name in self.takes])


class Loaded(NamedTuple):
    """One version of a rules file, run."""

    entries: tuple[Entry, ...]
    """Its rules but for those that are off."""
    places: Mapping[str, str]
    """The name of every rule, also of those that are off, and where it stands."""


def load_rules(path: str) -> list[Entry]:
    """Run the file at PATH as it is now and return its rules. Raises ConfigError that names file and line."""
    return list(load(path, files.read(path).text).entries)


def load(path: str, text: bytes) -> Loaded:
    """Run TEXT, which was read from PATH, and return its rules. Raises ConfigError that names file and line."""
    try:
        namespace: dict[str, object] = {"__name__": "qsfilter_site_rules", "__file__": path}
        exec(compile(text, path, "exec", dont_inherit=True), namespace)  # noqa: S102 - the site's own rules, as trusted as its configuration
    except (Exception, SystemExit) as error:  # exit() in a rules file must not end whoever loads it with code 0
        raise ConfigError(f"rules {path}{_line(error, path)}: {type(error).__name__}: {error}") from error
    marked = namespace.get(MARKED, [])
    if not isinstance(marked, list) or not marked:
        raise ConfigError(f'rules {path}: no function is marked @rule("name")')
    places: dict[str, str] = {}
    entries: list[Entry] = []
    for name, mode, function in marked:
        entry = _entry(path, name, mode, function)
        if name in places:
            raise ConfigError(f"rules {entry.rule}: rule {name!r} is also at {places[name]}; names must differ")
        places[name] = entry.rule
        if mode != "off":
            entries.append(entry)
    return Loaded(tuple(entries), places)


def _line(error: BaseException, path: str) -> str:
    """Find the line of PATH that ERROR came from."""
    if isinstance(error, SyntaxError) and error.filename == path and error.lineno:
        return f":{error.lineno}"
    trace, line = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f":{line}" if line else ""


def _entry(
    path: str, name: str, mode: str, function: Callable[..., Iterable[Verdict | Waiver] | Verdict | None]
) -> Entry:
    code = getattr(inspect.unwrap(function), "__code__", None)
    where = f"{path}:{code.co_firstlineno}" if code else path
    parameters = inspect.signature(function).parameters.values()
    takes = tuple(parameter.name for parameter in parameters)
    plain = all(parameter.kind is parameter.POSITIONAL_OR_KEYWORD for parameter in parameters)
    if not plain or not set(takes) <= set(ARGUMENTS):
        raise ConfigError(f"rules {where}: rule {name!r} takes {', '.join(ARGUMENTS)} and nothing else")
    plugin = SiteRule(function=function, takes=takes)
    return Entry(name=f"rule:{name}", plugin=plugin, rule=where, shadow=mode == "shadow")
