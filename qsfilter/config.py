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
from qsfilter.errors import ConfigError
from qsfilter.filter import QUARANTINE, Filter
from qsfilter.limits import Limits
from qsfilter.policy import Policy
from qsfilter.registry import Entry
from qsfilter.transport import Maildir, QmailQueue
from qsfilter.words import MODES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from qsfilter.attempts import Attempts
    from qsfilter.builtin.rule_set import RuleSet
    from qsfilter.deliver import Transport

    LoadRules = Callable[[tuple[str, ...], str], RuleSet]

VARIABLE = "QSFILTER_CONFIG"
DEFAULT_PATH = "/etc/qsfilter/qsfilter.toml"
TABLES = (
    "relays", "settings_per_domain", "deliver", "quarantine", "actions", "policy", "allow", "attempts", "limits",
    "rules", "plugins",
)  # fmt: skip
RESERVED = ("use", "mode", "timeout", "on_error", "backup_for")
REPLIES = ("plain", "notqmail", "curti", "sagredo", "indimail")
BUILT_IN_DEFAULT = "the built-in default"


def load(path: str | None = None, rules: LoadRules | None = None) -> Filter:
    """Read the file at PATH, else the one that QSFILTER_CONFIG names, else /etc/qsfilter/qsfilter.toml.

    RULES loads the site's rules; without it they are loaded as they stand, and one that is broken is an error.
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
    return from_table(table, chosen, hashlib.sha256(source).hexdigest(), rules)


def from_table(table: Mapping[str, Any], where: str, digest: str = "", rules: LoadRules | None = None) -> Filter:
    """Make the Filter that TABLE describes; WHERE is the file it came from and DIGEST that file's SHA-256.

    RULES loads the site's rules, as in `load`.
    """
    for key in table:
        if key not in TABLES:
            raise options.unknown_key(where, key, TABLES)
    deliver = _table(table, "deliver", where, ("qmail_queue", "maildir", "reply"))
    quarantine = _table(table, "quarantine", where, ("path",))
    quarantine_path = options.checked(quarantine.get("path", QUARANTINE), str, f"{where}: quarantine.path")
    actions = _actions(_table(table, "actions", where), where)
    return Filter(
        *_plugins(_table(table, "plugins", where), where),
        rules=_rules(table, where, quarantine_path, rules),
        transport=_transport(deliver, where),
        quarantine=quarantine_path,
        policy=Policy(
            actions=actions,
            relays=frozenset(options.checked(table.get("relays", []), tuple[str, ...], f"{where}: relays")),
            **_policy(table, where, actions),
        ),
        limits=_limits(_table(table, "limits", where), where),
        reply=_choice(deliver.get("reply", "plain"), REPLIES, f"{where}: deliver.reply"),
        attempts=_attempts(_table(table, "attempts", where, ("path", "most")), where, quarantine_path),
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
                backup_for=options.checked(reserved.get("backup_for", ""), str, f"{place}.backup_for"),
                on_error=None if on_error is None else _action(on_error, f"{place}.on_error")[0],
            )
        )
    return entries


def _positive(value: object, where: str) -> float:
    number: float = options.checked(value, float, where)
    if not 0 < number < float("inf"):  # TOML knows nan and inf, which no timer does
        raise ConfigError(f"{where}: takes a number above 0")
    return number


def _attempts(table: Mapping[str, Any], where: str, quarantine: str) -> Attempts | None:
    """Read where attempts are remembered, beside the QUARANTINE if nothing is said; an empty path is nowhere."""
    beside = os.path.join(os.path.dirname(quarantine.rstrip("/")), "attempts")
    path = options.checked(table.get("path", beside), str, f"{where}: attempts.path")
    most = options.checked(table.get("most", 3), int, f"{where}: attempts.most")
    if most < 1:
        raise ConfigError(f"{where}: attempts.most: takes a number from 1 up")
    from qsfilter.attempts import Attempts  # noqa: PLC0415 - a filter that is written in Python may have none

    return Attempts(path, most=most) if path else None


def _rules(table: Mapping[str, Any], where: str, quarantine: str, load_rules: LoadRules | None) -> RuleSet | tuple[()]:
    """Load the site's rules; their last good versions are kept beside the QUARANTINE where no other place is named."""
    rules = _table(table, "rules", where, ("files", "last_good"))
    files = options.checked(rules.get("files", []), tuple[str, ...], f"{where}: rules.files")
    beside = os.path.join(os.path.dirname(quarantine.rstrip("/")), "rules")
    last_good = options.checked(rules.get("last_good", beside), str, f"{where}: rules.last_good")
    if not files:
        return ()
    from qsfilter.builtin.rule_set import as_they_stand  # noqa: PLC0415 - not every site has rules

    return (load_rules or as_they_stand)(files, last_good)


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


def _policy(table: Mapping[str, Any], where: str, actions: Mapping[str, tuple[Action, bool]]) -> dict[str, Any]:
    """Read the rules and the allow entries, which most sites have none of."""
    found: dict[str, Any] = {}
    if table.get("policy") or table.get("allow"):
        from qsfilter.policy_tables import read_allow, read_rules  # noqa: PLC0415 - as said above

        found["rules"] = read_rules(table.get("policy", []), where)
        found["allow"] = read_allow(table.get("allow", []), where)
    if "settings_per_domain" in table:
        from qsfilter.settings_per_domain import read_settings  # noqa: PLC0415 - as said above

        path = options.checked(table["settings_per_domain"], str, f"{where}: settings_per_domain")
        found["rules"] = (*found.get("rules", ()), *read_settings(path, actions))
    return found


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
