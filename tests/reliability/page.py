"""Writes the table of docs/reference/reliability.md: each promise with its tests, and the figures of a run of them.

    python tests/reliability/page.py FIGURES

FIGURES is the file that the tests of a run have written (`figures.record`). Every figure on the page is out of it.
"""

from __future__ import annotations

import sys
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE = ROOT / "docs" / "reference" / "reliability.md"
BEGIN, END = "<!-- begin of the table -->", "<!-- end of the table -->"
HEAD = "| what is promised | proven by | the last full run |\n|---|---|---|\n"

if TYPE_CHECKING:
    from collections.abc import Mapping


def promises() -> list[dict[str, Any]]:
    """Return the promises, in their order."""
    with (HERE / "promises.toml").open("rb") as file:
        found: list[dict[str, Any]] = tomllib.load(file)["promise"]
    return found


def written(sums: Mapping[str, Mapping[str, float]]) -> str:
    """Return the table with the figures in SUMS, by key."""
    rows = []
    for promise in promises():
        tests = "<br>".join(f"`{name.rpartition('/')[2]}`" for name in promise["tests"])
        keys = [key for key in sums if any(fnmatchcase(key, pattern) for pattern in promise["figures"])]
        said = "<br>".join(_said(key, sums[key]) for key in sorted(keys))
        rows.append(f"| {promise['text']} | {tests} | {said or 'none yet'} |\n")
    return HEAD + "".join(rows)


def _said(key: str, numbers: Mapping[str, float]) -> str:
    figures = ", ".join(f"{number:,.10g} {name.replace('_', ' ')}" for name, number in numbers.items())
    return f"{key.replace('.', ', ')}: {figures}"


def replace_table(page: str, table: str) -> str:
    """Return PAGE with TABLE in the place of its own."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from tests.reliability.figures import figures

    PAGE.write_text(replace_table(PAGE.read_text(), written(figures(sys.argv[1]))))
