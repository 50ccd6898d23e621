"""A real spamd, a fake one that breaks the protocol on demand, and a look at what is left open."""

from __future__ import annotations

import contextlib
import gc
import os
from typing import TYPE_CHECKING

import pytest

from qsfilter.testing.fake_spamd import FakeSpamd
from qsfilter.testing.spamd_server import SpamdServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def spamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpamdServer]:
    """Run one spamd for the module's tests, none of which may stop it."""
    with SpamdServer(tmp_path_factory.mktemp("spamd")) as server:
        yield server


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeSpamd]:
    """Run a fake spamd on a unix socket."""
    with FakeSpamd(str(tmp_path / "fake.sock")) as server:
        yield server


@pytest.fixture
def fake_tcp() -> Iterator[FakeSpamd]:
    """Run a fake spamd on a port."""
    with FakeSpamd() as server:
        yield server


@pytest.fixture(scope="class")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeSpamd]:
    """Run a fake spamd for a class of tests that only need an honest one."""
    with FakeSpamd(str(tmp_path_factory.mktemp("honest") / "fake.sock")) as server:
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
