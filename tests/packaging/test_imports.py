"""Starting the wrapper costs little: it imports nothing that a plain message does not need."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

# Each of these costs a millisecond or more, for every message.
HEAVY = ("asyncio", "email.parser", "importlib.metadata", "logging", "ssl", "tomllib", "zipfile")


def test_the_wrapper_imports_nothing_heavy() -> None:
    code = "import sys; import qsfilter.queue; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True).stdout
    assert not set(HEAVY) & set(loaded.split())


def test_there_is_no_setuptools() -> None:
    # `import clamd` pulls in the pkg_resources of an old one: 125 ms instead of 17.
    assert importlib.util.find_spec("setuptools") is None


def test_the_wrapper_starts_isolated_at_once() -> None:
    # Without -I it works too, but by a second start of Python.
    script = Path(sys.prefix, "bin", "qsfilter-queue")
    if Path(sys.prefix).name != ".venv":
        pytest.fail("run this with the Python of `make venv`")
    assert script.read_text().splitlines()[0].endswith(" -I")
