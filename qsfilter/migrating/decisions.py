"""What becomes of mail: the old settings on viruses, malformed MIME, encrypted archives and bounds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.migrating.fates import became, built_in, nothing
from qsfilter.setting_up.toml_text import Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.migrating.fates import Fate
    from qsfilter.migrating.old_settings import OldSettings

KEPT_AND_REFUSED = {"action": "reject", "keep": True}
LIMITS = {"max-zip-size": "unpacked_bytes", "max-unpacked-files": "members", "max-scan-size": "message_bytes"}
MOST_SECONDS = 540
"""An SMTP client waits for 10 minutes (RFC 5321, 4.5.3.2.6)."""
OLD_MAXTIME = "1200"
NONE = ("", "0", "no", "none")
ALWAYS = {
    "skip-text-msgs": "every message is scanned, with and without attachments",
    "normalize": "every part is read in each way that mail programs do, and scanned decoded",
    "unzip": "archives are always opened, to their last member",
    "mime-unpacker": "the reader is our own",
}


def fates(old: OldSettings) -> Iterator[Fate]:
    """Yield what becomes of each setting about decisions, with the actions that the original had."""
    yield from _viruses(old)
    yield from _mime(old)
    yield from _encrypted(old)
    yield from _limits(old)
    for option, text in ALWAYS.items():
        if said := old.get(option):
            yield built_in(said, text)


def _viruses(old: OldSettings) -> Iterator[Fate]:
    """Yield the actions; the original kept what it blocked, and answered that all is well."""
    delete, reject = old.get("virus-to-delete"), old.get("quarantine-reject")
    refused = reject is not None and reject.is_yes
    action = KEPT_AND_REFUSED if refused else "quarantine"
    if refused:
        text = "what is blocked is refused, and a copy is kept"
    else:
        text = 'what is blocked is kept, and the sender is not told; better: { action = "reject", keep = true }'
    policy = Setting("actions", "policy", action, text)
    malware = Setting("actions", "malware", action, text)
    if delete is None or delete.text.strip().lower() in NONE:
        yield became(reject or "what is blocked", text, malware, policy)
    elif delete.is_yes:
        text = "viruses are discarded, and no copy is kept"
        yield became(delete, text, Setting("actions", "malware", "discard", f"{delete}: {text}"))
        yield became(reject or "what is blocked by a rule", policy.why, policy)
    elif not delete.items:
        yield nothing(delete, "names no virus, so all are kept", malware, policy)
    else:
        names = [f"*{name}*" for name in delete.items]
        text = "viruses with these names are discarded; upper and lower case count"
        rule = (
            Setting("[policy]", "match", {"kind": "malware", "name": names}, f"{delete}: {text}"),
            Setting("[policy]", "action", "discard"),
        )
        yield became(reject or "what is blocked", malware.why, malware, policy)
        yield became(delete, text, *rule)
    if delete is not None and delete.text.strip().lower() in NONE:
        yield built_in(delete, "viruses are kept")
    if reject is not None and not refused:
        yield built_in(reject, "what is blocked is kept, and not refused")


def _mime(old: OldSettings) -> Iterator[Fate]:
    level, ends = old.get("fix-mime"), old.get("ignore-eol-check")
    off = level is not None and level.text.strip().lower() in NONE
    if off:
        text = "mail that programs read differently is accepted; it is scanned in each reading all the same"
        yield became(level or "", text, Setting("actions", "ambiguous", "accept", f"{level}: {text}"))
        if ends is not None:
            yield built_in(ends, f"{level} switches all of these checks off")
        return
    text = (
        "mail that programs read differently is kept; never rewritten, whatever the level; codes are named one by one"
    )
    said = f"{level}: " if level else ""
    ambiguous = Setting("actions", "ambiguous", "quarantine", said + text)
    yield became(level or "malformed MIME", text, ambiguous)
    if ends is not None and ends.is_yes:
        text = "NUL and CR in a header that change what a reader gets are accepted"
        codes = ("nul", "bare-cr")
        yield became(ends, text, *(Setting("actions", f"ambiguous.{code}", "accept", f"{ends}") for code in codes))
    elif ends is not None:
        yield built_in(ends, "NUL and CR in a header count where they change what a reader gets, and not elsewhere")


def _encrypted(old: OldSettings) -> Iterator[Fate]:
    said = old.get("block-password-protected")
    if said is None:
        return
    action = "quarantine" if said.is_yes else "accept"
    text = "encrypted archives of any kind, not zip alone"
    yield became(said, text, Setting("actions", "unscannable.encrypted", action, f"{said}: {text}"))


def _limits(old: OldSettings) -> Iterator[Fate]:
    over = Setting("actions", "unscannable.over-limit", "quarantine", "what is over a limit was kept")
    yield became("mail over a limit", over.why, over)
    for option, key in LIMITS.items():
        said = old.get(option)
        if said is None:
            continue
        text = said.text.strip()
        if not re.fullmatch(r"0*[1-9][0-9]{0,14}", text):
            yield nothing(said, f"{text!r} is no number; limits.{key} has its default")
        elif option == "max-scan-size":
            why = "what is larger was passed unscanned; now it is unscannable.over-limit, see [actions]"
            yield became(said, why, Setting("limits", key, int(text), f"{said}: {why}"))
        else:
            yield became(said, "of one message", Setting("limits", key, int(text), str(said)))
    time = old.get("max-time")
    if time is None:
        return
    if time.text == OLD_MAXTIME:
        yield built_in(time, "240 seconds, our default: SMTP clients do not wait for 20 minutes")
    elif re.fullmatch(r"[1-9][0-9]{0,8}", time.text) and int(time.text) <= MOST_SECONDS:
        yield became(time, "seconds for one message", Setting("limits", "seconds", int(time.text), str(time)))
    else:
        yield nothing(time, f"limits.seconds stays at 240: SMTP clients wait for 10 minutes; set up to {MOST_SECONDS}")
