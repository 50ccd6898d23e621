"""Finds installed plugins through the entry-point group `qsfilter`.

Guarantee: nothing runs because it is installed; a plugin runs when a configuration names it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.errors import ConfigError
from qsfilter.hookspecs import PROJECT

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


def installed() -> dict[str, EntryPoint]:
    """Return the installed plugins by name, in the order of their names."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - 12 ms that `use = "module:Class"` saves

    return {point.name: point for point in sorted(entry_points(group=PROJECT), key=lambda point: point.name)}


def plugin_class(use: str, where: str) -> type:
    """Import the plugin class that USE names: `module:Class`, or an entry point. Raises ConfigError naming WHERE."""
    module, _, name = use.partition(":")
    if not name:
        known = installed()
        if use not in known:
            listed = ", ".join(known) or "none"
            text = f'{where}: no plugin {use!r} is installed; installed are {listed}; try "pip install qsfilter-{use}"'
            raise ConfigError(text)
        module, _, name = known[use].value.partition(":")
    from importlib import import_module  # noqa: PLC0415 - as above

    try:
        found = getattr(import_module(module), name)
    except (Exception, SystemExit) as error:  # a plugin's module can fail in any way while it is imported
        raise ConfigError(f"{where}: can't import {module}:{name}: {type(error).__name__}: {error}") from error
    if not isinstance(found, type):
        raise ConfigError(f"{where}: {module}:{name} is no class")
    return found
