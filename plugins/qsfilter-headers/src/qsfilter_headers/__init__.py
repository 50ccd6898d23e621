"""Blocks mail by its header: patterns of the site, and the `Virus-` and `Policy-` rules of Qmail-Scanner.

Guarantees: a rule can't hang, whatever it and the value are; no octet and no transfer form of a value defeats it; each
rule is one finding at most, however often it matches; what matched is quoted nowhere.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from qsfilter import About, ConfigError, Part, Problem, __version__, hookimpl, note, plugin, unscannable
from qsfilter.legacy import HeaderRule, read
from qsfilter.words import finding
from qsfilter_headers.engine import Matcher, compile_rules
from qsfilter_headers.tables import read_markers, read_tables
from qsfilter_headers.values import LEAKS, SENSITIVE, key, values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from qsfilter import Finding, Message
    from qsfilter_headers.values import Value

__all__ = ["Headers"]

MOST_WORK = 1_000_000_000
"""Octets times instructions that one message may cost: 8 s where rules and values are made for each other (measured:
8 ns at the very worst), and 400 kB of values under 100 rules of usual length on one field."""


@plugin
class Headers:
    """Header rules: a field's whole value has to match a pattern (RE2's syntax)."""

    rules: tuple[dict[str, object], ...] = ()
    """Tables of `field`, `pattern`; where wanted `kind` (policy, malware, spam), `name`, `ignore_case` (a to z)."""
    legacy: str | tuple[str, ...] = ()
    """Rule files of Qmail-Scanner, one or several: quarantine-attachments.txt, quarantine-events.txt."""
    sensitive: tuple[dict[str, object], ...] = ()
    """Tables of `field` and `pattern` (and `ignore_case`): what makes mail sensitive, beside its field Sensitivity."""
    note_crypto: bool = False
    """Whether a note says in which ways something in the message is encrypted."""

    def __post_init__(self) -> None:
        """Refuse tables that are no rules; patterns are looked at when the plugin starts."""
        _ = self._own, self._marking

    @cached_property
    def _own(self) -> tuple[HeaderRule, ...]:
        """The rules of the option `rules`. Raises ConfigError."""
        return tuple(read_tables(self.rules))

    @cached_property
    def _marking(self) -> tuple[HeaderRule, ...]:
        """The option `sensitive`. Raises ConfigError."""
        return tuple(read_markers(self.sensitive))

    @cached_property
    def _legacy(self) -> tuple[HeaderRule, ...]:
        """The rules of the legacy files. Raises ConfigError."""
        return read(self.legacy).headers

    @cached_property
    def _matchers(self) -> dict[bytes, Matcher]:
        """All rules by their field, compiled. Raises ConfigError."""
        return compile_rules(_by_field((*self._own, *self._legacy)))

    @cached_property
    def _markers(self) -> dict[bytes, Matcher]:
        """What makes a message sensitive, by its field, compiled. Raises ConfigError."""
        return compile_rules(_by_field(self._marking))

    @hookimpl
    def start(self) -> None:
        """Read the legacy files and compile all rules."""
        _ = self._matchers, self._markers

    @hookimpl
    def about(self) -> About:
        """Say name and version."""
        return About(name="headers", version=__version__)

    @hookimpl
    def scan(self, message: Message) -> Iterator[Finding]:
        """Yield one finding for each rule that matches, and a note on encryption where that is asked for."""
        if self.note_crypto:
            from qsfilter_headers import leaks  # noqa: PLC0415 - few sites ask for it

            if ways := leaks.ways(message):
                yield note("crypto", None, ",".join(ways))
        matchers = self._matchers
        left = MOST_WORK
        # What only a plugin in shadow mode found must not use up the one finding of a rule.
        fired: set[tuple[str, bool]] = set()
        for field, where, spellings in self._values(message):
            matcher = matchers[field]
            shadow = isinstance(where, Part) and where.shadow
            for value in spellings:
                left -= len(value) * matcher.size
                if left < 0:
                    yield unscannable("over-limit", where, f"{matcher.rules[0].field}: the rest was not tested")
                    return
                for rule in matcher.hits(value):
                    if (rule.where, shadow) not in fired:
                        fired.add((rule.where, shadow))
                        name = rule.description or f"header {rule.field}"
                        found = finding(rule.kind, name, where, f"{rule.field}, by {rule.where}")
                        yield replace(found, shadow=rule.shadow)

    def _values(self, message: Message) -> Iterator[Value]:
        """Yield every value in MESSAGE that a rule is about."""
        yield from values(message, self._matchers)
        if not LEAKS.isdisjoint(self._matchers):
            from qsfilter_headers import leaks  # noqa: PLC0415 - few sites have rules against leaks

            yield from leaks.facts(message, self._matchers, self._markers)

    @hookimpl
    def check(self) -> Iterator[Problem]:
        """Report every bad line of the legacy files, every pattern that RE2 refuses, and rules that can't match."""
        try:
            _ = self._matchers, self._markers
        except ConfigError as error:
            for line in str(error).splitlines():
                yield Problem(text=line, mend="mend the rule; look-around and back references are not in RE2's syntax")
            return
        for rule in (*self._own, *self._legacy, *self._marking):
            if rule.pattern.strip(b" ") != rule.pattern:
                problem = f"{rule.where}: the pattern begins or ends with a blank, and no value does"
                yield Problem(text=problem, mend="separate the fields by tabs alone", fatal=False)
        if self.sensitive and SENSITIVE not in self._matchers:
            problem = f"sensitive: no rule is about {SENSITIVE.decode()}, so nothing comes of it"
            yield Problem(text=problem, mend="write a rule on it", fatal=False)


def _by_field(rules: Iterable[HeaderRule]) -> dict[bytes, list[HeaderRule]]:
    found: dict[bytes, list[HeaderRule]] = {}
    for rule in rules:
        found.setdefault(key(rule.field), []).append(rule)
    return found
