"""Gives a kept copy to its recipients after all: examined again, then handed over by the transport itself.

Guarantees: the bytes handed over are those received, with our header lines on top; the findings that the copy was held
for are silenced and no others; malware, then or now, needs a reason of its own, and what can't be checked stays held.
Before the hand-over it is durably on record that it begins, so that a crash leaves a copy that may go out twice and
says so, never one that is taken for delivered.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsfilter.actions import Action, Kind
from qsfilter.edits import OUR_FIELD, Head, head
from qsfilter.errors import ConfigError, DeliveryError
from qsfilter.examination import untimed
from qsfilter.held.copies import content
from qsfilter.held.log import note, stamp, who
from qsfilter.held.record import Mark, acting, mark_of, write_mark
from qsfilter.model import Client, Envelope
from qsfilter.names import printable

if TYPE_CHECKING:
    from qsfilter.examination import Guard
    from qsfilter.filter import Filter
    from qsfilter.legacy_headers import LegacyHeaders
    from qsfilter.model import Finding, Report, Verdict

LONGEST_LINE = 200
HOLDING = ("quarantine", "reject")


@dataclass(frozen=True, kw_only=True, slots=True)
class Released:
    """What became of it."""

    handed: tuple[bytes, ...] = ()
    refused: str = ""
    """Why nobody has been given it; empty where the queue program has taken it."""
    unfinished: bool = False
    """An earlier release began and nobody knows how it ended, so somebody may get it twice."""
    trouble: str = ""
    """What went wrong afterwards; the mail is handed over all the same."""


def release(
    chosen: Filter,
    path: str,
    copy: dict[str, Any],
    only: tuple[bytes, ...] = (),
    malware: str = "",
    guard: Guard = untimed,
) -> Released:
    """Hand COPY of the quarantine PATH over to ONLY these recipients, or to all for whom it is held.

    CHOSEN, which has been started, is today's filter, and its transport takes the mail. MALWARE is the reason why
    malware may pass; GUARD interrupts plugins that take too long. Raises ConfigError where there is no transport, and
    DeliveryError or OSError where it could not begin.
    """
    if chosen.transport is None:
        raise ConfigError("no transport: set deliver.qmail_queue or deliver.maildir")
    with acting(path, copy["id"]) as mine:
        if not mine:
            return Released(refused="somebody else is releasing or removing it")
        now, raw = content(path, copy)
        recipients, refused = _recipients(now, only)
        if refused:
            return Released(refused=refused)
        envelope = Envelope(sender=b64decode(now["sender"]), recipients=recipients)
        report = chosen.examine(raw, envelope, _client(now), guard=guard)
        refused = holding(now, report, malware)
        if refused:
            trouble = _noted(path, now, recipients, malware, f"stays held: {refused}")
            return Released(refused=refused, trouble=trouble)
        return _hand_over(chosen, path, now, raw, report, malware)


def _hand_over(chosen: Filter, path: str, copy: dict[str, Any], raw: bytes, report: Report, malware: str) -> Released:
    assert chosen.transport is not None  # noqa: S101 - `release` has looked
    before = mark_of(path, copy["id"])
    envelope = report.message.envelope
    begun = {"time": stamp(), **who(), "recipients": [_text(one) for one in envelope.recipients]}
    write_mark(path, copy["id"], Mark(handed=before.handed, begun=begun))
    try:
        code = chosen.transport.hand_over(raw, _released_head(report, raw, malware, chosen.setup.headers), envelope)
        said = f"the queue program ended with {code}"
    except DeliveryError as error:
        code, said = error.exit, str(error)
    unfinished = before.begun is not None
    if code != 0:
        # What an earlier release left open stays open.
        trouble = _marked(path, copy["id"], before)
        trouble = trouble or _noted(path, copy, envelope.recipients, malware, f"not queued: {said}")
        return Released(refused=said, unfinished=unfinished, trouble=trouble)
    handed = (*before.handed, *envelope.recipients)
    complete = {b64decode(one) for one in copy["recipients"]} <= set(handed)
    trouble = _marked(path, copy["id"], Mark(handed=handed, complete=complete))
    again = " (an earlier release did not end)" if unfinished else ""
    trouble = trouble or _noted(path, copy, envelope.recipients, malware, f"handed{again}")
    return Released(handed=envelope.recipients, unfinished=unfinished, trouble=trouble)


def _recipients(copy: dict[str, Any], only: tuple[bytes, ...]) -> tuple[tuple[bytes, ...], str]:
    """Return who is to get COPY, and why nobody can."""
    held = tuple(b64decode(one) for one in copy["held"])
    if not copy["recipients"]:
        return (), "it has no recipients"
    if not held:
        return (), "all its recipients have been given it"
    for one in only:
        if one not in held:
            has = one in map(b64decode, copy["handed"])
            return (), f"{_text(one)} {'has been given it' if has else 'is no recipient of it'}"
    return tuple(one for one in held if not only or one in only), ""


def holding(copy: dict[str, Any], report: Report, malware: str = "") -> str:
    """Say why COPY stays held, REPORT being what is found in it today; empty where nothing is against its release."""
    failures = [found for found in report.findings if found.kind is Kind.FAILURE]
    if failures:
        return f"it can't be checked now: {failures[0]} {failures[0].detail}".rstrip()
    if not any(about.engine for about in report.about):
        return "it can't be checked now: no engine looks for malware"
    then = [found["name"] for found in copy["report"]["findings"] if found["kind"] == str(Kind.MALWARE)]
    today = [found.name for found in report.findings if found.kind is Kind.MALWARE]
    if (then or today) and not malware:
        return f"malware {(today or then)[0]} {'is in it' if today else 'was found in it'}; that needs --malware REASON"
    silenced, votes = held_for(copy)
    for vote in report.verdicts:
        if vote.shadow or vote.action is Action.ACCEPT or not _concerns(vote, report):
            continue
        new = [found for found in vote.because if not _silenced(found, silenced)]
        if new or (not vote.because and (vote.source, vote.reason) not in votes):
            return f"{vote.action} because of {new[0] if new else vote.reason}, for which it was not held before"
    return ""


def held_for(copy: dict[str, Any]) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return what COPY is held for: kind and name of findings, and source and reason of votes that name no finding."""
    mine = {_text(b64decode(one)) for one in copy["recipients"]}
    findings, votes = set(), set()
    for vote in copy["report"]["verdicts"]:
        concerned = vote.get("recipients")
        if (
            vote.get("shadow")
            or vote["action"] not in HOLDING
            or not (concerned is None or mine.intersection(concerned))
        ):
            continue
        for found in vote.get("because") or ():
            findings.add((found["kind"], found["name"]))
        if not vote.get("because"):
            votes.add((vote["source"], vote["reason"]))
    return findings, votes


