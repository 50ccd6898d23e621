"""Loads a site's rules, Python functions marked `@rule("name")`; each becomes a plugin that votes.

Guarantee: a rule that fails, hangs or answers nonsense is one FAILURE; the others are asked all the same.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter.errors import ConfigError
from qsfilter.hookspecs import hookimpl
from qsfilter.registry import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from qsfilter.context import Context
    from qsfilter.model import Finding, Message, Verdict, Waiver

ARGUMENTS = ("message", "findings", "ctx")


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


def load_rules(path: str) -> list[Entry]:
    """Run the file at PATH and return its rules. Raises ConfigError that names file and line."""
    try:
        with open(path, "rb") as file:
            source = file.read()
        namespace: dict[str, object] = {"__name__": "qsfilter_site_rules", "__file__": path}
        exec(compile(source, path, "exec"), namespace)  # noqa: S102 - the site's own rules, as trusted as its configuration
    except OSError as error:
        raise ConfigError(f"rules {path}: {error.strerror}") from error
    except (Exception, SystemExit) as error:  # exit() in a rules file must not end whoever loads it with code 0
        raise ConfigError(f"rules {path}{_line(error, path)}: {type(error).__name__}: {error}") from error
    marked = namespace.get("__qsfilter_rules__", [])
    if not isinstance(marked, list) or not marked:
        raise ConfigError(f'rules {path}: no function is marked @rule("name")')
    return [_entry(path, name, function) for name, function in marked]


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


def _entry(path: str, name: str, function: Callable[..., Iterable[Verdict | Waiver] | Verdict | None]) -> Entry:
    code = getattr(inspect.unwrap(function), "__code__", None)
    where = f"{path}:{code.co_firstlineno}" if code else path
    parameters = inspect.signature(function).parameters.values()
    takes = tuple(parameter.name for parameter in parameters)
    plain = all(parameter.kind is parameter.POSITIONAL_OR_KEYWORD for parameter in parameters)
    if not plain or not set(takes) <= set(ARGUMENTS):
        raise ConfigError(f"rules {where}: rule {name!r} takes {', '.join(ARGUMENTS)} and nothing else")
    return Entry(name=f"rule:{name}", plugin=SiteRule(function=function, takes=takes), rule=where)
