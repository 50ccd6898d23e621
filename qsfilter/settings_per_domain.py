"""Reads `settings_per_domain.txt` of Qmail-Scanner's st patch: which scanners each address or domain wants.

A line is `who:scanner,scanner'subject'…`; what follows the first quote is about SpamAssassin, and for its plugin. The
full address is tried first, then its domain, then `@scanners_default`. `ps` is the original's own scanner (file names
and headers), `sa` is SpamAssassin, everything else looks for viruses, and `none` wants nothing.

Guarantees: nothing but ConfigError is raised, and it names every bad line; all scanners still look at every message,
and a setting only says for whom their findings count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qsfilter.actions import Action, Kind
from qsfilter.errors import ConfigError
from qsfilter.site_policy import Match, PolicyRule

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_FILE = 4 << 20
"""Bytes."""
MOST_ERRORS = 100
DEFAULT = "@scanners_default"
WANTED_BY = {"ps": Kind.POLICY, "sa": Kind.SPAM}
"""Scanner → the kind of its findings; every other scanner finds malware."""
ALIASES = {"perlscan": "ps", "perl": "ps", "perlscanner": "ps", "spamassassin": "sa"}
SPAM_FIELDS = (
    "subject", "quarantine", "delta", "delete", "reject", "forward", "fwd_verbose", "hdr_report", "maildir",
)  # fmt: skip
"""What may stand behind the scanners, each behind a quote; empty for what holds for the whole site."""
_WHO = re.compile(r"(?:[^@\s:']+@)?[^@\s:']+")
_SCANNER = re.compile(r"[A-Za-z0-9_]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One line."""

    who: str
    """An address or a domain, in lower case, or `@scanners_default`."""
    line: int
    """Its number."""
    wanted: frozenset[Kind] = frozenset()
    """The kinds of findings that count."""
    spam: Mapping[str, str] = field(default_factory=dict)
    """Those of `SPAM_FIELDS` that are not empty, as they stand there."""


def read_settings(path: str, actions: Mapping[str, tuple[Action, bool]]) -> tuple[PolicyRule, ...]:
    """Return the rules that the file at PATH stands for: first those of addresses, then of domains, then the default.

    A kind that somebody wants has the action that ACTIONS, the action table, gives it. Raises ConfigError.
    """
    return tuple(rule for found in read_lines(path) for rule in _rules(found, actions, f"{path}:{found.line}"))


def read_lines(path: str) -> tuple[Setting, ...]:
    """Return the lines of the file at PATH in the order in which they are tried. Raises ConfigError."""
    try:
        with open(path, "rb") as file:
            source = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    if len(source) > LARGEST_FILE:
        raise ConfigError(f"{path}: has more than {LARGEST_FILE} bytes")
    found: dict[str, Setting] = {}
    errors: list[str] = []
    for number, line in enumerate(source.decode("utf-8", "replace").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        try:
            setting = _read_line(text, number)
            if setting.who in found:
                raise ConfigError(f"{setting.who} stands in line {found[setting.who].line} already")
        except ConfigError as error:
            errors.append(f"{path}: line {number}: {error}")
        else:
            found[setting.who] = setting
    if errors:
        more = f"\n{path}: and {len(errors) - MOST_ERRORS} more" if len(errors) > MOST_ERRORS else ""
        raise ConfigError("\n".join(errors[:MOST_ERRORS]) + more)
    return tuple(sorted(found.values(), key=lambda one: (one.who == DEFAULT, "@" not in one.who)))


def _read_line(text: str, number: int) -> Setting:
    """Read TEXT, which is line NUMBER. Raises ConfigError."""
    who, colon, rest = text.partition(":")
    who = who.strip().lower()
    if not colon or (who != DEFAULT and not _WHO.fullmatch(who)):
        raise ConfigError("is not 'who:scanners', where who is an address or a domain")
    scanners, *spam = rest.split("'")
    names = [name.strip() for name in scanners.split(",")]
    wrong = next((name for name in names if not _SCANNER.fullmatch(name)), None)
    if wrong is not None:
        raise ConfigError(f"{wrong!r} is no scanner")
    short = [name.lower().removesuffix("_scanner") for name in names]
    if "none" in short and len(short) > 1:
        raise ConfigError("none stands alone")
    values = [value.strip() for value in spam]
    if any(values[len(SPAM_FIELDS) :]):
        raise ConfigError(f"has more than {len(SPAM_FIELDS)} fields behind the scanners")
    wanted = [WANTED_BY.get(ALIASES.get(name, name), Kind.MALWARE) for name in short if name != "none"]
    fields = {key: value for key, value in zip(SPAM_FIELDS, values, strict=False) if value}
    return Setting(who=who, line=number, wanted=frozenset(wanted), spam=fields)


def _rules(setting: Setting, actions: Mapping[str, tuple[Action, bool]], where: str) -> list[PolicyRule]:
    """Return a rule for each kind of finding that scanners make: what somebody wants counts as for everybody."""
    who = setting.who
    recipient = () if who == DEFAULT else (who if "@" in who else f"@{who}",)
    rules: list[PolicyRule] = []
    for kind in (Kind.MALWARE, Kind.POLICY, Kind.SPAM):
        action, keep = actions[kind] if kind in setting.wanted else (Action.ACCEPT, False)
        rules.append(
            PolicyRule(match=Match(kind=(str(kind),), recipient=recipient), action=action, keep=keep, where=where)
        )
    return rules
