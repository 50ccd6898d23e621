"""A real spamd, a fake one that breaks the protocol on demand, and a look at what is left open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qsfilter.testing.fake_spamd import FakeSpamd
from qsfilter.testing.resources import no_descriptor_stays_open
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


@pytest.fixture
def descriptors() -> Iterator[None]:
    """See that the test leaves no descriptor open."""
    with no_descriptor_stays_open():
        yield
