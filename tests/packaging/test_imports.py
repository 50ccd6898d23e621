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


def test_who_asks_the_service_imports_no_filter() -> None:
    code = "import sys; import qsfilter.queue.wrapper, qsfilter.queue.by_service, qsfilter.edge; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True).stdout
    filtering = {"pluggy", "qsfilter.filter", "qsfilter.pipeline", "qsfilter.registry", "qsfilter.mime.reader"}
    assert not ({*HEAVY} | filtering) & {*loaded.split()}


def test_every_public_word_is_what_it_says_whatever_was_imported_before() -> None:
    code = """
import importlib, pkgutil, qsfilter
for module in pkgutil.iter_modules(qsfilter.__path__):
    importlib.import_module(f"qsfilter.{module.name}")
wrong = [word for word in qsfilter.__all__ if isinstance(getattr(qsfilter, word), type(qsfilter))]
assert not wrong, wrong
assert set(qsfilter.__all__) <= set(dir(qsfilter))
"""
    subprocess.run([sys.executable, "-I", "-c", code], check=True)


def test_there_is_no_setuptools() -> None:
    # `import clamd` pulls in the pkg_resources of an old one: 125 ms instead of 17.
    assert importlib.util.find_spec("setuptools") is None


def test_the_wrapper_starts_isolated_at_once() -> None:
    # Without -I it works too, but by a second start of Python.
    script = Path(sys.prefix, "bin", "qsfilter-queue")
    if Path(sys.prefix).name != ".venv":
        pytest.fail("run this with the Python of `make venv`")
    assert script.read_text().splitlines()[0].endswith(" -I")
