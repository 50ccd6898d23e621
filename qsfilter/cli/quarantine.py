"""list, show, release and delete what is kept in quarantine, and let it expire

examples: qsfilter quarantine list --box policy --since 2027-01-31
          qsfilter quarantine show 3f2a9c
          qsfilter quarantine release 3f2a9c --to bob@example.com
          qsfilter quarantine expire --dry-run
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.builtin.quarantine import BOXES
from qsfilter.cli import quarantine_acts, quarantine_told
from qsfilter.cli.actions import add_action
from qsfilter.cli.addresses import pattern
from qsfilter.cli.moment import age, beginning, ending
from qsfilter.cli.settings import add_config
from qsfilter.cli.usage import existing_folder
from qsfilter.config import load
from qsfilter.edge import DEFAULT_PATH
from qsfilter.held.copies import copies

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

__all__ = ("add_arguments", "copies", "run")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's actions and their options."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listing = add_action(
        actions,
        "list",
        "one line for each copy, the newest last",
        "qsfilter quarantine list --box policy --since 2027-01-31",
    )
    _add_filters(listing)
    showing = add_action(
        actions, "show", "envelope, reason, findings, header and parts of one copy", "qsfilter quarantine show 3f2a9c"
    )
    showing.add_argument("id", help="the beginning of its id, as `list` prints it")
    showing.add_argument("--raw", action="store_true", help="the message itself, byte for byte")
    releasing = add_action(
        actions,
        "release",
        "examine one copy again and give it to its recipients",
        "qsfilter quarantine release 3f2a9c --to bob@example.com",
    )
    releasing.add_argument("id", help="the beginning of its id")
    releasing.add_argument("--to", action="append", metavar="RECIPIENT", help="to this one only; may be repeated")
    releasing.add_argument("--malware", default="", metavar="REASON", help="although malware is or was found in it")
    releasing.add_argument(
        "--allow", nargs=2, metavar=("DAYS", "COMMENT"), help="add the allow entry that lets such mail pass"
    )
    deleting = add_action(actions, "delete", "remove copies for good", "qsfilter quarantine delete 3f2a9c --yes")
    deleting.add_argument("id", nargs="+", help="the beginning of an id")
    deleting.add_argument("--yes", action="store_true", help="do not ask")
    expiring = add_action(
        actions,
        "expire",
        "remove what is too old or too much, as the configuration says",
        "qsfilter quarantine expire --dry-run",
    )
    expiring.add_argument("--dry-run", action="store_true", help="only say what would go")
    chosen: tuple[tuple[argparse.ArgumentParser, Callable[..., int], str], ...] = (
        (listing, quarantine_told.listed, "one JSON object a line"),
        (showing, quarantine_told.showed, "the whole sidecar"),
        (releasing, quarantine_acts.released, "one JSON object"),
        (deleting, quarantine_acts.deleted, "one JSON object a line"),
        (expiring, quarantine_acts.expired, "one JSON object a line, and one at the end"),
    )
    for action, deed, what in chosen:
        action.set_defaults(action=deed)
        action.add_argument("--json", action="store_true", help=what)
        action.add_argument("--path", metavar="FOLDER", help="the quarantine (default: the configuration's)")
        add_config(action, DEFAULT_PATH)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; return 0, or 1 where there is no such copy or it could not be done.

    Raises UsageError where `--path` names no folder.
    """
    if arguments.path is not None:
        existing_folder(arguments.path)
    elif arguments.action is not quarantine_acts.expired:
        arguments.path = _configured(arguments.config)
    done: int = arguments.action(arguments)
    return done


def _configured(config: str | None) -> str:
    chosen = load(config)
    return next(
        str(getattr(entry.plugin, "path", "")) for entry in chosen.setup.registry.entries if entry.name == "quarantine"
    )


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--box", choices=BOXES, action="append", help="in this box; may be repeated")
    parser.add_argument("--newer", type=age, metavar="AGE", help="kept less than so long ago: 30m, 12h, 7d, 2w")
    parser.add_argument("--older", type=age, metavar="AGE", help="kept longer ago")
    parser.add_argument(
        "--since", type=beginning, metavar="DATE|AGE", help="kept from then on: 2027-01-31, or as above"
    )
    parser.add_argument("--until", type=ending, metavar="DATE|AGE", help="kept up to then, that day included")
    parser.add_argument("--sender", type=pattern, metavar="PATTERN", help="user@domain, @domain, .domain, <> or with *")
    parser.add_argument("--recipient", type=pattern, metavar="PATTERN", help="likewise, one of its recipients")
    parser.add_argument("--finding", metavar="PATTERN", help="kind and name of a finding in it, as 'malware Eicar*'")
    parser.add_argument("--id", default="", metavar="PREFIX", help="the beginning of the id")
    parser.add_argument("--held", action="store_true", help="only what somebody has not been given yet")
