"""Patterns on header values, by RE2; the only module that knows it.

Guarantees: a pattern matches octets, whatever they mean, and has to match the whole value; the time for a value is
linear in its length, at worst `Matcher.size` times a few nanoseconds for each octet; what RE2 refuses is named with
file and line, all refusals at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsfilter import ConfigError
from qsfilter.names import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qsfilter.legacy import HeaderRule

MEMORY = 8 << 20
"""Bytes that the rules on one field may use: their program, and the states that matching remembers."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """All rules on one field, tested together in one pass over a value."""

    rules: tuple[HeaderRule, ...]
    size: int
    """Instructions of the compiled patterns: the most that one octet can cost."""
    _set: Any

    def hits(self, value: bytes) -> list[HeaderRule]:
        """Return the rules whose pattern matches the whole VALUE."""
        return [self.rules[index] for index in self._set.Match(value) or ()]


def compile_rules(rules: Mapping[bytes, Iterable[HeaderRule]]) -> dict[bytes, Matcher]:
    """Return a Matcher for each key of RULES. Raises ConfigError with one line for each pattern that RE2 refuses."""
    wrong: list[str] = []
    matchers = {key: matcher for key, chosen in rules.items() if (matcher := _matcher(tuple(chosen), wrong))}
    if wrong:
        raise ConfigError("\n".join(wrong))
    return matchers


def _matcher(rules: tuple[HeaderRule, ...], wrong: list[str]) -> Matcher | None:
    import re2  # noqa: PLC0415 - not needed to list plugins, nor where there are no rules

    options = _options()
    patterns = re2.Set.FullMatchSet(options)
    size = 0
    before = len(wrong)
    for rule in rules:
        try:
            # Compiled alone as well, because only that gives the reason of a refusal, and the size.
            size += re2.compile(rule.pattern, options).programsize
            patterns.Add(rule.pattern)
        except re2.error as error:
            reason = error.args[0] if error.args else b""
            text = reason.decode("latin-1") if isinstance(reason, bytes) else str(reason)
            wrong.append(f"{rule.where}: {shown(rule.pattern.decode('latin-1'))} is no pattern for RE2: {text}")
    if len(wrong) > before:
        return None
    try:
        patterns.Compile()
    except re2.error:
        field, count = rules[0].field, len(rules)
        wrong.append(f"{rules[0].where}: the {count} rules on {field} together need more than {MEMORY} bytes")
        return None
    return Matcher(rules, size, patterns)


def _options() -> Any:  # noqa: ANN401 - the binding carries no types
    """Make the options under which every pattern is compiled."""
    import re2  # noqa: PLC0415 - as above

    options = re2.Options()
    # Octets, not characters: under UTF-8 one octet that is not UTF-8 keeps `.` from matching and defeats a rule.
    options.encoding = re2.Options.Encoding.LATIN1
    # A decoded value may hold a line end (`=?utf-8?q?=0A?=`), which must not defeat a rule either.
    options.dot_nl = True
    options.never_nl = False
    options.max_mem = MEMORY
    options.log_errors = False
    return options
