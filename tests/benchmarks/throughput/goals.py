"""What the figures are held against, each as a ratio of contenders in one run or a bound in its own unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughput.rounds import STREAMS, both, per_second

if TYPE_CHECKING:
    from collections.abc import Mapping

    from throughput.rounds import Batch, Results

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Goal:
    """One line of the table: a name, the bound, whether it is a floor, and what was found."""

    name: str
    bound: float
    value: float | None
    floor: bool = False

    def line(self) -> str:
        """Return the line as text."""
        sign = ">=" if self.floor else "<="
        if self.value is None:
            return f"{self.name:<68} {sign} {self.bound:<8g} not measured"
        met = self.value >= self.bound if self.floor else self.value <= self.bound
        return f"{self.name:<68} {sign} {self.bound:<8g} {self.value:<10.3g} {'ok' if met else 'missed'}"


def of_rounds(results: Results) -> list[Goal]:
    """Return the goals that the rounds answer."""

    def ratio(one: Batch, other: Batch) -> float:
        return both(one) / both(other)

    def faster(one: Batch, other: Batch) -> float:
        return per_second(one) / per_second(other)

    def wall(one: Batch, other: Batch) -> float:
        return one.wall / other.wall

    def above(one: Batch, stub: Batch) -> float:
        return (one.own - stub.own) * 1e3

    peers = (("chain", 0.10), ("amavis", 0.30), ("fuglu", 0.50), ("rspamd", 1.1), ("clamav-milter (an aim)", 1.0))
    at_once = (("chain", 10.0), ("amavis", 3.0), ("fuglu", 2.5), ("rspamd", 1.0))
    email = results.value(lambda one, stub, parser: (one.own - stub.own) / parser.own, "service", "stub", "email",
                          kind="bin-10m")  # fmt: skip
    return [
        *(
            Goal(f"CPU incl. clamd, real mail: service / {name}", most,
                 results.value(ratio, "service", name.split()[0], kind="real"))
            for name, most in peers
        ),
        Goal("own CPU above the stub, 1 kB text, ms", 1.5, results.value(above, "service", "stub", kind="text-1k")),
        Goal("10 MB: wall, service / clamd on the raw message", 0.6,
             results.value(wall, "service", "clamd", kind="bin-10m")),
        Goal("10 MB: own CPU above the stub / stdlib email", 0.45, email),
        Goal("zip of 20 files: own CPU above the stub, ms", 15.0,
             results.value(above, "service", "stub", kind="zip20-1m")),
        Goal("zip of 20 files: wall, service / clamd on the raw message", 0.9,
             results.value(wall, "service", "clamd", kind="zip20-1m")),
        *(
            Goal(f"{STREAMS} at once, real mail, messages/s: service / {name}", least,
                 results.value(faster, "service", name, kind="real", streams=STREAMS), floor=True)
            for name, least in at_once
        ),
        Goal("one process a message, 1 kB text, CPU: wrapper / chain", 1.3,
             results.value(ratio, "wrapper", "chain", kind="text-1k")),
        Goal("one process a message, 1 kB text, wall: wrapper / chain", 1.3,
             results.value(wall, "wrapper", "chain", kind="text-1k")),
    ]  # fmt: skip


def of_scenarios(found: Mapping[str, float]) -> list[Goal]:
    """Return the goals that the scenarios answer; see `scenarios` for the names."""
    return [
        Goal("10 MB: the service's peak memory in one process, MB", 60.0, found.get("service peak MB")),
        Goal("1 MB to 500 recipients: times clamd got the attachment", 3.0, found.get("circular times")),
        Goal("1 MB to 500 recipients: CPU / clamd on the raw messages", 0.5, found.get("circular ratio")),
        Goal("a worker's memory, bytes a message", 1024.0, found.get("slope bytes")),
    ]


def table(results: Results) -> str:
    """Return medians of all contenders: wall, own CPU and clamd's CPU in ms, and messages a second."""
    names = list(dict.fromkeys(one.contender for one in results.batches))
    kinds = list(dict.fromkeys(one.kind for one in results.batches))
    (parallel,) = {one.kind for one in results.batches if one.streams > 1}

    def cell(name: str, kind: str) -> str:
        parts = [results.value(one, name, kind=kind) for one in (_wall, _own, _clamd)]
        return " / ".join("-" if part is None else f"{part:.3g}" for part in parts)

    def at_once(name: str) -> str:
        found = results.value(per_second, name, kind=parallel, streams=STREAMS)
        return "-" if found is None else f"{found:.3g}"

    heads = ["contender", *kinds, f"{STREAMS} at once, {parallel}, msg/s"]
    rows = [heads, *([name, *(cell(name, kind) for kind in kinds), at_once(name)] for name in names)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)) for row in rows)


def legend() -> list[str]:
    """Return what the table's figures are, for whoever reads nothing else."""
    return [
        f"medians over rounds, ms a message: wall / own CPU / clamd's CPU; {STREAMS} at once: messages a second",
        "email is the standard library's parser in this process; own CPU of the others includes the delivery stub",
    ]


def _wall(one: Batch) -> float:
    return one.wall * 1e3


def _own(one: Batch) -> float:
    return one.own * 1e3


def _clamd(one: Batch) -> float:
    return one.clamd * 1e3
