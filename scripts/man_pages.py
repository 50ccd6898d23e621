"""Writes the man pages into docs/man, from the parsers and the reference; `make man` runs it.

Guarantee: the same sources make the same pages, so that a test can tell when they are stale.
"""

from __future__ import annotations

# ruff: noqa: SLF001 - argparse has no public way to what a parser was given
import argparse
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.application import Sphinx

from qsfilter import __version__
from qsfilter.cli.commands import EPILOG, parser_of
from qsfilter.cli.old_flags import HELP

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
WIDE = 10_000
"""Columns for usage lines, which the reader's terminal breaks."""
PAGES = {
    "qsfilter": ("content filter for mail queues", 1),
    "qsfilter-queue": ("stand in for qmail-queue, and filter what is to be queued", 1),
    "qsfilter.toml": ("configuration of qsfilter", 5),
}
SEE_ALSO = "\n## See also\n\n{}\n"


def qsfilter() -> str:
    """Return the page on the commands of the core."""
    parser = parser_of("check")
    codes = re.sub(r"\s+", " ", EPILOG.partition(":")[2]).split("; ")
    return "\n".join(
        (
            "# qsfilter\n\n## Synopsis\n\n**qsfilter** COMMAND [OPTIONS]\n\n## Description\n",
            f"{parser.description} Plugins can bring commands of their own: see `qsfilter --help`.\n",
            "## Commands\n",
            *(part for name, below in children(parser) for part in command(f"qsfilter {name}", below, 3)),
            "## Exit codes\n",
            *(f"{code.strip().partition(' ')[0]}\n: {code.strip().partition(' ')[2]}\n" for code in codes),
            SEE_ALSO.format("**qsfilter-queue**(1), **qsfilter.toml**(5)"),
        )
    )


def command(name: str, parser: argparse.ArgumentParser, level: int) -> Iterator[str]:
    """Yield what is to be said of the command NAME and its actions, below a heading of LEVEL."""
    parser.prog = name
    parser.formatter_class = lambda prog: argparse.RawDescriptionHelpFormatter(prog, width=WIDE)
    yield f"{'#' * level} {escaped(name)}\n"
    yield f"{escaped(' '.join(parser.format_usage().partition(': ')[2].split()))}\n"
    text, _, examples = f"{parser.description or ''}\n\n{parser.epilog or ''}".partition("example")
    yield f"{marked(text.strip())}\n"
    formatter = parser._get_formatter()
    for action in parser._actions:
        if not isinstance(action, argparse._SubParsersAction | argparse._HelpAction):
            told = re.sub(r"\s+", " ", formatter._expand_help(action))
            yield f"**{escaped(formatter._format_action_invocation(action))}**\n: {marked(told)}\n"
    if examples:
        lines = [re.sub(r"^(s|example)?: *", "", line.strip()) for line in examples.strip().splitlines()]
        yield "```text\n{}\n```\n".format("\n".join(line for line in lines if line))
    for below_name, below in children(parser):
        yield from command(f"{name} {below_name}", below, level + 1)


def children(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield the commands right below PARSER."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def qsfilter_queue() -> str:
    """Return the page on the queue wrapper: its old flags, its contract, and what it takes from the environment."""
    found = re.findall(r"^  (-\w)  (.*)$", HELP, re.MULTILINE)
    flags = "".join(f"**{flag}**\n: {escaped(text)}\n\n" for flag, text in found)
    contract = (REFERENCE / "queue-contract.md").read_text().partition("\n")[2]
    environment = (REFERENCE / "configuration.md").read_text().partition("## Environment\n")[2]
    return (
        "# qsfilter-queue\n\n## Synopsis\n\n**qsfilter-queue** [-v | -h | -g | -r | -z]\n\n## Description\n"
        f"{without_links(with_lists(contract))}\n## Flags\n\nThose of qmail-scanner-queue.pl, for people and old cron "
        f"jobs:\n\n{flags}## Environment\n{without_links(with_lists(environment))}"
        + SEE_ALSO.format("**qsfilter**(1), **qsfilter.toml**(5), **qmail-queue**(8)")
    )


def qsfilter_toml() -> str:
    """Return the page on the configuration."""
    text = (REFERENCE / "configuration.md").read_text().partition("\n")[2]
    described = f"# qsfilter.toml\n\n## Description\n{without_links(with_lists(text))}"
    return described + SEE_ALSO.format("**qsfilter**(1), **qsfilter-queue**(1)")


def with_lists(text: str) -> str:
    """Return Markdown TEXT with its tables as definition lists, which a terminal of any width can show."""
    return re.sub(r"(?:^\|.*\n)+", lambda table: as_list(table[0]), text, flags=re.MULTILINE)


def as_list(table: str) -> str:
    """Return TABLE as a definition list; of a key, type and default go before what it means."""
    lines = table.replace(r"\|", "\0").splitlines()
    head, _, *rows = ([cell.strip().replace("\0", "|") for cell in line.split("|")[1:-1]] for line in lines)
    told = []
    for first, *rest in rows:
        said = "; ".join(cell for cell in rest if cell)
        if head[1:3] == ["type", "default"]:
            said = f"({rest[0]}; default {rest[1]}) {rest[2]}"
        told.append(f"{first}\n: {said}\n")
    return "\n".join(told)


def without_links(text: str) -> str:
    """Return Markdown TEXT with links to other pages as their words."""
    return re.sub(r"\[((?:\\.|[^\[\]\\])+)\]\((?!https?:)[^)]*\)", r"\1", text)


def marked(text: str) -> str:
    """Return plain TEXT as Markdown; what stands between two ` is code."""
    return "".join(f"`{piece}`" if number % 2 else escaped(piece) for number, piece in enumerate(text.split("`")))


def escaped(text: str) -> str:
    """Return TEXT as Markdown in which no sign means anything."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def write(folder: Path) -> None:
    """Write the pages into FOLDER. Raises SphinxError, also for what would be a warning."""
    with tempfile.TemporaryDirectory() as place:
        for source in (qsfilter, qsfilter_queue, qsfilter_toml):
            text = source()
            Path(place, f"{text.partition(chr(10))[0][2:]}.md").write_text(text)
        Path(place, "index.md").write_text("# Man pages\n\n```{toctree}\n:glob:\n\nqsfilter*\n```\n")
        settings = {
            "project": "qsfilter",
            "release": __version__,
            "today": f"qsfilter {__version__}",
            "smartquotes": False,
            "extensions": ["myst_parser"],
            "myst_enable_extensions": ["deflist"],
            "suppress_warnings": ["myst.header"],
            "man_pages": [(name, name, about, [], section) for name, (about, section) in PAGES.items()],
        }
        made = Sphinx(place, None, folder, f"{place}/doctrees", "man", settings, status=None, warningiserror=True)
        made.build(force_all=True)
        if made.statuscode:
            sys.exit(made.statuscode)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "docs" / "man")
