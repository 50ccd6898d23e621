"""Saved messages and what is expected of them: finds the cases of a corpus, examines them, compares.

A corpus is a folder with folders in it, a maildir, an mbox file, or a single message. In a folder, a case is
`NAME.eml`, a message as it came, or `NAME.py`, a module with `build(newline)`, which returns the message with that line
end, or with `MESSAGES`, a name for each such function. A module makes two cases of each message, LF and CRLF, unless
its `NEWLINES` says otherwise. Names that begin with `_` or `.` are no cases. Beside each stands `NAME.expect` in TOML
(`expectations`); a maildir or an mbox has one file of them beside it.

Guarantees: nothing is printed, delivered or kept here; a case that can't be read or built, that hangs or that ends its
process says so and stops no other. Modules are run, so a corpus is to be trusted like any other program.
"""

from qsfilter.replay.change import Change
from qsfilter.replay.corpus import CONFIG, Case, CorpusError, Unit, cases, units
from qsfilter.replay.expectations import EXPECT, Expectations, Expected, expect_text, expected
from qsfilter.replay.results import Result, replay, summary, updated
from qsfilter.replay.settings import CLIENT, ENVELOPE, Given

__all__ = [
    "CLIENT",
    "CONFIG",
    "ENVELOPE",
    "EXPECT",
    "Case",
    "Change",
    "CorpusError",
    "Expectations",
    "Expected",
    "Given",
    "Result",
    "Unit",
    "cases",
    "expect_text",
    "expected",
    "replay",
    "summary",
    "units",
    "updated",
]
