"""Reads `settings_per_domain.txt` of Qmail-Scanner's st patch: which scanners each address or domain wants.

A line is `who:scanner,scanner'subject'…`; what follows the first quote is about SpamAssassin and passed over here. The
full address is tried first, then its domain, then `@scanners_default`. `ps` is the original's own scanner (file names
and headers), `sa` is SpamAssassin, everything else looks for viruses, and `none` wants nothing.

Guarantees: nothing but ConfigError is raised, and it names every bad line; all scanners still look at every message,
and a setting only says for whom their findings count.
"""

from __future__ import annotations

import re
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
_WHO = re.compile(r"(?:[^@\s:']+@)?[^@\s:']+")
_SCANNER = re.compile(r"[A-Za-z0-9_]+")


def read_settings(path: str, actions: Mapping[str, tuple[Action, bool]]) -> tuple[PolicyRule, ...]:
    """Return the rules that the file at PATH stands for: first those of addresses, then of domains, then the default.

    A kind that somebody wants has the action that ACTIONS, the action table, gives it. Raises ConfigError.
    """
    try:
        with open(path, "rb") as file:
            source = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    if len(source) > LARGEST_FILE:
        raise ConfigError(f"{path}: has more than {LARGEST_FILE} bytes")
    found: dict[str, tuple[int, frozenset[Kind]]] = {}
    errors: list[str] = []
    for number, line in enumerate(source.decode("utf-8", "replace").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        who, kinds, wrong = _read_line(text)
        if not wrong and who in found:
            wrong = f"{who} stands in line {found[who][0]} already"
        if wrong:
            errors.append(f"{path}: line {number}: {wrong}")
        else:
            found[who] = (number, kinds)
    if errors:
        more = f"\n{path}: and {len(errors) - MOST_ERRORS} more" if len(errors) > MOST_ERRORS else ""
        raise ConfigError("\n".join(errors[:MOST_ERRORS]) + more)
    ordered = sorted(found.items(), key=lambda item: (item[0] == DEFAULT, "@" not in item[0]))
    return tuple(rule for who, (number, kinds) in ordered for rule in _rules(who, kinds, actions, f"{path}:{number}"))


def _read_line(text: str) -> tuple[str, frozenset[Kind], str]:
    """Return who TEXT is about, the kinds of findings that they want, and what is wrong with it."""
    who, colon, rest = text.partition(":")
    who = who.strip().lower()
    if not colon or (who != DEFAULT and not _WHO.fullmatch(who)):
        return who, frozenset(), "is not 'who:scanners', where who is an address or a domain"
    names = [name.strip() for name in rest.partition("'")[0].split(",")]
    wrong = next((name for name in names if not _SCANNER.fullmatch(name)), None)
    if wrong is not None:
        return who, frozenset(), f"{wrong!r} is no scanner"
    short = [name.lower().removesuffix("_scanner") for name in names]
    if "none" in short and len(short) > 1:
        return who, frozenset(), "none stands alone"
    wanted = [WANTED_BY.get(ALIASES.get(name, name), Kind.MALWARE) for name in short if name != "none"]
    return who, frozenset(wanted), ""


def _rules(
    who: str, wanted: frozenset[Kind], actions: Mapping[str, tuple[Action, bool]], where: str
) -> list[PolicyRule]:
    """Return a rule for each kind of finding that scanners make: what WHO wants counts as for everybody."""
    recipient = () if who == DEFAULT else (who if "@" in who else f"@{who}",)
    rules: list[PolicyRule] = []
    for kind in (Kind.MALWARE, Kind.POLICY, Kind.SPAM):
        action, keep = actions[kind] if kind in wanted else (Action.ACCEPT, False)
        rules.append(
            PolicyRule(match=Match(kind=(str(kind),), recipient=recipient), action=action, keep=keep, where=where)
        )
    return rules
