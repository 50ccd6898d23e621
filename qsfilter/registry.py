"""Registration of plugins, and the guarded loop in which every hook is asked.

The only module that drives pluggy. Guarantees: a plugin that can't be asked is refused before the first message; an
answer of a wrong type, an exception, `sys.exit()` or a time-out ends that one call and nothing else; what the plugin
had answered by then stays.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pluggy

from qsfilter.errors import PluginError
from qsfilter.hookspecs import HOOKS, PROJECT, Hooks
from qsfilter.sniff import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from qsfilter.actions import Action


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Entry:
    """One plugin as the site set it up; `name` is its table in the configuration."""

    name: str
    plugin: object
    shadow: bool = False
    timeout: float = 60.0
    """Seconds that one call of a hook may take."""
    on_error: Action | None = None
    """What a FAILURE of this plugin votes for; None for the action table's `failure`."""
    rule: str = ""
    """File and line, where the plugin is a site rule."""
    backup_for: str = ""
    """Name of the entry in whose place it scans when that one fails; it is not asked otherwise."""


@dataclass(frozen=True, slots=True)
class Hook:
    """One plugin's implementation of one hook."""

    entry: Entry
    function: Callable[..., Any]
    arguments: tuple[str, ...]
    only: frozenset[str] = frozenset()
    """For `unpack`, the containers without one of which there is nothing to ask; empty to be asked about all."""

    def __call__(self, available: Mapping[str, object]) -> Any:  # noqa: ANN401 - a plugin may answer anything
        """Call it with those of the AVAILABLE arguments that it takes."""
        return self.function(*[available[name] for name in self.arguments])


class _Manager(pluggy.PluginManager):
    """Looks at public names only: pluggy 1.7 asks about every attribute, and dataclasses have many."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:  # noqa: ANN401 - pluggy's own type is private
        """Return the marks of one attribute; what begins with an underscore is no hook."""
        return None if name.startswith("_") else super().parse_hookimpl_opts(plugin, name)


class Registry:
    """The plugins in force, in the order given; the order changes the trace and nothing else."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Register ENTRIES. Raises PluginError with the plugin's name and what is wrong with it."""
        self.entries = tuple(entries)
        manager = _Manager(PROJECT)
        manager.add_hookspecs(Hooks)
        for entry in self.entries:
            _refuse_unmarked(entry)
            self._refuse_odd_backup(entry)
            try:
                manager.register(entry.plugin, entry.name)
            except (pluggy.PluginValidationError, ValueError) as error:
                raise PluginError(f"plugin {entry.name}: {error}") from error
        try:
            manager.check_pending()
        except pluggy.PluginValidationError as error:
            text = f"plugin {manager.get_name(error.plugin)}: there is no such hook; known are {', '.join(HOOKS)}"
            raise PluginError(text) from error
        self.opens = frozenset(
            kind for entry in self.entries if not entry.shadow for kind in getattr(entry.plugin, "opens", ())
        )
        """Containers (`sniff.KINDS`) for which an unpacker says that it opens them."""
        self.hooks: dict[str, tuple[Hook, ...]] = {}
        for name in HOOKS:
            found = {id(impl.plugin): impl for impl in getattr(manager.hook, name).get_hookimpls()}
            asked = [entry for entry in self.entries if id(entry.plugin) in found]
            self.hooks[name] = tuple(_hook(entry, name, found[id(entry.plugin)]) for entry in asked)

    def _refuse_odd_backup(self, entry: Entry) -> None:
        known = {other.name: other for other in self.entries if other is not entry}
        if entry.backup_for and (entry.backup_for not in known or known[entry.backup_for].backup_for):
            text = f"plugin {entry.name}: backup_for takes the name of another plugin that is no backup itself"
            raise PluginError(f"{text}, not {entry.backup_for!r}")

    def unpackers(self, kinds: frozenset[str]) -> tuple[Hook, ...]:
        """Return who may open a content that looks like KINDS: all but those who open nothing but other known kinds."""
        return tuple(hook for hook in self.hooks["unpack"] if not hook.only or hook.only & kinds)


def _refuse_unmarked(entry: Entry) -> None:
    if inspect.isclass(entry.plugin):
        raise PluginError(f"plugin {entry.name}: this is a class; register an object of it")
    for hook in HOOKS:
        method = inspect.getattr_static(entry.plugin, hook, None)
        if inspect.isroutine(method) and not hasattr(method, f"{PROJECT}_impl"):
            raise PluginError(f"plugin {entry.name}: {hook}() is not marked @hookimpl, so it would never be called")


def _hook(entry: Entry, name: str, impl: pluggy.HookImpl) -> Hook:
    options = [mark for mark in ("tryfirst", "trylast", "wrapper", "hookwrapper") if getattr(impl, mark)]
    if options:
        text = f"plugin {entry.name}: {name}() asks for {', '.join(options)}; hooks here have no order and no wrappers"
        raise PluginError(text)
    code = inspect.unwrap(impl.function)
    if getattr(code, "__kwdefaults__", None) or getattr(getattr(code, "__code__", None), "co_kwonlyargcount", 0):
        raise PluginError(f"plugin {entry.name}: {name}() has keyword-only parameters, which would never be passed")
    if getattr(code, "__defaults__", None):
        text = f"plugin {entry.name}: {name}() has parameters with defaults; take the hook's arguments plainly"
        raise PluginError(text)
    opens = frozenset(getattr(entry.plugin, "opens", ()))
    # A kind that `sniff` does not know is looked for by the plugin itself.
    only = opens if name == "unpack" and opens <= KINDS else frozenset[str]()
    return Hook(entry, impl.function, tuple(impl.argnames), only)
