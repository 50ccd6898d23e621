"""What is written down: the archive, logs, and header fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.errors import ConfigError
from qsfilter.migrating.fates import became, built_in, nothing
from qsfilter.setting_up.proposal import SPOOL
from qsfilter.setting_up.toml_text import Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.migrating.fates import Fate
    from qsfilter.migrating.old_settings import OldSettings

NONE = ("", "no", "0", "none")
DESCRIPTIVE = {"no": "no", "0": "no", "yes": "yes", "1": "yes", "all": "all", "2": "all"}
USUAL_PREFIX = "X-Qmail-Scanner"


def fates(old: OldSettings) -> Iterator[Fate]:
    """Yield what becomes of each setting about archive, logs and header fields."""
    yield from _archive(old)
    yield from _logs(old)
    yield from _headers(old)
    if debug := old.get("debug"):
        yield built_in(
            debug, "one line a message is always logged; `qsfilter explain` shows every step for a saved one"
        )


def _archive(old: OldSettings) -> Iterator[Fate]:
    said = old.get("archive")
    if said is None:
        return
    text = said.text.strip()
    if text.lower() in NONE:
        yield built_in(said, "no archive")
        return
    told = "the copy is as received, and its envelope beside it and not at its end"
    match = "all" if said.is_yes else text
    settings = (
        Setting("plugins.archive", "path", f"{SPOOL}/archive", f"{said}: {told}"),
        Setting("plugins.archive", "match", match),
    )
    if match != "all" and (why := _refused(match)):
        why = f"{why}; write it in RE2's syntax as plugins.archive.match"
        yield nothing(said, why, *(Setting(one.table, one.key, one.value, one.why, on=False) for one in settings))
    else:
        yield became(said, told, *settings)


def _refused(pattern: str) -> str:
    """Return why the plugin does not take PATTERN, which was written for Perl; where it is not here, nobody can say."""
    from qsfilter.discovery import installed, plugin_class  # noqa: PLC0415 - few scripts have a pattern
    from qsfilter.options import make  # noqa: PLC0415 - as above

    if "archive" not in installed():
        return ""
    try:
        make(plugin_class("archive", "archive"), {"path": f"{SPOOL}/archive", "match": pattern}, "archive").start()
    except (ConfigError, ImportError) as error:
        return str(error)
    return ""


def _logs(old: OldSettings) -> Iterator[Fate]:
    table, said, crypto = "plugins.legacylog", old.get("log-details"), old.get("log-crypto")
    folder = found.text.rstrip("/") if (found := old.get("logdir")) else old.spool
    kept = Setting(table, "quarantine_log", f"{SPOOL}/quarantine.log", f"In the place of {folder}/quarantine.log.")
    yield became("quarantine.log", f"{SPOOL}/quarantine.log; let report scripts read it there", kept)
    if found:
        yield became(found, f"the logs are in {SPOOL} now, which is the filter's")
    if said is not None:
        if said.text.strip().lower() == "syslog":
            yield became(said, "the same lines", Setting(table, "syslog", True, str(said)))
        elif said.text.strip().lower() in NONE:
            yield built_in(said, "no mailstats.csv")
        else:
            path = f"{SPOOL}/mailstats.csv"
            yield became(said, f"{path}, in the same columns", Setting(table, "mailstats", path, str(said)))
    if crypto is not None:
        if crypto.is_yes:
            text = "what is encrypted is noted, and stands in the status word"
            yield became(crypto, text, Setting("plugins.headers", "note_crypto", True, f"{crypto}: {text}"))
        else:
            yield built_in(crypto, "nothing is noted")


def _headers(old: OldSettings) -> Iterator[Fate]:
    form = "diagnostics" if re.match(r"2\.1\d", old.version) else "received"
    text = f'as {old.version or "the old script"} wrote it, beside our own X-QSFilter field; or "no"'
    yield became("the header line", text, Setting("headers", "legacy", form, text))
    said, prefix = old.get("add-dscr-hdrs"), old.get("dscr-hdrs-text")
    if said is not None:
        word = DESCRIPTIVE.get(said.text.strip().lower())
        if word is None:
            yield nothing(said, f"takes {', '.join(DESCRIPTIVE)}; set headers.descriptive")
        else:
            told = "fields with the sender" + (", and with all recipients, Bcc among them" if word == "all" else "")
            told = told if word != "no" else "no further fields"
            yield became(said, told, Setting("headers", "descriptive", word, f"{said}: {told}"))
    if prefix is not None:
        name = prefix.text.strip().rstrip(":")
        if re.fullmatch(r"X-[A-Za-z0-9-]{1,60}", name):
            yield became(prefix, "how these fields begin", Setting("headers", "prefix", name, str(prefix)))
        else:
            yield nothing(prefix, f"is no name of a field that begins with X-; it stays {USUAL_PREFIX}")
