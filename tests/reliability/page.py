"""Writes the promises of docs/reference/reliability.md: each with its tests, and the figures of a run of them.

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
NOTHING = "- none yet\n"

if TYPE_CHECKING:
    from collections.abc import Mapping


def promises() -> list[dict[str, Any]]:
    """Return the promises, in their order."""
    with (HERE / "promises.toml").open("rb") as file:
        found: list[dict[str, Any]] = tomllib.load(file)["promise"]
    return found


def written(sums: Mapping[str, Mapping[str, float]]) -> str:
    """Return a section for each promise, with the figures in SUMS, by key.

    Lists and no table: a row with a dozen figures is wider than any window.
    """
    sections = []
    for promise in promises():
        tests = "".join(f"- `{name.rpartition('/')[2]}`\n" for name in promise["tests"])
        keys = [key for key in sums if any(fnmatchcase(key, pattern) for pattern in promise["figures"])]
        said = "".join(f"- {_said(key, sums[key])}\n" for key in sorted(keys))
        proof = f"Proven by:\n\n{tests}\nThe last full run:\n\n{said or NOTHING}"
        sections.append(f"## {promise['title']}\n\n{promise['text']}\n\n{proof}")
    return "\n".join(sections)


def _said(key: str, numbers: Mapping[str, float]) -> str:
    figures = ", ".join(f"{number:,.10g} {name.replace('_', ' ')}" for name, number in numbers.items())
    return f"{key.replace('.', ', ')}: {figures}"


def replace_promises(page: str, promised: str) -> str:
    """Return PAGE with the sections PROMISED in the place of its own."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{promised}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from tests.reliability.figures import figures

    PAGE.write_text(replace_promises(PAGE.read_text(), written(figures(sys.argv[1]))))
