"""Reads the configuration (TOML) and makes the Filter that it describes.

Guarantees: every key is checked, and a mistake names file, table, key and the nearest right one; nothing is read twice;
without a readable and valid file there is no Filter, so mail waits.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from qsfilter import discovery, options
from qsfilter.actions import DEFAULT_ACTIONS, UNSCANNABLE_NAMES, Action, Kind
from qsfilter.decide import Policy
from qsfilter.errors import ConfigError
from qsfilter.filter import QUARANTINE, Filter
from qsfilter.limits import Limits
from qsfilter.registry import Entry
from qsfilter.transport import Maildir, QmailQueue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qsfilter.deliver import Transport

VARIABLE = "QSFILTER_CONFIG"
DEFAULT_PATH = "/etc/qsfilter/qsfilter.toml"
TABLES = ("relays", "deliver", "quarantine", "actions", "limits", "rules", "plugins")
RESERVED = ("use", "mode", "timeout", "on_error")
MODES = ("enforce", "shadow", "off")
REPLIES = ("plain", "notqmail", "curti", "sagredo", "indimail")
BUILT_IN_DEFAULT = "the built-in default"


def load(path: str | None = None) -> Filter:
    """Read the file at PATH, else the one that QSFILTER_CONFIG names, else /etc/qsfilter/qsfilter.toml.

    Raises ConfigError (exit code 55) with one line that says what is wrong and where.
    """
    chosen = path or os.environ.get(VARIABLE) or DEFAULT_PATH
    import tomllib  # noqa: PLC0415 - a wrapper that is written in Python needs none

    try:
        with open(chosen, "rb") as file:
            source = file.read()
        table = tomllib.loads(source.decode())
    except OSError as error:
        raise ConfigError(f"{chosen}: {error.strerror}") from error
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError
        raise ConfigError(f"{chosen}: {error}") from error
    return from_table(table, chosen, hashlib.sha256(source).hexdigest())


def from_table(table: Mapping[str, Any], where: str, digest: str = "") -> Filter:
    """Make the Filter that TABLE describes; WHERE is the file it came from and DIGEST that file's SHA-256."""
    for key in table:
        if key not in TABLES:
            raise options.unknown_key(where, key, TABLES)
    deliver = _table(table, "deliver", where, ("qmail_queue", "maildir", "reply"))
    quarantine = _table(table, "quarantine", where, ("path",))
    rules = _table(table, "rules", where, ("files",))
    return Filter(
        *_plugins(_table(table, "plugins", where), where),
        rules=options.checked(rules.get("files", []), tuple[str, ...], f"{where}: rules.files"),
        transport=_transport(deliver, where),
        quarantine=options.checked(quarantine.get("path", QUARANTINE), str, f"{where}: quarantine.path"),
        policy=Policy(
            actions=_actions(_table(table, "actions", where), where),
            relays=frozenset(options.checked(table.get("relays", []), tuple[str, ...], f"{where}: relays")),
        ),
        limits=_limits(_table(table, "limits", where), where),
        reply=_choice(deliver.get("reply", "plain"), REPLIES, f"{where}: deliver.reply"),
        config=digest,
    )


def built_in_default() -> Filter:
    """Make the Filter that serves `demo`, `explain` and `replay` where no configuration is named.

    The EICAR rule of `yara`, the default extensions of `attachments`, and every installed unpacker; no delivery.
    """
    plugins: list[object] = []
    for name in discovery.installed():
        cls = discovery.plugin_class(name, BUILT_IN_DEFAULT)
        if name in {"yara", "attachments"} or hasattr(cls, "opens"):
            plugins.append(Entry(name=name, plugin=options.make(cls, {}, BUILT_IN_DEFAULT)))
    return Filter(*plugins, config=BUILT_IN_DEFAULT)


