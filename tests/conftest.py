"""What the tests of the core share: plugins made of functions, and the sample mail that others wrote."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable

# No deadline: a machine that is busy with something else is no defect of what is tested.
settings.register_profile("qsfilter", deadline=None, max_examples=60)
settings.load_profile("qsfilter")


@pytest.fixture(scope="session")
def plugin_with() -> Callable[..., object]:
    """Make a plugin of functions: `plugin_with(scan=lambda self, message: …)`; other keywords are its attributes."""
    from qsfilter.hookspecs import HOOKS, hookimpl, plugin

    def make(**members: object) -> object:
        marked = {name: hookimpl(member) if name in HOOKS else member for name, member in members.items()}
        return plugin(type("Told", (), {"__doc__": "A plugin that does what the test wants.", **marked}))()

    return make


@pytest.fixture(scope="session")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Unpack an archive of sample mail by its name, and return the folder."""
    source = os.environ.get("QSFILTER_CORPORA")
    if not source:
        pytest.skip("QSFILTER_CORPORA names no folder with sample mail")
    unpacked: dict[str, Path] = {}

    def unpack(name: str) -> Path:
        if name not in unpacked:
            unpacked[name] = tmp_path_factory.mktemp(name)
            # The filter came with 3.11.4, and 3.14 asks for it.
            guarded = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            with tarfile.open(Path(source, f"{name}.tar.xz")) as archive:
                archive.extractall(unpacked[name], **guarded)  # noqa: S202 - an archive that the site named
        return unpacked[name]

    return unpack
