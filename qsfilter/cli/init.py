"""look for qmail, clamd, spamd and plugins, and write a configuration for what is there

Nothing but the configuration is written, and nothing is started; servers are asked for their version. What is not
found stands in the file as a comment with the reason. At the end it says how to switch qsfilter on, and off again.

examples: qsfilter init --admin postmaster@example.com
          qsfilter init --output - | less
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from qsfilter.cli.build_front import wrapper_beside_us
from qsfilter.cli.usage import existing_folder
from qsfilter.edge import DEFAULT_PATH
from qsfilter.names import printable
from qsfilter.setting_up.bounded_reading import text
from qsfilter.setting_up.look import look
from qsfilter.setting_up.output_file import STANDARD_OUTPUT, refuse_existing, write
from qsfilter.setting_up.proposal import ABOUT, QUEUE, proposal
from qsfilter.setting_up.seen import Place
from qsfilter.setting_up.tcprules import USUAL, rewritten
from qsfilter.setting_up.toml_text import written

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from qsfilter.setting_up.seen import Seen

HEAD = """\
Written by qsfilter init for what it found on this machine. What it did not find is a comment with the
reason. Every key is explained in the reference; `qsfilter check` says what is wrong with this file."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "--output", metavar="FILE", default=DEFAULT_PATH, help="where to write, - for here (default: %(default)s)"
    )
    parser.add_argument("--force", action="store_true", help="write over a file that is there")
    parser.add_argument("--yes", action="store_true", help="do not ask before writing")
    parser.add_argument(
        "--json", action="store_true", help="print what was found as one JSON object, and write nothing"
    )
    parser.add_argument(
        "--qmail", metavar="DIR", default="", help="the home of qmail (default: /var/qmail and the like)"
    )
    parser.add_argument("--admin", metavar="ADDRESS", default="", help="who gets notices (default: nobody)")
    parser.add_argument(
        "--domain", metavar="NAME", default="", help="your domain (default: all that qmail takes mail for)"
    )
    parser.add_argument(
        "--clamd", metavar="SERVER", default="", help="the clamd to ask, as unix:/PATH or tcp:HOST:PORT"
    )
    parser.add_argument("--spamd", metavar="SERVER", default="", help="the spamd to ask, likewise")
    parser.add_argument(
        "--root", metavar="FOLDER", default="", help="look below FOLDER in the place of /, as for an image"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what is found and write the configuration; return 1 where the user does not want it.

    Raises UsageError where `--root` or `--qmail` names no folder, ConfigError where an argument makes no
    configuration, and OSError where it can't be written.
    """
    if not arguments.json:
        refuse_existing(arguments.output, force=arguments.force)
    place = Place(
        root=os.path.abspath(existing_folder(arguments.root)).rstrip("/") if arguments.root else "",
        qmail=arguments.qmail,
        clamd=arguments.clamd,
        spamd=arguments.spamd,
    )
    if arguments.qmail:
        existing_folder(place.path(arguments.qmail))
    # What is piped on is the configuration alone.
    told = sys.stderr if arguments.output == STANDARD_OUTPUT else sys.stdout
    seen: dict[str, Seen] = {}
    for one in look(place):
        seen[one.what] = one
        if not arguments.json:
            print(one, file=told, flush=True)
    if arguments.json:
        print(json.dumps({one.what: _object(one) for one in seen.values()}))
        return 0
    settings = proposal(seen, _address(arguments.admin, arguments.domain, seen), arguments.domain)
    if not (arguments.yes or arguments.output == STANDARD_OUTPUT or _agreed(arguments.output)):
        return 1
    write(written(settings, ABOUT, HEAD), arguments.output, force=arguments.force)
    print("\n".join(_next(arguments.output, place, seen)), file=told)
    return 0


def _object(one: Seen) -> dict[str, object]:
    return {"there": one.there, "value": list(one.value), "detail": one.detail}


def _address(admin: str, domain: str, seen: Mapping[str, Seen]) -> str:
    """Return ADMIN as an address; as for the original, a user alone is one of the site's domain."""
    if not admin or "@" in admin:
        return admin
    return f"{admin}@{domain or next(iter(seen['control/me'].value), 'localhost')}"


def _agreed(path: str) -> bool:
    """Ask on a terminal; whoever calls us from a script has said what is wanted."""
    if not sys.stdin.isatty():
        return True
    try:
        return input(f"write {path}? [Y/n] ").strip().lower() in {"", "y", "yes"}
    except EOFError:
        return False


def _next(path: str, place: Place, seen: Mapping[str, Seen]) -> Iterator[str]:
    """Yield what to do next: who has to read the file, what to run, and how tcpserver gets to know of us."""
    config = "FILE" if path == STANDARD_OUTPUT else path
    queue = next(iter(seen["qmail-queue"].value), QUEUE)
    found = seen["tcp.smtp"]
    place_of_rules, rules = next(iter(found.value), "/etc/tcp.smtp"), USUAL
    if found.there:
        try:
            rules = text(place.path(place_of_rules))
        except OSError as error:
            yield f"{place_of_rules} can't be read ({error.strerror}), so the usual rules stand here"
    caller = seen["user qmaild"]
    group = caller.value[1] if caller.there else "GROUP"
    compiled = f"tcprules {place_of_rules}.cdb {place_of_rules}.tmp < {place_of_rules}"
    if path != STANDARD_OUTPUT:
        yield from ("", f"written: {path}")
    yield from ("", "next, let those read it whom mail runs as, and see what they may do:")
    yield f"  chgrp {group} {config}"
    yield f"  setuidgid qmaild qsfilter check --config {config}"
    yield f"  setuidgid qmaild qsfilter selftest --config {config}"
    yield "  and give qmail-smtpd memory: qsfilter softlimit says how much"
    yield from ("", f"{place_of_rules} {'is' if found.there else 'would be'} now:", *_indented(rules))
    yield from ("", "to filter, make it:", *_indented(rewritten(rules, wrapper_beside_us(), queue)))
    yield from (f"  and then: {compiled}", "")
    yield f"to go back: put the lines back as they were, then {compiled}"
    if not seen["QMAILQUEUE in qmail's programs"].there:
        yield "  but this qmail does not seem to obey QMAILQUEUE; without that patch nothing is filtered"
    if script := seen["qmail-scanner-queue.pl"].value:
        yield f"to take over the settings of Qmail-Scanner instead: qsfilter migrate {script[0]} --force"


def _indented(rules: str) -> list[str]:
    return [f"  {printable(line)}" for line in rules.splitlines()]
