"""The page of promises names tests that exist, and its figures are those that the last full run has written."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.doc_pages import section
from tests.reliability.figures import VARIABLE, figures, record
from tests.reliability.page import HERE, NOTHING, PAGE, promises, replace_promises, written

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [name for promise in promises() for name in promise["tests"]]


def test_the_promise_has_ten_lines() -> None:
    assert len({promise["title"] for promise in promises()}) == len(promises()) == 10
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_line_is_proven_by_a_test_that_is_there(name: str) -> None:
    file, _, function = name.partition("::")
    tree = ast.parse((HERE / file).read_text())
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("promise", promises(), ids=lambda promise: promise["tests"][0])
def test_each_line_stands_on_the_page_with_figures_of_a_run(promise: dict[str, str]) -> None:
    told = section(PAGE.read_text(), promise["title"])
    assert f"\n{promise['text']}\n" in told
    listed = re.findall(r"^- `(.*)`$", told, re.MULTILINE)
    assert listed == [name.rpartition("/")[2] for name in promise["tests"]]
    figures_of_a_run = told.partition("The last full run:")[2]
    assert re.search(r"^- .*: -?\d", figures_of_a_run, re.MULTILINE)
    assert NOTHING not in told


def test_figures_of_many_processes_are_added_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "figures"
    monkeypatch.setenv(VARIABLE, str(path))
    record("killed.front", calls=40, lost=0)
    record("killed.front", calls=2, lost=0)
    record("errors.front", calls=1)
    assert [json.loads(line)["key"] for line in path.read_text().splitlines()] == ["killed.front"] * 2 + [
        "errors.front"
    ]
    promised = written(figures(str(path)))
    assert "- killed, front: 42 calls, 0 lost\n" in promised
    whole = replace_promises(PAGE.read_text(), promised)
    assert replace_promises(replace_promises(PAGE.read_text(), "old"), promised) == whole


def test_without_a_run_nothing_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    record("killed.front", calls=1)
    assert not list(tmp_path.iterdir())
