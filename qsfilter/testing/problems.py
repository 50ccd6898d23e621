"""Looks at a plugin as a reader would, and says what would not work; for the plugin's own tests."""

from __future__ import annotations

import dataclasses
import inspect

from qsfilter.errors import PluginError
from qsfilter.hookspecs import HOOKS, Hooks
from qsfilter.registry import Entry, Registry


def problems(plugin: object) -> list[str]:
    """Return what is wrong with PLUGIN, an object; an empty list if it can be used.

    What registration refuses comes first; then what it can't see: options without a docstring or a type, a hook whose
    parameters are annotated as something else, equality that would make two of a kind the same plugin.
    """
    found: list[str] = []
    try:
        Registry([Entry(name="plugin", plugin=plugin)])
    except PluginError as error:
        found.append(str(error))
    cls = type(plugin)
    if not dataclasses.is_dataclass(cls):
        found.append(f"{cls.__name__} is not marked @plugin")
    elif cls.__eq__ is not object.__eq__:
        found.append(f"{cls.__name__} compares by value; use @plugin, not @dataclass")
    if not (cls.__doc__ or "").strip() or (cls.__doc__ or "").startswith(f"{cls.__name__}("):
        found.append(f"{cls.__name__} has no docstring")
    hooks = [name for name in HOOKS if callable(getattr(cls, name, None))]
    if not hooks:
        found.append(f"{cls.__name__} implements no hook; known are {', '.join(HOOKS)}")
    for name in hooks:
        found += _signature(cls, name)
    return found


def _signature(cls: type, name: str) -> list[str]:
    """Compare the annotations of hook NAME with the specification's, as text: both modules postpone evaluation."""
    found: list[str] = []
    specified = inspect.signature(getattr(Hooks, name)).parameters
    for parameter in list(inspect.signature(getattr(cls, name)).parameters.values())[1:]:
        if parameter.name not in specified:
            found.append(f"{name}() has no argument {parameter.name!r}; it has {', '.join(list(specified)[1:])}")
            continue
        given, expected = parameter.annotation, specified[parameter.name].annotation
        if isinstance(given, str) and given.rpartition(".")[2] != str(expected):
            found.append(f"{name}({parameter.name}: {given}) should be {expected}")
    return found
