"""let mail pass unexamined for a time, with a reason; it ends by itself

Without --for and --end, says whether mail passes now. Every message that passes is logged and marked as not scanned.

examples: qsfilter bypass --for 2h "clamd does not start after the upgrade"
          qsfilter bypass --end
"""

from __future__ import annotations

import json
import os
import pwd
import re
import time
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

from qsfilter.cli.settings import add_config
from qsfilter.config import load
from qsfilter.edge import DEFAULT_PATH
from qsfilter.errors import ConfigError

if TYPE_CHECKING:
    import argparse

    from qsfilter.bypass import Bypass, Granted

UNITS = {"m": 60, "h": 3600, "d": 86400}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("reason", metavar="REASON", nargs="?", default="", help="why; every log line says it")
    wish = parser.add_mutually_exclusive_group()
    wish.add_argument("--for", dest="seconds", metavar="TIME", type=_seconds, help="how long, as 30m, 2h or 1d")
    wish.add_argument("--end", action="store_true", help="have mail examined again at once")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    add_config(parser, DEFAULT_PATH)


def run(arguments: argparse.Namespace) -> int:
    """Begin or end a bypass, or return 1 if there is one and 0 if there is none."""
    bypass = load(arguments.config).bypass
    assert bypass is not None  # noqa: S101 - every configuration has the place for one
    if arguments.seconds is not None:
        _tell(bypass.grant(arguments.seconds, arguments.reason, _user()), as_json=arguments.json)
        return 0
    if arguments.reason:
        raise ConfigError("a reason goes with --for")
    if arguments.end and bypass.end():
        print(json.dumps({"until": None}) if arguments.json else "mail is examined again")
        return 0
    return _state(bypass, as_json=arguments.json)


def _state(bypass: Bypass, *, as_json: bool) -> int:
    granted = bypass.granted() if bypass.reason() else None
    if granted is None:
        print(json.dumps({"until": None}) if as_json else "mail is examined")
        return 0
    _tell(granted, as_json=as_json)
    return 1


def _tell(granted: Granted, *, as_json: bool) -> None:
    until = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(granted.ends))
    if as_json:
        print(json.dumps({"until": until, "reason": granted.reason, "user": granted.user}))
    else:
        print(f"mail passes unexamined until {until}: {granted.reason} ({granted.user})")


def _user() -> str:
    """Return who asks: the one who became root by sudo, rather than root."""
    if os.geteuid() == 0 and os.environ.get("SUDO_USER", "").isprintable():
        return os.environ.get("SUDO_USER") or "root"
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _seconds(text: str) -> float:
    """Read `90m`, `2h` or `1d`. Raises ArgumentTypeError."""
    found = re.fullmatch(r"([0-9]{1,6})([mhd])", text)
    if found is None:
        raise ArgumentTypeError("takes a time such as 30m, 2h or 1d")
    return int(found[1]) * float(UNITS[found[2]])
