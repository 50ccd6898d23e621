"""Reads a point in time as an option has it: a date, a date with a time, or an age."""

from __future__ import annotations

import argparse
import datetime as dt
import re
import time

UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
EXPECTED = "takes a date as 2027-01-31, with a time as 2027-01-31T18:00, or an age as 90m, 12h, 7d, 2w"


def age(text: str) -> int:
    """Return the seconds that TEXT stands for, as `7d`. Raises ArgumentTypeError."""
    found = re.fullmatch(r"(\d{1,6})([mhdw])", text, re.ASCII)
    if found is None:
        raise argparse.ArgumentTypeError(f"takes a number and m, h, d or w, as 7d, not {text!r}")
    return int(found[1]) * UNITS[found[2]]


def beginning(text: str) -> float:
    """Return the point that TEXT names, in seconds since the epoch; a date is its first moment.

    Without a zone it is local time; an age is that long ago. Raises ArgumentTypeError.
    """
    return _moment(text)[0]


def ending(text: str) -> float:
    """Return the point that TEXT names, as `beginning` does, but for a date the first moment of the day after it."""
    return _moment(text)[1]


def _moment(text: str) -> tuple[float, float]:
    try:
        if re.fullmatch(r"\d{1,6}[mhdw]", text, re.ASCII):
            ago = time.time() - age(text)
            return ago, ago
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            day = dt.datetime.fromisoformat(text)
            return day.timestamp(), (day + dt.timedelta(days=1)).timestamp()
        if re.match(r"\d{4}-\d\d-\d\d[T ]", text, re.ASCII):
            moment = dt.datetime.fromisoformat(text).timestamp()
            return moment, moment
    except (ValueError, OverflowError, OSError):
        pass  # a month of 13, or a year that no clock of this machine reaches
    raise argparse.ArgumentTypeError(f"{EXPECTED}; not {text!r}")