def _concerns(vote: Verdict, report: Report) -> bool:
    return vote.recipients is None or not set(vote.recipients).isdisjoint(report.message.envelope.recipients)


def _silenced(found: Finding, silenced: set[tuple[str, str]]) -> bool:
    return found.kind is Kind.MALWARE or (str(found.kind), found.name) in silenced


def _released_head(report: Report, raw: bytes, malware: str, legacy: LegacyHeaders | None) -> Head:
    """Put one more field of ours on top; a sender's copies of it are renamed, so it can be believed."""
    ours = head(report, raw, legacy)
    newline = b"\r\n" if raw[: raw.find(b"\n") + 1].endswith(b"\r\n") else b"\n"
    text = f" released by {who()['user']} at {stamp()}{f'; malware: {malware}' if malware else ''}"
    line = printable(text).encode("ascii", "backslashreplace")[:LONGEST_LINE]
    return Head(lines=OUR_FIELD + b":" + line + newline + ours.lines, offset=ours.offset)


def _client(copy: dict[str, Any]) -> Client:
    ip, host, user = (str(copy["client"].get(key, "")) for key in ("ip", "host", "user"))
    return Client(ip=ip, host=host, user=user)


def _marked(path: str, name: str, mark: Mark) -> str:
    """Write MARK; return why that went wrong."""
    try:
        write_mark(path, name, mark)
    except (OSError, DeliveryError) as error:
        return f"can't record it, so it still looks unfinished: {error}"
    return ""


def _noted(path: str, copy: dict[str, Any], recipients: tuple[bytes, ...], malware: str, result: str) -> str:
    """Write the line of the log; return why that went wrong."""
    told = {"id": copy["id"], "box": copy["box"], "recipients": [_text(one) for one in recipients]}
    try:
        note(path, "release", **told, reason=copy["reason"], malware=malware, result=result)
    except OSError as error:
        return f"can't write the log: {error}"
    return ""


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "backslashreplace")
