"""A real clamd, a fake one that breaks the protocol on demand, and a look at what is left open."""

from __future__ import annotations

import contextlib
import gc
import os
from typing import TYPE_CHECKING

import pytest

from qsfilter.testing.clamd_server import ClamdServer
from qsfilter.testing.fake_clamd import FakeClamd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClamdServer]:
    """Run one clamd for the module's tests, none of which may stop it."""
    with ClamdServer(tmp_path_factory.mktemp("clamd")) as server:
        yield server


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeClamd]:
    """Run a fake clamd on a unix socket."""
    with FakeClamd(str(tmp_path / "fake.sock")) as server:
        yield server


@pytest.fixture
def fake_tcp() -> Iterator[FakeClamd]:
    """Run a fake clamd on a port."""
    with FakeClamd() as server:
        yield server


@pytest.fixture(scope="class")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeClamd]:
    """Run a fake clamd for a class of tests that only need an honest one."""
    with FakeClamd(str(tmp_path_factory.mktemp("honest") / "fake.sock")) as server:
        yield server


@pytest.fixture
def descriptors() -> Iterator[None]:
    """See that the test leaves no descriptor open."""

    def open_ones() -> set[str]:
        found = set()
        for name in os.listdir("/proc/self/fd"):
            with contextlib.suppress(FileNotFoundError):  # the one on the list itself
                found.add(f"{name} {os.readlink(f'/proc/self/fd/{name}')}")
        return found

    before = open_ones()
    yield
    gc.collect()  # a filter and its hooks refer to each other
    assert open_ones() <= before
