"""measure the smallest `softlimit -m` under which the queue wrapper and the front pass their self-test

The configuration is used as it is, but nothing is sent or kept: a scratch folder takes the place of the quarantine, the
archive and the like, and a program that does nothing that of the queue program.

example: qsfilter softlimit --config /etc/qsfilter/qsfilter.toml --megabytes 25
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter.cli.build_front import settings_of, wrapper_beside_us
from qsfilter.cli.demo import log_fields
from qsfilter.cli.progress import Progress
from qsfilter.cli.scratch_site import scratch_site
from qsfilter.cli.settings import add_config
from qsfilter.cli.table import table
from qsfilter.cli.terminal import columns
from qsfilter.edge import DEFAULT_PATH, VARIABLE, edge, read
from qsfilter.errors import ConfigError
from qsfilter.limits import MIB
from qsfilter.model import Envelope
from qsfilter.queue.front import build
from qsfilter.testing.caller import PERMANENT, call
from qsfilter.testing.installation import installation_messages
from qsfilter.testing.messages import attachment, message, part
from qsfilter.testing.service import RunningService

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from qsfilter.edge import Source
    from qsfilter.limits import Limits

ENVELOPE = Envelope(sender=b"", recipients=(b"postmaster@localhost",))
LEAST, MOST = 1, 8192
"""Between so many MiB the limit is looked for."""
MARGIN = 1.25
"""What is proposed is so much more than was needed, because signatures and rules grow."""
SECONDS = 300.0
"""For one message without a limit."""
PATIENCE, LEAST_SECONDS = 10, 5.0
"""With too little memory a library can hang instead of failing; a program that takes so many times as long as without
a limit, and at least so many seconds, does not pass."""
LIMITED = """\
import os, resource, sys
for limit in (resource.RLIMIT_DATA, resource.RLIMIT_STACK, resource.RLIMIT_MEMLOCK, resource.RLIMIT_AS):
    hard = resource.getrlimit(limit)[1]
    wanted = int(sys.argv[1])
    resource.setrlimit(limit, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Does what `softlimit -m` does, which is not installed everywhere."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program that stands in qmail-queue's place, and what it is called in the table."""

    name: str
    path: str
    config: str


@dataclass(frozen=True, slots=True)
class Usual:
    """How a program answers."""

    said: tuple[str, ...]
    """Exit code, action, findings and failures."""
    seconds: float

    @property
    def puts_off(self) -> bool:
        """Whether the mail would come again."""
        return int(self.said[0]) != 0 and int(self.said[0]) not in PERMANENT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line for each program")
    parser.add_argument(
        "--megabytes", type=int, default=10, metavar="N", help="size of the largest message (default: %(default)s MiB)"
    )
    add_config(parser, DEFAULT_PATH)


def run(arguments: argparse.Namespace) -> int:
    """Print what each program needs; return 1 if one does not pass at all.

    Raises ConfigError where one puts mail off even without a limit, so that it can't be seen what is enough.
    """
    source = read(arguments.config)
    with tempfile.TemporaryDirectory(prefix="qsfilter-softlimit-") as folder:
        rows = list(_rows(source, folder, _messages(arguments.megabytes, edge(source.table, source.path).limits)))
    if arguments.json:
        print("\n".join(json.dumps(dict(zip(("program", "needs", "softlimit"), row, strict=True))) for row in rows))
    else:
        use = [
            (name, str(needs or "-"), f"softlimit -m {limit}" if needs else "none is enough")
            for name, needs, limit in rows
        ]
        print(table(("program", "needs MiB", "use"), use, columns(sys.stdout)))
    return int(not all(needs for _, needs, _ in rows))


def _messages(megabytes: int, limits: Limits) -> list[bytes]:
    """Return the messages of the self-test, and a large one that is still examined."""
    if megabytes < 1:
        raise ConfigError("--megabytes: takes a number from 1 up")
    octets = min(megabytes * MIB, limits.message_bytes)
    content = os.urandom(max(1, octets * 57 // 78 - 2048))  # base64 makes lines of 78 octets from 57
    large = message(part(b"A large one.\n"), attachment(content, "large.bin"), subject="Test: a large message")
    return [*(test.raw for test in installation_messages()), large]


def _rows(source: Source, folder: str, messages: list[bytes]) -> Iterator[tuple[str, int, int]]:
    """Measure each program that SOURCE is for."""
    alone, served = scratch_site(source, folder)
    wrapper = wrapper_beside_us()
    programs = [Program("qsfilter-queue", wrapper, alone)]
    service: AbstractContextManager[object] = nullcontext()
    if served:
        front = os.path.join(folder, "front")
        around = edge(read(served).table, served)
        build(settings_of(around, served, wrapper), front, "")
        programs += [Program("qsfilter-queue, asking the service", wrapper, served), Program("front", front, served)]
        service = RunningService(served, os.path.join(folder, "service"))
    progress = Progress(lambda: len(programs) * MOST.bit_length())
    with service:
        for program in programs:
            needs = _needed(program, messages, progress)
            yield program.name, needs, round(needs * MARGIN + 0.5) * MIB
    progress.clear()


def _needed(program: Program, messages: list[bytes], progress: Progress) -> int:
    """Return the fewest MiB with which PROGRAM answers all MESSAGES as without a limit; 0 if none are enough."""
    usual = [_answer(program, raw, 0, SECONDS) for raw in messages]
    if any(known.puts_off for known in usual):
        raise ConfigError(f"{program.name} puts mail off without any limit, so nothing can be measured; see selftest")
    low, high = 0, LEAST
    while not _passes(program, messages, usual, high):  # doubling, because a failure is quickly seen
        progress.step()
        if high >= MOST:
            return 0
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _passes(program, messages, usual, middle) else (middle, high)
        progress.step()
    return high


def _passes(program: Program, messages: list[bytes], usual: list[Usual], megabytes: int) -> bool:
    return all(
        _answer(program, raw, megabytes, max(LEAST_SECONDS, known.seconds * PATIENCE)).said == known.said
        for raw, known in zip(messages, usual, strict=True)
    )


def _answer(program: Program, raw: bytes, megabytes: int, seconds: float) -> Usual:
    """Return what PROGRAM says of the message RAW under a limit and within SECONDS; 0 MEGABYTES is no limit."""
    launched = [sys.executable, "-ISc", LIMITED, str(megabytes * MIB), program.path] if megabytes else program.path
    answer = call(launched, raw, ENVELOPE, environment={**os.environ, VARIABLE: program.config}, seconds=seconds)
    told = log_fields(answer)
    said = (str(answer.code), *(told.get(key, "") for key in ("action", "findings", "failures")))
    return Usual(said, answer.seconds)
