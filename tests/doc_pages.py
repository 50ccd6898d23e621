"""Reads the pages of the documentation: code blocks, tables, and what a reader who follows a page would save and type.

Guarantee: a page is read as its reader sees it, from top to bottom; nothing is run here but by `bash`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import qsfilter
from qsfilter import edge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[1]
CORE = Path(qsfilter.__file__).parent
"""The core's sources, wherever they are: the tests run against wheels too."""
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("**/*.md"), *(ROOT / "examples").glob("**/*.md")])
READMES = sorted(page for page in ROOT.glob("plugins/*/README.md") if page.stat().st_size)
BIN = Path(sys.executable).parent
BLOCK = re.compile(r"^```([a-z]*|\{[a-z]+\}.*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAVED = re.compile(r"Save this as `([^`]+)`:\n\n```[a-z]+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STEP = re.compile(
    r"(?P<verb>[Ss]ave this as|[Aa]dd this to) `(?P<file>[^`]+)`:\n\n```[a-z]+\n(?P<content>.*?)^```$"
    r"|^```console\n(?P<session>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    """One code block and where it stands."""

    language: str
    source: str
    place: str


class Step(NamedTuple):
    """What a reader does next: saves or adds to a file, or types a command."""

    what: str
    """`save`, `add`, `$` for a command of anybody's, `#` for one of root's."""
    text: str
    """The file's name, or the command."""
    shown: str
    """The file's content, or the output that is shown; empty where none is."""


def package_of(readme: Path) -> Path:
    """Return the folder with the sources of the plugin whose README it is."""
    spec = find_spec(readme.parent.name.replace("-", "_"))
    assert spec
    assert spec.origin
    return Path(spec.origin).parent


def shown(path: Path) -> str:
    """Return the PATH as people know it."""
    return str(path.relative_to(ROOT))


def blocks(pages: list[Path]) -> Iterator[Block]:
    """Yield the code blocks of PAGES; what `{…}` includes is no block."""
    for page in pages:
        text = page.read_text()
        for match in BLOCK.finditer(text):
            if match[1].startswith("{"):
                continue
            yield Block(match[1], match[2], f"{shown(page)}:{text.count(chr(10), 0, match.start()) + 1}")


def steps(page: Path) -> Iterator[Step]:
    """Yield what a reader of PAGE does, in order."""
    for match in STEP.finditer(page.read_text()):
        if match["file"]:
            yield Step("save" if match["verb"].lower().startswith("save") else "add", match["file"], match["content"])
        else:
            for piece in re.split(r"^(?=[$#] )", match["session"], flags=re.MULTILINE):
                command, _, output = piece.replace("\\\n", "").partition("\n")
                if command[:2] in {"$ ", "# "}:
                    yield Step(command[0], command[2:].strip(), output)


def commands(page: Path, start: str) -> Iterator[tuple[str, str]]:
    """Yield each command on PAGE that begins with START, and the output that is shown for it."""
    for step in steps(page):
        if step.what == "$" and re.search(start, step.text):
            yield step.text, step.shown


def section(text: str, heading: str) -> str:
    """Return what stands below HEADING (of level 2) up to the next one."""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)
    (found,) = (piece for piece in parts if piece.splitlines()[0].strip("`") == heading)
    return found


def rows(text: str) -> dict[str, list[str]]:
    """Read the tables in TEXT: first cell without its link and backticks → the other cells."""
    found = {}
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith("|--"):
            first, *rest = (cell.strip() for cell in line.strip("|").split(" | "))
            found[re.sub(r"^\[(.*)\]\(.*\)$", r"\1", first).strip("` ")] = [cell.strip("| ") for cell in rest]
    return found


def assert_shows(expected: str, got: str) -> None:
    """Compare line by line, but for the width of columns; `…` is anything in a line, or any lines if it is alone."""
    expected, got = (re.sub(" +", " ", text) for text in (expected, got))
    pattern = ""
    for line in expected.strip().splitlines():
        pattern += "(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + "\n"
    plain = "".join(f"{line.rstrip()}\n" for line in got.strip().splitlines())
    assert re.fullmatch(pattern, plain), got


def bash(command: str, folder: Path, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run COMMAND in FOLDER, our programs on its path, ENVIRONMENT over the test's; what it prints is one text."""
    clean = {key: value for key, value in os.environ.items() if key != edge.VARIABLE}
    return subprocess.run(
        ["/bin/bash", "-c", command],
        check=False,
        cwd=folder,
        env={**clean, "PATH": f"{BIN}:{os.environ['PATH']}", **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
