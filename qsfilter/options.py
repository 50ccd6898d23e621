"""Checks the options of a table against a plugin's fields, and makes the plugin.

Guarantee: an unknown or wrong key is refused with file, table, key and the nearest known key.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import TYPE_CHECKING, Any

from qsfilter.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def unknown_key(where: str, key: str, known: Iterable[str]) -> ConfigError:
    """Return the error for KEY, which is none of KNOWN, in the table WHERE."""
    import difflib  # noqa: PLC0415 - only to explain a mistake

    names = sorted(map(str, known))  # a Kind would be shown as Python writes it
    near = difflib.get_close_matches(key, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names) or 'none'}"
    return ConfigError(f"{where}: unknown key {key!r}; {hint}")


def make(cls: type, table: Mapping[str, Any], where: str) -> Any:  # noqa: ANN401 - an object of CLS
    """Make a CLS with the options in TABLE. Raises ConfigError naming WHERE."""
    if not dataclasses.is_dataclass(cls):
        raise ConfigError(f"{where}: {cls.__module__}.{cls.__qualname__} is not marked @plugin")
    fields = {field.name: field for field in dataclasses.fields(cls) if field.init}
    types_ = _types(cls)
    options: dict[str, Any] = {}
    for key, value in table.items():
        if key not in fields:
            raise unknown_key(where, key, fields)
        options[key] = checked(value, types_.get(key, Any), f"{where}.{key}")
    missing = [
        name
        for name, field in fields.items()
        if name not in options and field.default is field.default_factory is dataclasses.MISSING
    ]
    if missing:
        raise ConfigError(f"{where}: {', '.join(missing)} must be set")
    try:
        return cls(**options)
    except Exception as error:
        raise ConfigError(f"{where}: {error}") from error


def _types(cls: type) -> dict[str, Any]:
    try:
        return typing.get_type_hints(cls)
    except Exception:  # noqa: BLE001 - annotations that exist for type checkers only; the plugin checks by itself
        return {}


def checked(value: object, expected: Any, where: str) -> Any:  # noqa: ANN401 - types are values here
    """Return VALUE as the type EXPECTED, TOML's lists as tuples. Raises ConfigError naming WHERE."""
    if expected is Any or expected is object:
        return value
    origin, inner = typing.get_origin(expected), typing.get_args(expected)
    if origin in (typing.Union, types.UnionType):
        return _one_of(value, inner, where)
    if origin is typing.Literal:
        if any(value == choice and type(value) is type(choice) for choice in inner):
            return value
        raise ConfigError(f"{where}: takes {_name(expected)}, not {value!r}")
    if origin is tuple and isinstance(value, list) and len(inner) == 2 and inner[1] is Ellipsis:
        return tuple(checked(item, inner[0], f"{where}[{index}]") for index, item in enumerate(value))
    plain = origin or expected
    if plain is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(plain, type) and isinstance(value, plain) and not (plain is int and isinstance(value, bool)):
        return value
    raise ConfigError(f"{where}: takes {_name(expected)}, not {type(value).__name__}")


def _one_of(value: object, choices: tuple[Any, ...], where: str) -> Any:  # noqa: ANN401 - as above
    for choice in choices:
        try:
            return checked(value, choice, where)
        except ConfigError:
            continue
    text = f"{where}: takes {' or '.join(_name(choice) for choice in choices)}, not {type(value).__name__}"
    raise ConfigError(text)


def _name(expected: Any) -> str:  # noqa: ANN401 - as above
    plain = typing.get_origin(expected)
    if plain is tuple:
        return f"a list of {_name(typing.get_args(expected)[0])}"
    if plain is typing.Literal:
        return f"one of {', '.join(map(str, typing.get_args(expected)))}"
    return str(getattr(expected, "__name__", expected))
