"""run saved messages and say where the findings are not those expected

CORPUS is a folder of messages, NAME.eml, and of modules that build some, NAME.py, each with NAME.expect beside it.
Modules are run: trust the corpus. Delivers nothing.

example: qsfilter replay --config /etc/qsfilter/qsfilter.toml /var/lib/qsfilter/corpus
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from qsfilter.config import built_in_default, load
from qsfilter.names import shown
from qsfilter.replay import CONFIG, cases, expect_text, replay, updated

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from qsfilter.filter import Filter
    from qsfilter.replay import Case, Result

UNREADABLE = 2
PROGRESS = 50
"""Cases between two lines of progress."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("corpus", metavar="CORPUS", help="the folder")
    parser.add_argument(
        "--config", metavar="FILE", help=f"the configuration (default: CORPUS/{CONFIG}, else the built-in default)"
    )
    parser.add_argument("--update", action="store_true", help="write every NAME.expect anew from what happens now")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object a line for each case that differs, and one at the end"
    )


def run(arguments: argparse.Namespace) -> int:
    """Replay the corpus; return 2 where it can't be read, else 1 where a case differs, else 0."""
    folder = arguments.corpus
    try:
        found = list(cases(folder))
    except OSError as error:
        print(f"qsfilter: {shown(folder)}: {error.strerror}", file=sys.stderr)
        return UNREADABLE
    if not found:
        print(f"qsfilter: {shown(folder)}: holds no case", file=sys.stderr)
        return UNREADABLE
    chosen = _filter(folder, arguments.config)
    results = list(_shown_progress(_replayed(chosen, found), len(found)))
    written: list[str] = []
    if arguments.update:
        written = list(_update(results))
        results = [replay(chosen, result.case) for result in results]
    different = [result for result in results if not result.right]
    for result in different:
        print(json.dumps(_as_dict(result)) if arguments.json else result)
    if arguments.json:
        print(json.dumps({"cases": len(results), "different": len(different), "written": written}))
    else:
        told = f", {len(written)} expectations written" if arguments.update else ""
        print(f"{len(results)} cases, {len(different)} not as expected{told}")
    if any(result.unreadable for result in different):
        return UNREADABLE
    return int(bool(different))


def _filter(folder: str, config: str | None) -> Filter:
    own = os.path.join(folder, CONFIG)
    path = config or (own if os.path.exists(own) else None)
    chosen = load(path) if path else built_in_default()
    chosen.start()
    return chosen


def _replayed(chosen: Filter, found: Iterable[Case]) -> Iterator[Result]:
    for case in found:
        yield replay(chosen, case)


def _shown_progress(results: Iterable[Result], whole: int) -> Iterator[Result]:
    """Pass RESULTS on, and say on a terminal how many of the WHOLE there have been."""
    terminal = sys.stderr.isatty()
    for number, result in enumerate(results, 1):
        if terminal and (number % PROGRESS == 0 or number == whole):
            print(f"\r{number} of {whole}", end="\n" if number == whole else "", file=sys.stderr, flush=True)
        yield result


def _update(results: list[Result]) -> Iterator[str]:
    """Write the expectations of RESULTS where they change, and yield their paths."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        if not result.unreadable:
            groups.setdefault(result.case.expect, []).append(result)
    for path, group in groups.items():
        text = expect_text(updated(group))
        if all(result.expected and expect_text(result.expected) == text for result in group):
            continue
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        yield path


def _as_dict(result: Result) -> dict[str, Any]:
    wanted = result.expected
    return {
        "case": result.case.name,
        "form": result.case.form,
        "error": result.error,
        "expected": None if wanted is None else {"action": wanted.action, "findings": wanted.findings},
        "got": {"action": result.action, "findings": result.findings},
        "missing": result.missing,
        "unexpected": result.unexpected,
        "forbidden": result.forbidden,
    }
