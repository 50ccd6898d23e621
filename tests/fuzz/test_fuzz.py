"""Every target of `make fuzz`, without the fuzzer: it reads its seeds, and some hundred inputs that are made of them.

QSFILTER_SOAK=1 reads ten times as many, and others each time.
"""

from __future__ import annotations

import os
import random
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qsfilter.testing.archives import pax, tar_file, tar_member
from tests.reliability.figures import record

if TYPE_CHECKING:
    from collections.abc import Sequence

FULL = os.environ.get("QSFILTER_SOAK") == "1"
TARGETS = sorted(path.stem.removeprefix("fuzz_") for path in Path(__file__).parent.glob("fuzz_*.py"))
EXECUTIONS = 8000 if FULL else 800
LONGEST = 8192
TELLING = (b"\0", b"\xff", b"\n", b"\r\n", b"=", b"\t", b"\0\0", b"9" * 20, b"-1", b"\x7f\xff\xff\xff", b"\xff" * 8)
"""Octets that mean something to most formats."""
FOUND = {
    "config-nested": ("config", b"relays = " + b"[" * 1500),
    "state-nested": ("state", b"[" * 1500),
    "state-huge": ("state", b'{"begins": 1' + b"0" * 400 + b', "ends": 1, "user": "root", "reason": "x"}'),
    # Some readers take it for a folder and go on at its data, and to tarfile it is a file.
    "tar-folder-with-data": ("tar", tar_file(pax({b"path": b"x.exe/"}), tar_member(b"x", bytes(600) + b"evil"))),
}
"""Inputs that have broken a promise."""


@pytest.mark.parametrize("target", TARGETS)
def test_the_reader_keeps_its_promises(target: str) -> None:
    module = import_module(f"tests.fuzz.fuzz_{target}")
    seed = random.randrange(2**32) if FULL else 1  # noqa: S311 - as below
    chance = random.Random(seed)  # noqa: S311 - inputs that can be made again
    seeds: Sequence[bytes] = sorted(getattr(module, "some_seeds", module.seeds)().values())
    for number in range(EXECUTIONS):
        data = seeds[number] if number < len(seeds) else _changed(chance, seeds)
        try:
            module.read(data)
        except BaseException as error:
            error.add_note(f"input {number} of the seed {seed}: {data!r}")
            raise
    record(f"fuzz.{target}", executions=EXECUTIONS, faults=0)


@pytest.mark.parametrize(("target", "data"), FOUND.values(), ids=FOUND)
def test_what_has_broken_a_promise_does_so_no_more(target: str, data: bytes) -> None:
    module: Any = import_module(f"tests.fuzz.fuzz_{target}")
    module.read(data)


def _changed(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """Return one of SEEDS after a few changes."""
    data = bytearray(chance.choice(seeds)[:LONGEST])
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        at = chance.randint(0, len(data))
        to = min(len(data), at + chance.choice((1, 1, 2, 4, 16, 200)))
        match chance.randrange(6):
            case 0:
                data[at:to] = chance.randbytes(to - at)
            case 1:
                del data[at:to]
            case 2:
                data[at:at] = chance.choice(TELLING)
            case 3:
                data[at:at] = data[at:to] * chance.choice((1, 2, 20))
            case 4 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case _:
                other = chance.choice(seeds)
                begins = chance.randint(0, len(other))
                data[at:to] = other[begins : begins + chance.choice((4, 16, 500))]
    return bytes(data)
