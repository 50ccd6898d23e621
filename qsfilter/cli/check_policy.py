"""Looks for what is odd about rules and allow entries: those that never fit, that are over, or that silence much."""

from __future__ import annotations

import time
from dataclasses import fields
from typing import TYPE_CHECKING

from qsfilter.actions import Action
from qsfilter.model import Problem
from qsfilter.site_policy import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.filter import Filter
    from qsfilter.site_policy import AllowEntry

CORE = frozenset({"core", "policy"})
"""Sources of findings that are no plugins."""


def policy_problems(chosen: Filter) -> Iterator[Problem]:
    """Yield what is odd about the policy of CHOSEN; none of it keeps mail from being filtered."""
    policy = chosen.setup.policy
    plugins = {entry.name for entry in chosen.setup.registry.entries} | CORE
    for number, rule in enumerate(policy.rules):
        earlier = next((other for other in policy.rules[:number] if _covers(other.match, rule.match)), None)
        if earlier is not None:
            yield _warning(
                f"{rule.where}: never decides, as {earlier.where} fits whatever it fits", "take one of them out"
            )
        if rule.action <= Action.DISCARD and not (rule.match.kind or rule.match.name):
            text = f"{rule.where}: {rule.action} holds for every finding, malware and failures among them"
            yield _warning(text, "add kind or name")
        for name in sorted(set(rule.match.plugin) - plugins):
            yield _warning(f"{rule.where}: no plugin is called {name!r}", f"known are {', '.join(sorted(plugins))}")
    for entry in policy.allow:
        yield from _about_entry(entry)


def _about_entry(entry: AllowEntry) -> Iterator[Problem]:
    if entry.until is not None and entry.until <= time.time():
        yield _warning(f"{entry.where}: is over, so it silences nothing", "take it out, or set another date")
    broad = [text for text in entry.silence if text.partition(" ")[2].strip("*? ") == ""]
    if broad:
        yield _warning(f"{entry.where}: {broad[0]!r} silences every finding of its kind", "name the findings")
    if entry.match == Match():
        yield _warning(
            f"{entry.where}: has no condition, so it silences {', '.join(map(repr, entry.silence))} in all mail",
            "add sender, recipient, client, file or sha256; or set the finding's action in [actions]",
        )
    if any(text.startswith("malware ") for text in entry.silence) and not entry.match.sha256:
        yield _warning(f"{entry.where}: silences malware in any content", "add sha256")


def _covers(wider: Match, narrower: Match) -> bool:
    """Whether WIDER holds wherever NARROWER does, as far as can be seen: all its conditions stand there as well."""
    empty = Match()
    for field in fields(Match):
        wanted, there = getattr(wider, field.name), getattr(narrower, field.name)
        if wanted == getattr(empty, field.name) or wanted == there:
            continue
        if not (isinstance(wanted, tuple) and there and set(there) <= set(wanted)):
            return False
    return True


def _warning(text: str, mend: str) -> Problem:
    return Problem(text=text, mend=mend, fatal=False)
