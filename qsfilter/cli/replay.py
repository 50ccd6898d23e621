"""run saved messages and say where the findings are not those expected

CORPUS is a folder of messages, NAME.eml, and of modules that build some, NAME.py, each with NAME.expect beside it; a
maildir or an mbox file, with CORPUS.expect beside it; or one message. Where nothing is expected, it says what becomes
of each. --diff says what a change of the configuration changes. Modules are run: trust the corpus. Delivers nothing.

examples: qsfilter replay --config /etc/qsfilter/qsfilter.toml corpus
          qsfilter replay --diff /etc/qsfilter/qsfilter.toml new.toml corpus
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import closing, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qsfilter.cli.progress import Progress
from qsfilter.config import built_in_default, load
from qsfilter.names import printable, shown
from qsfilter.replay import CONFIG, Change, CorpusError, Given, units, updated
from qsfilter.replay.corpus import has_expectations
from qsfilter.replay.expectations import all_expected, expect_text, mailbox_text, write

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from contextlib import AbstractContextManager

    from qsfilter.filter import Filter
    from qsfilter.replay import Expected, Result, Unit
    from qsfilter.replay.junit import JUnit

UNREADABLE = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("corpus", nargs="+", metavar="CORPUS", help="a folder, a maildir, an mbox file or a message")
    parser.add_argument(
        "--config", metavar="FILE", help=f"the configuration (default: CORPUS/{CONFIG}, else the built-in default)"
    )
    parser.add_argument(
        "--diff", nargs=2, metavar=("OLD", "NEW"), help="say which messages NEW judges otherwise than OLD, and how"
    )
    parser.add_argument("--update", action="store_true", help="write every expectation anew from what happens now")
    parser.add_argument("--junit", metavar="FILE", help="write the results as JUnit XML, too")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object a line for each case that is told, and one at the end"
    )
    parser.add_argument("--jobs", type=_jobs, metavar="N", help="processes (default: one for each processor)")
    parser.add_argument("--sender", metavar="ADDRESS", help="the envelope sender")
    parser.add_argument(
        "--recipient", action="append", metavar="ADDRESS", help="an envelope recipient; may be repeated"
    )
    parser.add_argument("--client-ip", metavar="IP", help="where the messages come from")
    parser.add_argument("--mboxo", action="store_true", help="an mbox quotes `From ` only, and not `>From `, too")


def _jobs(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError("takes a number from 1 up")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Replay the corpus; return 2 where it can't be read, 1 where a case differs or a plugin does not start, else 0."""
    if arguments.diff and (arguments.update or arguments.config):
        print("qsfilter: --diff goes with neither --update nor --config", file=sys.stderr)
        return UNREADABLE
    try:
        return _Run(arguments).run()
    except CorpusError as error:
        print(f"qsfilter: {printable(str(error))}", file=sys.stderr)
        return UNREADABLE


