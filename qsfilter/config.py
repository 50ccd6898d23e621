"""Reads the configuration (TOML) and makes the Filter that it describes.

Guarantees: every key is checked, and a mistake names file, table, key and the nearest right one; nothing is read twice;
without a readable and valid file there is no Filter, so mail waits.
"""

from __future__ import annotations

import os
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from qsfilter import discovery, options
from qsfilter.actions import DEFAULT_ACTIONS, UNSCANNABLE_NAMES, Action, Kind
from qsfilter.bypass import BYPASS, Bypass
from qsfilter.edge import edge, read
from qsfilter.errors import ConfigError
from qsfilter.filter import QUARANTINE, Filter
from qsfilter.message_log import FORMATS, PLACES, MessageLog
from qsfilter.registry import Entry
from qsfilter.site_policy import Policy
from qsfilter.tables import choice, count, positive, table
from qsfilter.words import MODES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from qsfilter.attempts import Attempts
    from qsfilter.builtin.rule_set import RuleSet
    from qsfilter.edge import Edge, Source
    from qsfilter.legacy_headers import LegacyHeaders
    from qsfilter.metrics import Counters
    from qsfilter.outbox.settings import Outbox
    from qsfilter.verdict_cache import VerdictCache

    LoadRules = Callable[[tuple[str, ...], str], RuleSet]

TABLES = (
    "relays", "settings_per_domain", "deliver", "quarantine", "service", "actions", "policy", "allow", "attempts",
    "cache", "headers", "log", "metrics", "outbox", "limits", "rules", "plugins",
)  # fmt: skip
RESERVED = ("use", "mode", "timeout", "on_error", "backup_for")
BUILT_IN_DEFAULT = "the built-in default"


def load(path: str | None = None, rules: LoadRules | None = None) -> Filter:
    """Read the file at PATH, else the one that QSFILTER_CONFIG names, else /etc/qsfilter/qsfilter.toml.

    RULES loads the site's rules; without it they are loaded as they stand, and one that is broken is an error.
    Raises ConfigError (exit code 55) with one line that says what is wrong and where.
    """
    return from_source(read(path), rules)


def from_source(source: Source, rules: LoadRules | None = None) -> Filter:
    """Make the Filter of a configuration that has been read; RULES loads the site's rules, as in `load`."""
    return from_table(source.table, source.path, source.digest, rules)


def from_table(whole: Mapping[str, Any], where: str, digest: str = "", rules: LoadRules | None = None) -> Filter:
    """Make the Filter that WHOLE describes; WHERE is the file it came from and DIGEST that file's SHA-256.

    RULES loads the site's rules, as in `load`.
    """
    for key in whole:
        if key not in TABLES:
            raise options.unknown_key(where, key, TABLES)
    around = edge(whole, where)
    held = table(whole, "quarantine", where, ("path", "allow", "keep_days", "min_days", "max_bytes", "min_free_bytes"))
    if held.keys() - {"path", "allow"}:
        from qsfilter.held.retention import retention  # noqa: PLC0415 - not every site says how long copies stay

        retention(held, where)
    quarantine_path = options.checked(held.get("path", QUARANTINE), str, f"{where}: quarantine.path")
    actions = _actions(table(whole, "actions", where), where)
    outbox = cache(partial(_outbox, whole, where, quarantine_path, around))
    if "outbox" in whole:
        outbox()
    return Filter(
        *_plugins(table(whole, "plugins", where), where, outbox),
        rules=_rules(whole, where, quarantine_path, rules),
        transport=around.transport,
        quarantine=quarantine_path,
        policy=Policy(
            actions=actions,
            relays=frozenset(options.checked(whole.get("relays", []), tuple[str, ...], f"{where}: relays")),
            **_policy(whole, where, actions),
        ),
        limits=around.limits,
        reply=around.reply,
        attempts=_attempts(table(whole, "attempts", where, ("path", "most")), where, quarantine_path),
        cache=_cache(table(whole, "cache", where, ("path", "seconds")), where, quarantine_path),
        log=_log(table(whole, "log", where, ("format", "to", "facility")), where),
        counters=_counters(whole, where, quarantine_path),
        bypass=Bypass(path=os.path.join(os.path.dirname(quarantine_path.rstrip("/")), BYPASS)),
        headers=_headers(table(whole, "headers", where, ("legacy", "descriptive", "prefix")), where),
        config=digest,
    )


