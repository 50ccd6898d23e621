"""Says counters as text: in OpenMetrics 1.0, or in the older format of Prometheus that textfile collectors read.

Guarantees: each series once, all series of a family together; whatever a name is, it is one label value and no line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.metrics import ENDS, MICROSECONDS, OTHER, SUM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

COUNTERS = {
    "messages": (("action", "exit"), "Messages that were examined, by what became of them."),
    "message_bytes": ((), "Bytes of these messages."),
    "findings": (("kind", "name"), "Findings, by kind and name."),
    "shadow_findings": (("kind", "name"), "Findings of plugins and rules that are in shadow."),
    "failures": (("plugin", "name"), "Failures of plugins."),
    "votes": (("action", "source"), "Votes of plugins, rules and the policy on what should become of a message."),
}
HISTOGRAMS = {
    "message_seconds": ((), "Time that a message took."),
    "hook_seconds": (("hook", "plugin"), "Time that one call of a hook took."),
}
UNITS = ("bytes", "seconds")
CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def openmetrics(tallies: Mapping[tuple[str, str], int]) -> str:
    """Return TALLIES, as a store has them, in OpenMetrics."""
    return "".join(f"{line}\n" for line in (*_lines(tallies, old=False), "# EOF"))


def prometheus(tallies: Mapping[tuple[str, str], int]) -> str:
    """Return TALLIES in the text format 0.0.4, in which the type of a counter is that of its `_total`."""
    return "".join(f"{line}\n" for line in _lines(tallies, old=True))


def _lines(tallies: Mapping[tuple[str, str], int], *, old: bool) -> Iterator[str]:
    by_family: dict[str, list[tuple[list[str], int]]] = {}
    for (space, name), value in tallies.items():
        family, *fixed = space.split("\t")
        by_family.setdefault(family, []).append(([*fixed, *(name.split("\t") if name else ())], value))
    for family, (labels, told) in COUNTERS.items():
        yield from _head(family, "counter", told, "_total" if old else "", old=old)
        sums: dict[tuple[str, ...], int] = {}
        for values, value in by_family.get(family, ()):
            key = _padded(labels, values)
            sums[key] = sums.get(key, 0) + value  # a plugin may have called itself `other`
        for key, value in sums.items():
            yield f"qsfilter_{family}_total{_labelled(labels, key)} {value}"
    for family, (labels, told) in HISTOGRAMS.items():
        yield from _head(family, "histogram", told, "", old=old)
        series: dict[tuple[str, ...], dict[str, int]] = {}
        for values, value in by_family.get(family, ()):
            # The bucket stands behind the fixed labels, before the plugin, which anybody may choose.
            at = min(1, len(labels))
            series.setdefault((*values[:at], *values[at + 1 :]), {})[values[at]] = value
        for key, buckets in sorted(series.items()):
            yield from _histogram(f"qsfilter_{family}", labels, key, buckets)


def _head(family: str, kind: str, told: str, end: str, *, old: bool) -> Iterator[str]:
    yield f"# TYPE qsfilter_{family}{end} {kind}"
    unit = family.rpartition("_")[2]
    if unit in UNITS and not old:
        yield f"# UNIT qsfilter_{family} {unit}"
    yield f"# HELP qsfilter_{family}{end} {told}"


def _histogram(
    name: str, labels: tuple[str, ...], values: tuple[str, ...], buckets: Mapping[str, int]
) -> Iterator[str]:
    total = 0
    for end in ENDS:
        total += buckets.get(end, 0)
        yield f"{name}_bucket{_labelled((*labels, 'le'), (*values, _number(end)))} {total}"
    shown = _labelled(labels, values)
    yield f"{name}_count{shown} {total}"
    whole, rest = divmod(buckets.get(SUM, 0), MICROSECONDS)
    yield f"{name}_sum{shown} {whole}.{rest:06}"


def _number(end: str) -> str:
    """Write a whole number as OpenMetrics wants it in `le`."""
    return f"{end}.0" if end.isdecimal() else end


def _padded(labels: tuple[str, ...], values: list[str]) -> tuple[str, ...]:
    """Return VALUES with `other` for those that are missing."""
    return (*values, *(OTHER,) * (len(labels) - len(values)))


def _labelled(labels: tuple[str, ...], values: tuple[str, ...]) -> str:
    """Return LABELS with VALUES, in braces."""
    if not labels:
        return ""
    told = zip(labels, values, strict=True)
    return "{" + ",".join(f'{label}="{_escaped(value)}"' for label, value in told) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
