"""A point in time in an option is a date, a date with a time, or an age, and nothing else."""

from __future__ import annotations

import argparse
import datetime as dt
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter.cli.moment import age, beginning, ending


@given(st.dates(dt.date(1971, 1, 1), dt.date(2100, 1, 1)))
def test_a_date_is_the_whole_of_it(day: dt.date) -> None:
    text = day.isoformat()
    assert time.strftime("%Y-%m-%d %H", time.localtime(beginning(text))) == f"{text} 00"
    assert ending(text) == beginning((day + dt.timedelta(days=1)).isoformat())


def test_a_date_with_a_time_is_a_point() -> None:
    for text in ("2027-01-31T18:00Z", "2027-01-31 18:00:00+00:00", "2027-01-31T19:00+01:00"):
        assert beginning(text) == ending(text) == dt.datetime(2027, 1, 31, 18, tzinfo=dt.UTC).timestamp()


def test_an_age_is_that_long_ago() -> None:
    for text, seconds in (("90m", 5400), ("12h", 43200), ("7d", 604800), ("2w", 1209600)):
        before = time.time()
        assert before <= beginning(text) + seconds <= time.time()
        assert age(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "7", "d", "-7d", "2027", "2027-02-30", "2027-01-31T25:00", "9999-12-31", "\u0667d", "now"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="takes a date"):
        ending(text)


@given(st.text("0123456789-T:Zmhdw +.", max_size=25))
def test_nothing_but_a_refusal_is_raised(text: str) -> None:
    with suppress(argparse.ArgumentTypeError):
        assert beginning(text) <= ending(text)
