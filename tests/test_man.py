"""The man pages in docs/man are those that parsers and reference make, render without complaint, and are shipped."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from qsfilter.cli.commands import parser_of
from qsfilter.cli.old_flags import FLAGS
from tests.doc_pages import REFERENCE, ROOT
from tests.test_help import parsers

if TYPE_CHECKING:
    from pathlib import Path

MAN = ROOT / "docs" / "man"
PAGES = sorted(MAN.iterdir())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the pages anew, elsewhere."""
    folder = tmp_path_factory.mktemp("man")
    script = ROOT / "scripts" / "man_pages.py"
    done = subprocess.run([sys.executable, script, folder], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def rendered(page: Path, columns: int = 80) -> str:
    """Return PAGE as a terminal of so many COLUMNS shows it."""
    done = subprocess.run(
        ["groff", "-Kutf8", "-t", "-man", "-Tutf8", "-P-c", "-P-b", "-P-u", "-ww", f"-rLL={columns}n", page],
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert [line for line in done.stderr.splitlines() if "can't break line" not in line] == []
    return done.stdout


def test_no_page_is_stale(made: Path) -> None:
    """If this fails: make man."""
    assert {page.name: page.read_text() for page in PAGES} == {page.name: page.read_text() for page in made.iterdir()}


def test_no_page_names_this_machine() -> None:
    for page in PAGES:
        assert str(ROOT) not in page.read_text()
        assert sys.prefix not in page.read_text()


@pytest.mark.servers
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_renders_at_any_width(page: Path) -> None:
    """With name and section on top, as whatis and apropos want it."""
    name, _, section = page.name.rpartition(".")
    for columns in (60, 80, 200):
        text = rendered(page, columns)
        assert re.match(rf"{name.upper()}\({section}\) ", text)
        assert re.search(rf"^NAME\n +{re.escape(name)} +- ", text, re.MULTILINE)


@pytest.mark.servers
def test_the_page_on_the_commands_holds_every_option() -> None:
    text = " ".join(rendered(MAN / "qsfilter.1", 1000).split())
    for parser in parsers(parser_of("check")):
        for action in parser._actions:
            for option in action.option_strings:
                assert option in text, f"{parser.prog}: {option}"
        assert parser.prog in text


@pytest.mark.servers
def test_the_page_on_the_wrapper_holds_flags_and_exit_codes() -> None:
    text = rendered(MAN / "qsfilter-queue.1")
    for flag in FLAGS:
        assert re.search(rf"^ +-{flag} ", text, re.MULTILINE)
    for code in re.findall(r"^\| (\d+) \|", (REFERENCE / "queue-contract.md").read_text(), re.MULTILINE):
        assert re.search(rf"^ +{code} ", text, re.MULTILINE), code


@pytest.mark.servers
def test_the_page_on_the_configuration_holds_every_table_and_key() -> None:
    text = rendered(MAN / "qsfilter.toml.5")
    page = (REFERENCE / "configuration.md").read_text()
    for table in re.findall(r"^## (\[.*\])$", page, re.MULTILINE):
        assert table.upper() in text.upper()
    for key in re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE):
        assert re.search(rf"^ +.*\b{key}\b", text, re.MULTILINE), key


def test_the_wheel_ships_each_page_where_man_looks() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    expected = {f"docs/man/{page.name}": f"share/man/man{page.suffix[1:]}/{page.name}" for page in PAGES}
    assert wheel["shared-data"] == expected
