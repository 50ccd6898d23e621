"""A real clamd, a fake one that breaks the protocol on demand, and a look at what is left open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qsfilter.testing.clamd_server import ClamdServer
from qsfilter.testing.fake_clamd import FakeClamd
from qsfilter.testing.resources import no_descriptor_stays_open

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


@pytest.fixture
def descriptors() -> Iterator[None]:
    """See that the test leaves no descriptor open."""
    with no_descriptor_stays_open():
        yield
