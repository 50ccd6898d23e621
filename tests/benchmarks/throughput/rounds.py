"""Sends every kind of message through every contender, in turns, and keeps what each batch cost.

Guarantees: the contenders take turns inside each round, in another order each time, so that what else the machine does
falls on all of them; ratios are taken within a round, and the median over rounds counts.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from throughput import messages, processes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from throughput.contenders import Contender
    from throughput.senders import Senders

COUNTS = {
    "text-1k": 30,
    "html-10k": 5,
    "pdf-100k": 5,
    "zip20-1m": 3,
    "bin-10m": 2,
    "eicar": 3,
    "eicar-zip-zip": 3,
    "tnef-50k": 3,
    "real": 100,
}
"""Messages of a batch, one after the other."""
STREAMS = 8
PARALLEL = 160
"""Messages of a batch that is sent by as many at once."""
NOT_PARALLEL = frozenset({"email"})


@dataclass(frozen=True, slots=True)
class Batch:
    """Some messages of one kind through one contender in one round; seconds for one message but for `elapsed`."""

    round: int
    contender: str
    kind: str
    streams: int
    count: int
    wall: float
    """The median."""
    own: float
    """CPU of the contender's processes, the mean."""
    clamd: float
    elapsed: float
    """Of the whole batch."""
    wrong: tuple[str, ...] = ()
    """Answers that this kind of message must not get."""


@dataclass
class Results:
    """All batches, and a median of what is computed from them round by round."""

    batches: list[Batch] = field(default_factory=list)

    def value(
        self, compute: Callable[..., float], *contenders: str, kind: str = "text-1k", streams: int = 1
    ) -> float | None:
        """Return the median over rounds of COMPUTE, given a batch of each of CONTENDERS; None where one is missing."""
        chosen = [one for one in self.batches if one.kind == kind and one.streams == streams]
        by_round: dict[int, dict[str, Batch]] = {}
        for one in chosen:
            by_round.setdefault(one.round, {})[one.contender] = one
        values = [
            compute(*(found[name] for name in contenders))
            for found in by_round.values()
            if all(name in found for name in contenders)
        ]
        return statistics.median(values) if values else None

    def as_data(self) -> list[dict[str, object]]:
        """Return the batches for JSON."""
        return [asdict(one) for one in self.batches]


def both(one: Batch) -> float:
    """Return the CPU of a message, clamd's included."""
    return one.own + one.clamd


def per_second(one: Batch) -> float:
    """Return messages a second."""
    return one.count / one.elapsed


def send_all(
    one: Contender, kind: str, sent: Sequence[bytes], clamd: int, *, number: int = 0, senders: Senders | None = None
) -> Batch:
    """Send SENT, of KIND, through ONE, singly or by SENDERS at once; CLAMD is the number of its process."""
    before = [processes.cpu_seconds(pid) if pid else 0.0 for pid in (one.daemon, clamd)]
    began = time.perf_counter()
    if senders is None:
        answers = [one.send(message) for message in sent]
        elapsed = time.perf_counter() - began
    else:
        answers, elapsed = senders.send(one, sent)
    after = [processes.cpu_seconds(pid) if pid else 0.0 for pid in (one.daemon, clamd)]
    good = {"passed", "caught"} if kind == "real" else {"caught" if kind in messages.MALWARE else "passed"}
    scans = one.name not in {"stub", "email"}
    return Batch(
        round=number,
        contender=one.name,
        kind=kind,
        streams=senders.count if senders else 1,
        count=len(sent),
        wall=statistics.median(answer.wall for answer in answers),
        own=(after[0] - before[0] + sum(answer.cpu for answer in answers)) / len(sent),
        clamd=(after[1] - before[1]) / len(sent),
        elapsed=elapsed,
        wrong=tuple(answer.verdict for answer in answers if scans and answer.verdict not in good),
    )


def run(contenders: Sequence[Contender], clamd: int, rounds: int, senders: Senders, *, share: float = 1.0) -> Results:
    """Return what ROUNDS give, with SHARE of the usual counts; a first batch of each is sent and not counted."""
    kinds = messages.kinds()
    real = itertools.cycle(found) if (found := messages.real()) else None
    parallel = "real" if real else "text-1k"

    def batch(kind: str, count: int) -> Callable[[], list[bytes]]:
        """Return what makes the same COUNT messages for each contender, each time with other tokens."""
        if kind == "real" and real is not None:
            chosen = list(itertools.islice(real, count))
            return lambda: [messages.with_own_token(template) for template in chosen]
        return lambda: [kinds[kind](messages.token()) for _ in range(count)]

    results = Results()
    for contender in contenders:
        send_all(contender, "text-1k", batch("text-1k", 4 * STREAMS)(), clamd, senders=senders)
    for number in range(rounds):
        first = number % len(contenders)
        turn = [*contenders[first:], *contenders[:first]]
        for kind in [*kinds, *(["real"] if real else [])]:
            make = batch(kind, max(1, round(COUNTS[kind] * share)))
            results.batches += [send_all(one, kind, make(), clamd, number=number) for one in turn]
        make = batch(parallel, max(2 * STREAMS, round(PARALLEL * share)))
        for one in turn:
            if one.name not in NOT_PARALLEL:
                results.batches.append(send_all(one, parallel, make(), clamd, number=number, senders=senders))
        sys.stderr.write(f"round {number + 1} of {rounds}\n")
    return results