def allow_file(whole: Mapping[str, Any], where: str) -> str:
    """Return the path of the file that WHOLE names for allow entries; empty for none. Raises ConfigError."""
    path: str = options.checked(table(whole, "quarantine", where).get("allow", ""), str, f"{where}: quarantine.allow")
    if path and not os.path.isabs(path):
        raise ConfigError(f"{where}: quarantine.allow: takes an absolute path")
    return path


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


def _plugins(tables: Mapping[str, Any], where: str, outbox: Callable[[], Outbox]) -> list[Entry]:
    entries: list[Entry] = []
    for name in tables:
        place = f"{where}: plugins.{name}"
        given = table(tables, name, f"{where}: plugins")
        reserved = {key: given.pop(key) for key in RESERVED if key in given}
        mode = choice(reserved.get("mode", "enforce"), MODES, f"{place}.mode")
        if mode == "off":
            continue
        use = options.checked(reserved.get("use", name), str, f"{place}.use")
        on_error = reserved.get("on_error")
        cls = discovery.plugin_class(use, place)
        if "outbox" in getattr(cls, "__dataclass_fields__", {}) and "outbox" not in given:
            given["outbox"] = outbox().path
        entries.append(
            Entry(
                name=name,
                plugin=options.make(cls, given, place),
                shadow=mode == "shadow",
                timeout=positive(reserved.get("timeout", 60.0), f"{place}.timeout"),
                backup_for=options.checked(reserved.get("backup_for", ""), str, f"{place}.backup_for"),
                on_error=None if on_error is None else _action(on_error, f"{place}.on_error")[0],
            )
        )
    return entries


def _outbox(whole: Mapping[str, Any], where: str, quarantine: str, around: Edge) -> Outbox:
    """Read where mails of our own wait, and how they are sent, which has to be said where mail goes to a maildir."""
    from qsfilter.outbox.settings import read_outbox, require_way  # noqa: PLC0415 - most sites send no mail of their own

    outbox = read_outbox(whole, where, quarantine, around.transport)
    if around.transport is not None:
        require_way(outbox, where)
    return outbox


def _attempts(given: Mapping[str, Any], where: str, quarantine: str) -> Attempts | None:
    """Read where attempts are remembered, beside the QUARANTINE if nothing is said; an empty path is nowhere."""
    beside = os.path.join(os.path.dirname(quarantine.rstrip("/")), "attempts")
    path = options.checked(given.get("path", beside), str, f"{where}: attempts.path")
    most = count(given.get("most", 3), f"{where}: attempts.most")
    from qsfilter.attempts import Attempts  # noqa: PLC0415 - a filter that is written in Python may have none

    return Attempts(path, most=most) if path else None


def _cache(given: Mapping[str, Any], where: str, quarantine: str) -> VerdictCache | None:
    """Read where engines' answers are kept, beside the QUARANTINE if nothing is said; an empty path is nowhere."""
    beside = os.path.join(os.path.dirname(quarantine.rstrip("/")), "verdicts")
    path = options.checked(given.get("path", beside), str, f"{where}: cache.path")
    seconds = positive(given.get("seconds", 3600.0), f"{where}: cache.seconds")
    if not path:
        return None
    from qsfilter.store import LONGEST_SECONDS, Store  # noqa: PLC0415 - as for attempts
    from qsfilter.verdict_cache import VerdictCache  # noqa: PLC0415 - as for attempts

    # Not durable: what a loss of power takes away costs a question, and waiting for the disk would cost each message.
    return VerdictCache(Store(path, durable=False), seconds=min(seconds, LONGEST_SECONDS))


def _headers(given: Mapping[str, Any], where: str) -> LegacyHeaders | None:
    """Read which of Qmail-Scanner's header fields are added; most sites want none of them."""
    if not given:
        return None
    for key, value in given.items():
        options.checked(value, str, f"{where}: headers.{key}")
    from qsfilter.legacy_headers import LegacyHeaders  # noqa: PLC0415 - as said above

    try:
        chosen = LegacyHeaders(**given)
    except ConfigError as error:
        raise ConfigError(f"{where}: headers.{error}") from None
    return None if chosen.legacy == chosen.descriptive == "no" else chosen


