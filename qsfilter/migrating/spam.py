"""What becomes of spam: SpamAssassin among the scanners, and the thresholds of the st patch."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.migrating.fates import became, built_in, nothing
from qsfilter.migrating.scanners import SPAM, names
from qsfilter.setting_up.toml_text import Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.migrating.fates import Fate
    from qsfilter.migrating.old_settings import OldSettings

TABLE = "plugins.spamassassin"
SPAMD = "tcp:127.0.0.1:783"
PORT = "783"
MOST_POINTS = 100_000
LARGEST = 1 << 28
USUAL_TIMEOUT = 60
"""Seconds that the core gives a plugin."""
LONGEST_SECONDS = 3600
POINTS = {"sa-quarantine": "quarantine", "sa-delete": "discard", "sa-delta": "tag"}
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?|\.[0-9]{1,6}")
_SERVER = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?:[,:]([0-9]{1,5}))?")
_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+=-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,9}")
NOT_NEEDED = {
    "sa-alt": "header fields are added from the score, so mail never comes back from spamd",
    "sa-debug": "the rules that fired stand in the X-Spam fields, the log and `qsfilter explain`",
    "sa-reject": "what is above sa-delete is discarded, as before",
}


def fates(old: OldSettings) -> Iterator[Fate]:
    """Yield what becomes of each setting about spam."""
    said = old.get("scanners")
    used = [name for name in names(old) if name in SPAM]
    if not used or said is None:
        for option, one in old.settings.items():
            if option.startswith("sa-"):
                yield built_in(one, "SpamAssassin was not among the scanners, so this did nothing")
        return
    text = "spamd is asked; mail goes on without a score where it does not answer, as before"
    yield became(
        f"{said.source}: {', '.join(used)}",
        text,
        *_servers(old),
        Setting(TABLE, "on_error", "accept", "Mail goes on without a score, as before."),
        Setting(TABLE, "user_per_recipient", True, "As spamc -u: the settings of the recipient, where there is one."),
    )
    for option in ("sa-socket", "sa-remote"):
        if address := old.get(option):
            known = any(server.why == str(address) for server in _servers(old))
            text = f"{TABLE}.servers"
            yield became(address, text) if known else nothing(address, f"is not used; set {text} if it should be")
    if "verbose_spamassassin" in used:
        yield built_in("verbose_spamassassin", "header fields are added; the message that spamd rewrites is not taken")
    yield from _thresholds(old)
    yield from _marks(old)
    yield from _bounds(old)
    yield from _copies(old)


def _servers(old: OldSettings) -> list[Setting]:
    """Return the one setting that names spamd, its comment being the old setting that it comes from."""
    path, remote = old.get("sa-socket"), old.get("sa-remote")
    if path is not None and path.text.startswith("/"):
        return [Setting(TABLE, "servers", [f"unix:{path.text}"], str(path))]
    found = _SERVER.fullmatch(remote.text.strip()) if remote is not None else None
    if found and 0 < int(found[2] or PORT) < 1 << 16:
        return [Setting(TABLE, "servers", [f"tcp:{found[1]}:{found[2] or PORT}"], str(remote))]
    return [Setting(TABLE, "servers", [SPAMD])]


def _thresholds(old: OldSettings) -> Iterator[Fate]:
    reject = old.get("sa-reject")
    for option, key in POINTS.items():
        said = old.get(option)
        if said is None:
            continue
        text = said.text.strip()
        if not _NUMBER.fullmatch(text) or float(text) > MOST_POINTS:
            if text.lower() in {"no", "none"}:
                yield built_in(said, "never")
            else:
                yield nothing(said, f"{text!r} is no number of points above the required score; set {TABLE}.{key}")
            continue
        chosen = "reject" if option == "sa-delete" and reject is not None and reject.is_yes else key
        told = f"points above the required score; {reject}" if chosen == "reject" else "points above the required score"
        if old.version.startswith("1.1"):
            told += "; early patches meant the score itself, so subtract the required one"
        yield became(said, told, Setting(TABLE, chosen, float(text), f"{said}: {told}"))
    if reject is not None and not (reject.is_yes and old.get("sa-delete")):
        yield built_in(reject, NOT_NEEDED["sa-reject"])


def _marks(old: OldSettings) -> Iterator[Fate]:
    """Yield the subject tag, which stands in an option of its own or behind the scanner's name, and the report."""
    scanners, said = old.get("scanners"), old.get("sa-subject")
    behind = next((item for item in scanners.items if "spamassassin" in item and "=" in item), "") if scanners else ""
    source, tag = (said, said.text) if said else (behind, behind.partition("=")[2])
    if source:
        if tag.strip().lower() in {"", "none"}:
            yield built_in(source, "no tag")
        elif tag.isascii() and tag.isprintable():
            yield became(source, "put before the subject", Setting(TABLE, "subject_tag", tag.strip(), str(source)))
        else:
            yield nothing(source, f"a tag is printable ASCII; set {TABLE}.subject_tag")
    if report := old.get("sa-report"):
        if report.is_yes:
            yield became(report, "X-Spam-Report", Setting(TABLE, "rule_points", True, f"{report}: X-Spam-Report"))
        else:
            yield built_in(report, "no X-Spam-Report")
    for option in ("sa-alt", "sa-debug"):
        if one := old.get(option):
            yield built_in(one, NOT_NEEDED[option])


def _bounds(old: OldSettings) -> Iterator[Fate]:
    size, seconds = old.get("sa-maxsize"), old.get("sa-timeout")
    if size is not None:
        if re.fullmatch(r"[1-9][0-9]{0,8}", size.text) and int(size.text) <= LARGEST:
            yield became(size, "larger mail is not scored", Setting(TABLE, "max_bytes", int(size.text), str(size)))
        else:
            yield nothing(size, f"takes bytes from 1 to {LARGEST}; {TABLE}.max_bytes has its default, 512000")
    if seconds is not None:
        if re.fullmatch(r"[1-9][0-9]{0,3}", seconds.text) and int(seconds.text) <= LONGEST_SECONDS:
            more = int(seconds.text) + 10
            limit = [Setting(TABLE, "timeout", more, "Above `seconds`.")] if more > USUAL_TIMEOUT else []
            yield became(seconds, "for one message", Setting(TABLE, "seconds", int(seconds.text), str(seconds)), *limit)
        else:
            yield nothing(seconds, f"takes seconds up to {LONGEST_SECONDS}; {TABLE}.seconds has its default, 30")


def _copies(old: OldSettings) -> Iterator[Fate]:
    to, verbose = old.get("sa-forward"), old.get("sa-fwd-verbose")
    if to is not None:
        if all(_ADDRESS.fullmatch(item) for item in to.items) and to.items:
            settings = (
                Setting("plugins.copyto", "to", list(to.items), str(to)),
                Setting("plugins.copyto", "kinds", ["spam"]),
            )
            yield became(to, "a copy of spam that is kept from its recipients", *settings)
        else:
            yield nothing(to, "is no address; set plugins.copyto.to")
    if verbose is not None:
        if verbose.is_yes:
            text = "a copy has no report in it; the quarantine's record and X-Spam-Report have one"
            yield nothing(verbose, text)
        else:
            yield built_in(verbose, "a copy has no report in it")
