"""What became of a case under one configuration, and how that differs from what is expected.

Guarantee: every case ends as a Result, whatever its message or a plugin does short of ending the process.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qsfilter.errors import text_of
from qsfilter.examination import untimed
from qsfilter.replay.expectations import Expectations, Expected
from qsfilter.replay.settings import OPEN, of_delivered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsfilter.examination import Guard
    from qsfilter.filter import Filter
    from qsfilter.model import Report
    from qsfilter.replay.corpus import Case
    from qsfilter.replay.settings import Given


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What became of one case."""

    case: Case
    expected: Expected | None = None
    action: str = ""
    findings: tuple[str, ...] = ()
    recipients: tuple[tuple[str, str], ...] = ()
    """Each recipient and the action for it."""
    error: str = ""
    """Why nothing could be compared."""
    unreadable: bool = False
    """The error is that case or expectation can't be read."""
    unsaid: bool = False
    """The error is that nobody has said what is expected; action and findings are there."""
    sha256: str = ""
    """Of the message, where it stands in a mailbox."""
    seconds: float = 0.0

    @property
    def missing(self) -> tuple[str, ...]:
        """Findings that were expected and not made."""
        wanted = (self.expected and self.expected.findings) or ()
        return tuple(found for found in wanted if found not in self.findings)

    @property
    def unexpected(self) -> tuple[str, ...]:
        """Findings that were made and not expected."""
        if self.expected is None or self.expected.findings is None:
            return ()
        return tuple(found for found in self.findings if found not in self.expected.findings)

    @property
    def forbidden(self) -> tuple[str, ...]:
        """Findings that must be absent and are not."""
        absent = self.expected.absent if self.expected else ()
        return tuple(found for found in self.findings if found in absent or found.partition(" ")[0] in absent)

    @property
    def otherwise(self) -> tuple[str, ...]:
        """Recipients whose action is not the expected one, as `WHO expected ACTION, got ACTION`."""
        got = dict(self.recipients)
        wanted = self.expected.recipients if self.expected else ()
        return tuple(
            f"{who} expected {action}, got {got.get(who, 'nothing')}"
            for who, action in wanted
            if got.get(who) != action
        )

    @property
    def right(self) -> bool:
        """Whether all is as expected."""
        if self.error or self.expected is None:
            return False
        differs = self.missing or self.unexpected or self.forbidden or self.otherwise
        return self.action == self.expected.action and not differs

    def __str__(self) -> str:
        """Say in one line what differs."""
        if self.error or self.expected is None:
            return f"{self.case}: {self.error}"
        wanted = self.expected.action
        said = [f"expected {wanted}, got {self.action}" if self.action != wanted else f"{wanted} as expected"]
        for what, found in (
            ("missing", self.missing),
            ("unexpected", self.unexpected),
            ("must be absent", self.forbidden),
        ):
            if found:
                said.append(f"{what}: {', '.join(found)}")
        return f"{self.case}: {'; '.join([*said, *self.otherwise])}"

    @property
    def told(self) -> str:
        """What became of it, in one line, without what was expected."""
        found = f"; {', '.join(self.findings)}" if self.findings else ""
        return f"{self.case}: {self.error if self.error and not self.unsaid else self.action + found}"

    @property
    def judged(self) -> dict[str, Any]:
        """Action, recipients and findings, as JSON has them."""
        return {"action": self.action, "recipients": dict(self.recipients), "findings": self.findings}

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON object of `qsfilter replay`."""
        wanted = self.expected
        return {
            "case": self.case.name,
            "form": self.case.form,
            "error": self.error,
            "expected": None if wanted is None else {"action": wanted.action, "findings": wanted.findings},
            "got": self.judged,
            "missing": self.missing,
            "unexpected": self.unexpected,
            "forbidden": self.forbidden,
        }


def replay(
    chosen: Filter,
    case: Case,
    *,
    given: Given = OPEN,
    guard: Guard = untimed,
    expectations: Expectations | None = None,
) -> Result:
    """Examine CASE with CHOSEN, which has been started, and compare.

    The expectation may say envelope and client, else GIVEN does, else a delivered message's trace fields. GUARD as in
    `Filter.examine`. EXPECTATIONS spares reading a mailbox's for each of its messages.
    """
    try:
        if case.error:
            raise ValueError(case.error)
        raw = case.build()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the corpus is somebody's program
        what = "read" if isinstance(error, OSError) else "built"
        why = case.error or f"can't be {what}: {type(error).__name__}: {text_of(error)}"
        return Result(case=case, error=why, unreadable=True)
    wanted, trouble = None, {}
    try:
        wanted = (expectations or Expectations()).of(case, raw)
    except FileNotFoundError:
        name = os.path.basename(case.expect)
        why = f"it is not in {name}" if case.mailbox and os.path.exists(case.expect) else f"there is no {name}"
        trouble = {"error": f"{why}; --update writes it", "unsaid": True}
    except (OSError, ValueError) as error:
        trouble = {"error": f"{os.path.basename(case.expect)} can't be read: {error}", "unreadable": True}
    if wanted is not None:
        given = wanted.given.before(given)
    return examined(chosen, case, raw, given, guard, expected=wanted, **trouble)


def examined(chosen: Filter, case: Case, raw: bytes, given: Given, guard: Guard, **already: Any) -> Result:  # noqa: ANN401 - fields of Result
    """Examine RAW, the message of CASE, by CHOSEN, and return a Result with what is ALREADY known."""
    if case.mailbox:
        given = given.before(of_delivered(raw, case.from_line))
    try:
        report = chosen.examine(raw, given.envelope, given.client, guard=guard)
    except Exception as error:  # noqa: BLE001 - as where mail is filtered: there the message would be deferred
        return Result(case=case, error=f"can't be examined: {type(error).__name__}: {text_of(error)}")
    return Result(
        case=case,
        action=str(report.decision.action),
        findings=summary(report),
        recipients=tuple(
            (recipient.decode("utf-8", "backslashreplace"), str(group.action))
            for group in report.decision.groups
            for recipient in group.recipients
        ),
        sha256=hashlib.sha256(raw).hexdigest() if case.mailbox else "",
        seconds=report.seconds,
        **already,
    )


def summary(report: Report) -> tuple[str, ...]:
    """Return the set of `kind name` of the findings in REPORT, sorted."""
    return tuple(sorted({str(found) for found in report.findings}))


def updated(results: Sequence[Result]) -> Expected:
    """Return what is to be expected from now on of the cases in RESULTS, which share one expectation.

    `absent`, `comment` and `envelope` stay, and so does that findings or recipients are left open. Where forms or
    messages differ, their findings are left open if they always were, else the first one's are taken, and the others go
    on differing. Recipients are named where they were, or where they get different answers.
    """
    first = results[0]
    before = first.expected
    several = len({result.case.name for result in results}) > 1
    differ = len({result.findings for result in results}) > 1
    is_open = (before is not None and before.findings is None) or (before is None and several and differ)
    named = bool(before and before.recipients) or len({action for _, action in first.recipients}) > 1
    return replace(
        before or Expected(action=first.action),
        action=first.action,
        findings=None if is_open else first.findings,
        recipients=first.recipients if named else (),
    )
