"""Reads what `settings_per_domain.txt` of the st patch says about SpamAssassin: thresholds and tag for each recipient.

Guarantees: nothing but ConfigError is raised, and it names file and line; a field that is empty is the site's; whoever
does not want the scanner `sa` has neither thresholds nor a tag; what there is nothing for here is named, not dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter import Action, ConfigError, Kind, Problem
from qsfilter.settings_per_domain import read_lines
from qsfilter_spamassassin.thresholds import MOST_POINTS, Thresholds, Wishes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qsfilter.settings_per_domain import Setting

YES = frozenset({"1", "yes"})
NO = frozenset({"0", "no"})
NO_TAG = "none"
NOT_HERE = {
    "forward": "the plugin copyto sends a copy of spam to an address",
    "fwd_verbose": "the copy is the message as it was received; its X-Spam fields tell the score",
    "hdr_report": "rule_points adds X-Spam-Report for everybody",
    "maildir": "spam is in the quarantine: qsfilter quarantine list --box spam",
}
"""Field → what there is in its place."""


def read(path: str, usual: Wishes) -> dict[str, Wishes]:
    """Read the file at PATH: address or domain → what it says, over what is USUAL. Raises ConfigError."""
    found: dict[str, Wishes] = {}
    for setting in read_lines(path):
        try:
            found[setting.who] = _wishes(setting, usual)
        except ConfigError as error:
            raise ConfigError(f"{path}: line {setting.line}: {error}") from error
    return found


def problems(path: str) -> Iterator[Problem]:
    """Yield what the file at PATH asks for that can't be had. Raises ConfigError."""
    for setting in read_lines(path):
        for name, instead in NOT_HERE.items():
            value = setting.spam.get(name, "")
            if value and value.lower() not in NO and Kind.SPAM in setting.wanted:
                text = f"{path}: line {setting.line}: {_label(name)} is not followed, for {setting.who}"
                yield Problem(text=text, mend=instead, fatal=False)


def _wishes(setting: Setting, usual: Wishes) -> Wishes:
    if Kind.SPAM not in setting.wanted:
        return Wishes(Thresholds(()))
    spam = setting.spam
    site = {action: points for points, action in usual.thresholds.points}
    discard, reject = site[Action.DISCARD], site[Action.REJECT]
    if "delete" in spam or "reject" in spam:
        points = _points(spam, "delete", discard or reject)
        refused = _flag(spam, "reject", usual=bool(reject and not discard))
        discard, reject = (0.0, points) if refused else (points, 0.0)
    quarantine = _points(spam, "quarantine", site[Action.QUARANTINE])
    subject = spam.get("subject", usual.subject_tag)
    if not (subject + "x").isprintable() or not subject.isascii():
        raise ConfigError("sa_subject: takes printable ASCII")
    return Wishes(
        Thresholds(((discard, Action.DISCARD), (quarantine, Action.QUARANTINE), (reject, Action.REJECT))),
        "" if subject.lower() == NO_TAG else subject,
        _points(spam, "delta", usual.tag),
    )


def _points(spam: Mapping[str, str], key: str, usual: float) -> float:
    text = spam.get(key)
    if text is None:
        return usual
    try:
        points = float(text)
    except ValueError:
        points = -1.0
    if not 0 <= points <= MOST_POINTS:
        raise ConfigError(f"{_label(key)}: takes a number of points from 0 to {MOST_POINTS:g}, not {text!r}")
    return points


def _flag(spam: Mapping[str, str], key: str, *, usual: bool) -> bool:
    text = spam.get(key)
    if text is None:
        return usual
    if text.lower() not in YES | NO:
        raise ConfigError(f"{_label(key)}: takes 1 or 0, not {text!r}")
    return text.lower() in YES


def _label(name: str) -> str:
    """Return NAME as the patch had it."""
    return "spam-maildir" if name == "maildir" else f"sa_{name}"
