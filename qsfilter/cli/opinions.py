"""What `explain` says of opinions: votes and why one of them won, waivers, edits, the answer to the SMTP client.

Guarantee: the vote that decided is always shown first. Texts are as plugins and senders chose them, cut where they are
long; whoever prints the lines makes them printable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.actions import EXIT_CODES, Action
from qsfilter.edits import INBOUND, OUR_FIELD, head
from qsfilter.names import shown
from qsfilter.queue.contract import DIALECTS
from qsfilter.report import exit_code, leading_votes, votes_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.legacy_headers import LegacyHeaders
    from qsfilter.model import Disposition, Report, Verdict, Waiver

    Line = tuple[str, str]
    """Style and text."""

MOST_VOTES = 20
"""Votes of a group that are shown without `--trace`."""
LONGEST_TEXT = 300


def style_of(action: Action) -> str:
    """Return the style in which ACTION is printed."""
    return {Action.ACCEPT: "good", Action.DEFER: "odd"}.get(action, "bad")


def clipped(text: str) -> str:
    """Return TEXT, cut if it is longer than LONGEST_TEXT."""
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def votes(report: Report, *, trace: bool) -> Iterator[Line]:
    """Show for each group in REPORT what becomes of its mail, all votes if TRACE, and why the first one won."""
    rules = {call.plugin: call.rule for call in report.calls if call.rule}
    for group in report.decision.groups:
        because = f" because of {clipped(group.reason)}" if group.reason else ""
        yield style_of(group.action), f"  {_recipients(group.recipients)}: {group.action}{because}"
        leading = leading_votes(report, group)
        others = sorted(
            (vote for vote in votes_on(report, group) if vote.action is not leading[0].action),
            key=lambda vote: -vote.action,
        )
        every = leading + others
        most = len(every) if trace else MOST_VOTES
        for vote in every[:most]:
            mark = ">" if vote is every[0] else " "
            yield "", f"   {mark}{_vote(vote, rules)}"
        if len(every) > most:
            yield "dim", f"    and {len(every) - most} more (all: --trace)"
        yield from (("dim", f"    {text}") for text in _why(group, leading, others))
    for vote in (vote for vote in report.verdicts if vote.shadow):
        yield "dim", f"  in shadow, not counted: {_vote(vote, rules)}"


def _vote(vote: Verdict, rules: dict[str, str]) -> str:
    rule = f" ({rules[vote.source]})" if vote.source in rules else ""
    places = ", ".join(f"{found}{f' in {found.part}' if found.part else ''}" for found in vote.because)
    why = places if vote.because and vote.reason == str(vote.because[0]) else f"{vote.reason} {places}".strip()
    source = "the action table" if vote.source == "policy" else f"{vote.source}{rule}"
    return f"{vote.action}  by {source}{f': {clipped(why)}' if why else ''}"


def _why(group: Disposition, leading: list[Verdict], others: list[Verdict]) -> Iterator[str]:
    """Say why the vote that stands first won, and why the answer is another one than it asks for."""
    if not leading:
        yield "nobody voted, so it is accepted"
        return
    wanted = leading[0].action
    if others:
        weaker = " and ".join(dict.fromkeys(str(vote.action) for vote in others))
        yield f"{wanted} outweighs {weaker}"
    if len(leading) > 1:
        yield f"{len(leading)} votes for {wanted}: the one about the gravest finding is named"
    if group.action is Action.DEFER and wanted is not Action.DEFER:
        yield f"{wanted} would be the answer, but for other recipients the message is deferred, and that holds for all"
    elif group.downgraded:
        yield (
            f"{wanted} became {group.action}: other recipients get another answer, or the client only relays;"
            " a permanent code would be for all of them"
        )


def waivers(report: Report) -> Iterator[Line]:
    """Show what was left out of the decision of REPORT, by which entry and until when."""
    for waiver in report.decision.waived:
        yield "odd", f"  waived: {_waived(waiver)}"


def _waived(waiver: Waiver) -> str:
    import time  # noqa: PLC0415 - few messages have a waived finding

    found = waiver.finding
    where = f" in {clipped(str(found.part))}" if found.part is not None else ""
    whom = f" for {_recipients(waiver.recipients)}" if waiver.recipients is not None else ""
    until = ""
    if waiver.until is not None:
        try:
            until = f" until {time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(waiver.until))} UTC"
        except (OverflowError, ValueError, OSError):  # a date that no calendar has
            until = f" until {waiver.until} s"
    return f"{clipped(str(found))}{where}{whom}  by {waiver.source}{until}  {clipped(waiver.reason)}".rstrip()


def edits(report: Report, raw: bytes, legacy: LegacyHeaders | None) -> Iterator[Line]:
    """Show what would be done to the header of RAW by REPORT; only mail that somebody gets is edited."""
    if not any(group.action is Action.ACCEPT for group in report.decision.groups):
        return
    yield "title", "  would be edited"
    first, *rest = head(report, raw, legacy).lines.decode("ascii", "backslashreplace").splitlines()
    yield "", f"    on top: {first}"
    for line in rest:
        if not line.startswith(" "):
            break
        yield "", f"            {line}"
    if any(field.name.lower() == OUR_FIELD.lower() for field in report.message.header):
        yield "", f"    the sender's {OUR_FIELD.decode()} becomes {INBOUND.decode()}"
    for edit in report.decision.edits:
        field, value = (shown(octets.decode("utf-8", "backslashreplace")) for octets in (edit.field, edit.value))
        said = {
            "add": f"on top: the field {field}: {value}",
            "subject_tag": f"in front of the Subject: {value}",
            "rename_inbound": f"the sender's {field} becomes {value}",
        }
        yield "", f"    {said.get(edit.what, f'{edit.what} {field} {value}')}"


def told(report: Report, dialect: str) -> Iterator[Line]:
    """Show what REPORT would have an SMTP client told whose server speaks DIALECT."""
    code, text = exit_code(report), report.decision.reply
    spoken = DIALECTS[dialect]
    if code == EXIT_CODES[Action.ACCEPT]:
        handed = any(group.action is Action.ACCEPT for group in report.decision.groups)
        yield "", f"  the client is told: {'what the next hop answers' if handed else 'accepted'}"
    elif spoken.descriptor < 0 or not text:
        yield "", f'  the client is told: exit {code} and no text, by reply = "{dialect}"; in other dialects: {text}'
    else:
        yield "", f'  the client is told: exit {spoken.code}, by reply = "{dialect}": {text}'


def _recipients(recipients: tuple[bytes, ...]) -> str:
    return ", ".join(one.decode("utf-8", "backslashreplace") for one in recipients) or "(none)"