def _log(given: Mapping[str, Any], where: str) -> MessageLog:
    facility = given.get("facility", "mail")
    if "facility" in given:
        from qsfilter.log_sinks import FACILITIES  # noqa: PLC0415 - most sites log to descriptor 2

        choice(facility, tuple(FACILITIES), f"{where}: log.facility")
    return MessageLog(
        format=choice(given.get("format", "logfmt"), FORMATS, f"{where}: log.format"),
        to=choice(given.get("to", "stderr"), PLACES, f"{where}: log.to"),
        facility=facility,
    )


def _counters(whole: Mapping[str, Any], where: str, quarantine: str) -> Counters | None:
    """Read where counters are kept, beside the QUARANTINE if nothing is said; without the table, nothing is counted."""
    if "metrics" not in whole:
        return None
    given = table(whole, "metrics", where, ("path",))
    beside = os.path.join(os.path.dirname(quarantine.rstrip("/")), "metrics")
    path = options.checked(given.get("path", beside), str, f"{where}: metrics.path")
    from qsfilter.metrics import PATIENCE_SECONDS, Counters  # noqa: PLC0415 - as for attempts
    from qsfilter.store import Store  # noqa: PLC0415 - as for attempts

    return Counters(Store(path, durable=False, patience_seconds=PATIENCE_SECONDS))


def _rules(whole: Mapping[str, Any], where: str, quarantine: str, load_rules: LoadRules | None) -> RuleSet | tuple[()]:
    """Load the site's rules; their last good versions are kept beside the QUARANTINE where no other place is named."""
    rules = table(whole, "rules", where, ("files", "last_good"))
    files = options.checked(rules.get("files", []), tuple[str, ...], f"{where}: rules.files")
    beside = os.path.join(os.path.dirname(quarantine.rstrip("/")), "rules")
    last_good = options.checked(rules.get("last_good", beside), str, f"{where}: rules.last_good")
    if not files:
        return ()
    from qsfilter.builtin.rule_set import as_they_stand  # noqa: PLC0415 - not every site has rules

    return (load_rules or as_they_stand)(files, last_good)


def _action(value: object, where: str) -> tuple[Action, bool]:
    """Read `"reject"` or `{ action = "reject", keep = true }`."""
    keep: object = False
    if isinstance(value, dict):
        for key in value:
            if key not in ("action", "keep"):
                raise options.unknown_key(where, key, ("action", "keep"))
        keep = value.get("keep", False)
        value = value.get("action")
    name = choice(value, tuple(str(action) for action in Action), where)
    return Action[name.upper()], options.checked(keep, bool, f"{where}.keep")


def _actions(given: Mapping[str, Any], where: str) -> dict[str, tuple[Action, bool]]:
    actions = dict(DEFAULT_ACTIONS)
    for key, value in given.items():
        kind, _, name = key.partition(".")
        unscannable = [f"{Kind.UNSCANNABLE}.{known}" for known in UNSCANNABLE_NAMES]
        if kind not in tuple(Kind) or (kind == Kind.UNSCANNABLE and name and key not in unscannable):
            raise options.unknown_key(f"{where}: actions", key, [*Kind, *unscannable])
        actions[key] = _action(value, f"{where}: actions.{key}")
    return actions


def _policy(whole: Mapping[str, Any], where: str, actions: Mapping[str, tuple[Action, bool]]) -> dict[str, Any]:
    """Read the rules and the allow entries, which most sites have none of."""
    found: dict[str, Any] = {}
    if whole.get("policy") or whole.get("allow"):
        from qsfilter.policy_tables import read_allow, read_rules  # noqa: PLC0415 - as said above

        found["rules"] = read_rules(whole.get("policy", []), where)
        found["allow"] = read_allow(whole.get("allow", []), where)
    if path := allow_file(whole, where):
        from qsfilter.held.allow_file import tables_in  # noqa: PLC0415 - as said above
        from qsfilter.policy_tables import read_allow  # noqa: PLC0415 - as said above

        found["allow"] = (*found.get("allow", ()), *read_allow(tables_in(path), path))
    if "settings_per_domain" in whole:
        from qsfilter.settings_per_domain import read_settings  # noqa: PLC0415 - as said above

        path = options.checked(whole["settings_per_domain"], str, f"{where}: settings_per_domain")
        found["rules"] = (*found.get("rules", ()), *read_settings(path, actions))
    return found