class _Run:
    """One run: what it was asked for, and what it has counted."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self._progress = Progress(lambda: sum(1 for _ in self._units()))
        self._judging = arguments.update or any(has_expectations(corpus) for corpus in arguments.corpus)
        self._cases = self._different = 0
        self._unreadable = self._lacks_plugins = False
        self._written: list[str] = []
        self._mailboxes: dict[str, dict[str, Expected]] = {}
        """What is expected of each mailbox from now on; with --update only."""

    def run(self) -> int:
        """Take all cases, say what there is to say, and return the exit status."""
        if next(self._units(), None) is None:
            raise CorpusError(f"{', '.join(map(shown, self._arguments.corpus))}: holds no case")
        with self._junit() as junit, closing(self._answers()) as answers:
            for unit, told in answers:
                if self._arguments.diff:
                    for old, *_, new in ((answer[0], *answer) for answer in told):
                        self._take_change(Change(old=old, new=new), junit)
                else:
                    results = [answer[0] for answer in told]
                    for result in self._update(unit, results) if self._arguments.update else results:
                        self._take_result(result, junit)
                self._progress.step()
            self._progress.clear()
            self._write_mailboxes()
        self._say_end()
        return UNREADABLE if self._unreadable else int(bool(self._different) or self._lacks_plugins)

    def _units(self) -> Iterator[Unit]:
        several = len(self._arguments.corpus) > 1
        for corpus in self._arguments.corpus:
            for unit in units(corpus, mboxo=self._arguments.mboxo):
                alone = several and os.path.isdir(corpus)
                yield replace(unit, name=os.path.join(corpus, unit.name)) if alone else unit

    def _answers(self) -> Generator[tuple[Unit, list[tuple[Result, ...]]]]:
        from qsfilter.replay.processes import Replay, cores  # noqa: PLC0415 - other commands need no processes

        chosen = self._arguments
        given = Given(
            sender=None if chosen.sender is None else os.fsencode(chosen.sender),
            recipients=tuple(map(os.fsencode, chosen.recipient)) if chosen.recipient else None,
            ip=chosen.client_ip,
        )
        started = Replay(self._make(), jobs=chosen.jobs or cores(), given=given, broken=self._say_broken)
        yield from started.run(self._units())

    def _make(self) -> Callable[[], tuple[Filter, ...]]:
        if self._arguments.diff:
            return lambda: tuple(map(load, self._arguments.diff))
        own = os.path.join(self._arguments.corpus[0], CONFIG)
        path = self._arguments.config or (own if len(self._arguments.corpus) == 1 and os.path.exists(own) else None)
        return lambda: (load(path) if path else built_in_default(),)

    def _junit(self) -> AbstractContextManager[JUnit | None]:
        if not self._arguments.junit:
            return nullcontext()
        from qsfilter.replay.junit import JUnit  # noqa: PLC0415 - XML is for those who ask for it

        return JUnit(self._arguments.junit, " ".join(self._arguments.corpus))

    def _say_broken(self, name: str, why: str) -> None:
        self._lacks_plugins = True
        self._progress.clear()
        print(f"qsfilter: plugin {shown(name)} does not start: {printable(why)}", file=sys.stderr)

    def _say(self, text: str, object_: dict[str, Any]) -> None:
        self._progress.clear()
        print(json.dumps(object_) if self._arguments.json else printable(text))

    def _take_result(self, result: Result, junit: JUnit | None) -> None:
        self._cases += 1
        self._unreadable |= result.unreadable
        reported = result.unsaid and not self._judging
        different = not (result.right or reported)
        self._different += different
        if reported:
            self._say(result.told, result.as_dict())
        elif different:
            self._say(str(result), result.as_dict())
        if junit:
            broken = bool(result.error) and not result.unsaid
            folder, name = os.path.split(str(result.case))
            junit.add(
                name,
                folder,
                result.seconds,
                failure=str(result) if different and not broken else "",
                error=str(result) if broken else "",
                output=result.told,
            )

    def _take_change(self, change: Change, junit: JUnit | None) -> None:
        self._cases += 1
        self._unreadable |= change.old.unreadable or change.new.unreadable
        self._different += not change.same
        if not change.same:
            self._say(str(change), change.as_dict())
        if junit:
            folder, name = os.path.split(str(change.new.case))
            differs = "" if change.same else str(change)
            seconds = change.old.seconds + change.new.seconds
            junit.add(
                name, folder, seconds, failure="" if change.error else differs, error=differs if change.error else ""
            )

    def _update(self, unit: Unit, results: list[Result]) -> list[Result]:
        """Write what is expected of RESULTS, of one unit, where it changes; return them as they then are."""
        judged = [result for result in results if result.action and not result.unreadable]
        if not judged:
            return results
        wanted = updated(judged)
        if unit.mailbox:
            if unit.expect not in self._mailboxes:
                try:
                    self._mailboxes[unit.expect] = all_expected(unit.expect)
                except ValueError as error:
                    raise CorpusError(f"{unit.expect}: {error}") from error
            self._mailboxes[unit.expect][judged[0].sha256] = wanted
        elif any(result.expected is None or expect_text(result.expected) != expect_text(wanted) for result in judged):
            write(unit.expect, expect_text(wanted))
            self._written.append(unit.expect)
        return [
            replace(result, expected=wanted, error="", unsaid=False) if result in judged else result
            for result in results
        ]

    def _write_mailboxes(self) -> None:
        for path, wanted in self._mailboxes.items():
            if all_expected(path) != wanted:
                write(path, mailbox_text(wanted))
                self._written.append(path)

    def _say_end(self) -> None:
        if self._arguments.json:
            counted: dict[str, Any] = {"cases": self._cases}
            if self._arguments.diff:
                counted["changed"] = self._different
            else:
                counted |= {"different": self._different, "written": self._written}
            print(json.dumps(counted))
            return
        if self._arguments.diff:
            end = f"{self._different} change"
        elif self._judging:
            end = f"{self._different} not as expected"
        else:
            end = "nothing is expected of them" + (f", {self._different} with errors" if self._different else "")
        told = f", {len(self._written)} expectations written" if self._arguments.update else ""
        print(f"{self._cases} cases, {end}{told}")