def _table(parent: Mapping[str, Any], key: str, where: str, known: tuple[str, ...] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = options.checked(parent.get(key, {}), dict, f"{where}: {key}")
    for name in found:
        if known is not None and name not in known:
            raise options.unknown_key(f"{where}: {key}", name, known)
    return dict(found)  # a copy, because the reserved keys are taken out


def _choice(value: object, known: tuple[str, ...], where: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise ConfigError(f"{where}: takes one of {', '.join(known)}, not {value!r}")
    return value


def _plugins(tables: Mapping[str, Any], where: str) -> list[Entry]:
    entries: list[Entry] = []
    for name in tables:
        place = f"{where}: plugins.{name}"
        table = _table(tables, name, f"{where}: plugins")
        reserved = {key: table.pop(key) for key in RESERVED if key in table}
        mode = _choice(reserved.get("mode", "enforce"), MODES, f"{place}.mode")
        if mode == "off":
            continue
        use = options.checked(reserved.get("use", name), str, f"{place}.use")
        on_error = reserved.get("on_error")
        entries.append(
            Entry(
                name=name,
                plugin=options.make(discovery.plugin_class(use, place), table, place),
                shadow=mode == "shadow",
                timeout=_positive(reserved.get("timeout", 60.0), f"{place}.timeout"),
                on_error=None if on_error is None else _action(on_error, f"{place}.on_error")[0],
            )
        )
    return entries


def _positive(value: object, where: str) -> float:
    number: float = options.checked(value, float, where)
    if not 0 < number < float("inf"):  # TOML knows nan and inf, which no timer does
        raise ConfigError(f"{where}: takes a number above 0")
    return number


def _transport(deliver: Mapping[str, Any], where: str) -> Transport | None:
    queue, maildir = deliver.get("qmail_queue"), deliver.get("maildir")
    if queue is not None and maildir is not None:
        raise ConfigError(f"{where}: deliver: set qmail_queue or maildir, not both")
    if maildir is not None:
        return Maildir(path=options.checked(maildir, str, f"{where}: deliver.maildir"))
    if queue is None:
        return None
    program = (
        (queue,) if isinstance(queue, str) else options.checked(queue, tuple[str, ...], f"{where}: deliver.qmail_queue")
    )
    if not program or not os.path.isabs(program[0]):
        raise ConfigError(f"{where}: deliver.qmail_queue: takes an absolute path, with arguments behind it in a list")
    return QmailQueue(program=program)


def _action(value: object, where: str) -> tuple[Action, bool]:
    """Read `"reject"` or `{ action = "reject", keep = true }`."""
    keep: object = False
    if isinstance(value, dict):
        for key in value:
            if key not in ("action", "keep"):
                raise options.unknown_key(where, key, ("action", "keep"))
        keep = value.get("keep", False)
        value = value.get("action")
    name = _choice(value, tuple(str(action) for action in Action), where)
    return Action[name.upper()], options.checked(keep, bool, f"{where}.keep")


def _actions(table: Mapping[str, Any], where: str) -> dict[str, tuple[Action, bool]]:
    actions = dict(DEFAULT_ACTIONS)
    for key, value in table.items():
        kind, _, name = key.partition(".")
        unscannable = [f"{Kind.UNSCANNABLE}.{known}" for known in UNSCANNABLE_NAMES]
        if kind not in tuple(Kind) or (kind == Kind.UNSCANNABLE and name and key not in unscannable):
            raise options.unknown_key(f"{where}: actions", key, [*Kind, *unscannable])
        actions[key] = _action(value, f"{where}: actions.{key}")
    return actions


def _limits(table: Mapping[str, Any], where: str) -> Limits:
    known = {field.name: float if field.name == "seconds" else int for field in fields(Limits)}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise options.unknown_key(f"{where}: limits", key, known)
        values[key] = options.checked(value, known[key], f"{where}: limits.{key}")
        if not 1 <= values[key] < float("inf"):
            raise ConfigError(f"{where}: limits.{key}: takes a number from 1 up")
    return Limits(**values)
