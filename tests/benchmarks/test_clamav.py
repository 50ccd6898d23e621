"""What one pipelined session with clamd saves against a connection for each content; ratios of medians are printed."""

from __future__ import annotations

import io
import os
import statistics
import sys
import time
from typing import TYPE_CHECKING

import clamd
import pytest

from qsfilter import Blob
from qsfilter.testing.clamd_server import ClamdServer
from qsfilter_clamav.choice import plain
from qsfilter_clamav.pool import Pool
from qsfilter_clamav.servers import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.servers
ROUNDS = 15
LEAVES = 60
SIZE = 2_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClamdServer]:
    """Run a clamd that remembers no content: a mail of the real world is new to it."""
    options = {"DisableCache": "yes", "LogVerbose": "no"}
    with ClamdServer(tmp_path_factory.mktemp("clamd"), options) as running:
        yield running


def pipelined(name: str, *, descriptors: bool) -> Callable[[list[Blob]], int]:
    """Ask about all contents in one new session."""

    def ask(blobs: list[Blob]) -> int:
        pool = Pool((parse(name),), descriptors=descriptors)
        return len(pool.ask(plain(*blobs), time.monotonic() + 60).answers)

    return ask


def connection_each(name: str, *, descriptors: bool) -> Callable[[list[Blob]], int]:
    """Ask about each content in a session of its own."""

    def ask(blobs: list[Blob]) -> int:
        return sum(pipelined(name, descriptors=descriptors)([blob]) for blob in blobs)

    return ask


def package(path: str) -> Callable[[list[Blob]], int]:
    """Ask about each content by the clamd package."""

    def ask(blobs: list[Blob]) -> int:
        client = clamd.ClamdUnixSocket(path, timeout=60)
        return sum(client.instream(io.BytesIO(blob.data)) == {"stream": ("OK", None)} for blob in blobs)

    return ask


def test_sixty_leaves_of_two_kilobytes(server: ClamdServer, capsys: pytest.CaptureFixture[str]) -> None:
    """Taken in turns, so that all ways meet the same machine."""
    unix, tcp = f"unix:{server.socket}", f"tcp:127.0.0.1:{server.port}"
    ways = {
        "one session, descriptors": pipelined(unix, descriptors=True),
        "one session, unix stream": pipelined(unix, descriptors=False),
        "one session, tcp": pipelined(tcp, descriptors=False),
        "a connection each, descriptors": connection_each(unix, descriptors=True),
        "a connection each, tcp": connection_each(tcp, descriptors=False),
        "the clamd package, unix": package(server.socket),
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            blobs = [Blob(os.urandom(SIZE)) for _ in range(LEAVES)]
            started = time.perf_counter()
            assert way(blobs) == LEAVES
            took[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(times) for name, times in took.items()}
    best = medians["one session, descriptors"]
    lines = [f"  {name:32} {seconds * 1e3:6.1f} ms  {seconds / best:5.2f} x" for name, seconds in medians.items()]
    with capsys.disabled():
        sys.stdout.write("\n".join(("", f"{LEAVES} leaves of {SIZE} bytes, medians of {ROUNDS}:", *lines, "")))
