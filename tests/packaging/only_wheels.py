"""A pytest plugin for `make test-wheels`: the run fails where core or plugins come from anywhere but the venv.

Guarantees: asked of every pytest process when it starts and ends, of the Python it starts, isolated and not, and of
the programs in the venv; what isn't of our wheels is not judged.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PLUGINS = sorted(path.parent.name.replace("-", "_") for path in Path().glob("plugins/*/pyproject.toml"))
OURS = ("qsfilter", "qsfilter_pytest", *PLUGINS)
ASK = "import sys; from importlib.util import find_spec; print(*(find_spec(name).origin for name in sys.argv[1:]))"


def pytest_sessionstart() -> None:
    """Ask where the packages are found."""
    end_if_elsewhere(spec.origin for name in OURS if (spec := find_spec(name)))
    for options in ([], ["-I"]):
        command = [sys.executable, *options, "-c", ASK, *OURS]
        end_if_elsewhere(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    for name in ("qsfilter", "qsfilter-queue"):
        first = Path(sys.prefix, "bin", name).read_text().partition("\n")[0]
        end_if_elsewhere([first.removeprefix("#!").removesuffix(" -I")])


@pytest.fixture(scope="session", autouse=True)
def _nothing_else_was_loaded() -> Iterator[None]:
    """Fail the last test if something else was loaded; a worker of xdist that ends the run is not heard."""
    yield
    loaded = (module for name, module in list(sys.modules.items()) if name.partition(".")[0] in OURS)
    assert not elsewhere(module.__file__ for module in loaded)


def end_if_elsewhere(files: Iterable[str | None]) -> None:
    """End the run if one of FILES is not in the venv."""
    if wrong := elsewhere(files):
        pytest.exit(f"not from wheels: {wrong}", 1)


def elsewhere(files: Iterable[str | None]) -> list[str | None]:
    """Return those of FILES that are not in the venv."""
    return [file for file in files if not file or not Path(file).is_relative_to(sys.prefix)]
