"""What is called public is there, typed, and all there is."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

import qsfilter
import qsfilter.testing
from tests.doc_pages import PAGES, REFERENCE, ROOT, blocks, rows, section

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (REFERENCE / "api.md").read_text()
TYPED = ROOT / "tests/typing/api.py"
WORDS = set(rows(section(PAGE, "The words of qsfilter"))) - {"word"}
OTHERS = set(rows(section(PAGE, "Words of other modules"))) - {"word"}


def imported(source: str) -> set[str]:
    """Return every name that SOURCE imports from qsfilter, as `module.name`."""
    found = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom))
    return {f"{node.module}.{alias.name}" for node in found for alias in node.names if "qsfilter" in str(node.module)}


# --- the lists ------------------------------------------------------------------------------------------------------


def test_the_page_names_every_word_and_no_other() -> None:
    assert set(qsfilter.__all__) == WORDS


def test_nothing_else_is_exported() -> None:
    code = "import json, qsfilter; print(json.dumps([dir(qsfilter), list(qsfilter.__all__), list(qsfilter._HOME)]))"
    shown = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True).stdout
    seen, promised, homes = json.loads(shown)
    assert {name for name in seen if name[0] != "_"} == {*promised, "annotations", "TYPE_CHECKING"}
    assert sorted(homes) == sorted(promised), "__all__ and _HOMES differ"


def test_every_word_has_a_docstring() -> None:
    assert all((getattr(qsfilter, word).__doc__ or "").strip() for word in qsfilter.__all__)


@pytest.mark.parametrize("word", sorted(OTHERS))
def test_a_word_of_another_module_is_there(word: str) -> None:
    module, _, name = word.rpartition(".")
    assert hasattr(import_module(module), name)


def test_what_the_pages_and_examples_import_is_public() -> None:
    shown = [block.source for block in blocks(PAGES) if block.language == "python"]
    shown += [path.read_text() for path in (ROOT / "examples").glob("*/*.py")]
    words = {f"qsfilter.{word}" for word in WORDS} | OTHERS | {"qsfilter.queue.main"}
    used = set().union(*(imported(source) for source in shown if "import" in source))
    ours = {word for word in used if word.startswith("qsfilter.") and not word.startswith("qsfilter.testing.")}
    assert "qsfilter.Filter" in ours
    assert ours <= words


@pytest.mark.parametrize("page", re.findall(r"\]\(([\w/.-]+\.md)\)", section(PAGE, "What is public")))
def test_what_is_public_is_said_elsewhere(page: str) -> None:
    assert (REFERENCE / page).exists()


# --- types ----------------------------------------------------------------------------------------------------------


def test_the_typed_file_uses_every_public_word() -> None:
    tree = ast.parse(TYPED.read_text())
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    words = {word for word in imported(TYPED.read_text()) if word.rpartition(".")[2] in used}
    assert {f"qsfilter.{word}" for word in qsfilter.__all__} <= words
    assert {f"qsfilter.testing.{word}" for word in qsfilter.testing.__all__} <= words


def test_mypy_is_content_with_the_typed_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}", TYPED]
    done = subprocess.run(command, check=False, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stdout


def test_pyright_is_content_with_the_typed_file() -> None:
    command = [sys.executable, "-m", "basedpyright", "-p", TYPED.parent, "--pythonpath", sys.executable]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("checker", ["mypy", "basedpyright"])
def test_a_checker_complains_where_it_should(checker: str, tmp_path: Path) -> None:
    """Otherwise both would be content because they see no types."""
    text = re.sub(r"  # type: ignore.*", "", TYPED.read_text())
    wrong = {number for number, line in enumerate(TYPED.read_text().splitlines(), 1) if "# type: ignore" in line}
    (tmp_path / "api.py").write_text(text)
    shutil.copy(TYPED.parent / "pyrightconfig.json", tmp_path)
    options = {
        "mypy": ["--strict", "--config-file=", f"--cache-dir={tmp_path}/cache", "api.py"],
        "basedpyright": ["-p", tmp_path, "--pythonpath", sys.executable],
    }[checker]
    command = [sys.executable, "-m", checker, *options]
    done = subprocess.run(command, check=False, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert done.returncode == 1, done.stdout
    assert {int(number) for number in re.findall(r"api\.py:(\d+):.*error", done.stdout)} == wrong
