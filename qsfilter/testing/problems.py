"""Looks at a plugin as a reader would, and says what would not work; for the plugin's own tests."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
import re
import textwrap

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
    found += [
        f"option {field.name} has no docstring"
        for field in (dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else ())
        if field.name not in _documented(cls)
    ]
    hooks = [name for name in HOOKS if callable(getattr(cls, name, None))]
    if not hooks:
        found.append(f"{cls.__name__} implements no hook; known are {', '.join(HOOKS)}")
    for name in hooks:
        found += _signature(cls, name)
    return found


def _documented(cls: type) -> set[str]:
    """Return the attributes of CLS and the classes above it that a docstring follows."""
    return {name for one in cls.__mro__ if dataclasses.is_dataclass(one) for name in _documented_in(one)}


def _documented_in(cls: type) -> set[str]:
    """Return the attributes in the body of CLS that a docstring follows; all where its source can't be read."""
    try:
        body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    except (OSError, TypeError, SyntaxError):
        return {field.name for field in dataclasses.fields(cls)}
    lines = body.body if isinstance(body, ast.ClassDef) else []
    return {
        line.target.id
        for line, after in itertools.pairwise(lines)
        if isinstance(line, ast.AnnAssign)
        and isinstance(line.target, ast.Name)
        and isinstance(after, ast.Expr)
        and isinstance(after.value, ast.Constant)
        and isinstance(after.value.value, str)
    }


def _signature(cls: type, name: str) -> list[str]:
    """Compare the annotations of hook NAME with the specification's, as text: both modules postpone evaluation."""
    found: list[str] = []
    specified = inspect.signature(getattr(Hooks, name)).parameters
    for parameter in list(inspect.signature(getattr(cls, name)).parameters.values())[1:]:
        if parameter.name not in specified:
            found.append(f"{name}() has no argument {parameter.name!r}; it has {', '.join(list(specified)[1:])}")
            continue
        given, expected = parameter.annotation, specified[parameter.name].annotation
        if isinstance(given, str) and re.sub(r"\w+\.", "", given) != str(expected):
            found.append(f"{name}({parameter.name}: {given}) should be {expected}")
    return found
