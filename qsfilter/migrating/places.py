"""Where things are: the queue program, the rule files of the old spool, users and installation."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from qsfilter import legacy
from qsfilter.actions import DEFAULT_ACTIONS
from qsfilter.discovery import installed, plugin_class
from qsfilter.errors import ConfigError
from qsfilter.migrating.fates import became, built_in, nothing
from qsfilter.migrating.scanners import SPAM, names
from qsfilter.options import make
from qsfilter.setting_up.proposal import QUEUE, SPOOL
from qsfilter.setting_up.toml_text import Setting
from qsfilter.settings_per_domain import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.migrating.fates import Fate
    from qsfilter.migrating.old_settings import OldSettings

RULE_FILES = ("quarantine-attachments.txt", "quarantine-events.txt")
PER_DOMAIN = "settings_per_domain.txt"
BOXES = {"virusdir": "viruses", "policydir": "policy", "spamdir": "spam"}
INSTALLATION = {
    "qs-user": "the filter runs as its caller, or the service as the user qsfilter; no set-uid program is needed",
    "qs-group": "as qs-user",
    "bindir": "qsfilter-queue can be linked under the old name",
    "install": "pip installs",
    "batch": "`qsfilter init --yes` asks nothing",
    "no-QQ-check": "`qsfilter selftest` is run by hand",
    "skip-setuid-test": "no set-uid program is needed",
    "setuidgid-path": "`setuidgid USER qsfilter check` shows what a user may do",
    "virtual-headers": "all of them are known",
}


def fates(old: OldSettings) -> Iterator[Fate]:
    """Yield what becomes of each setting about places; the old rule files are read to see whether they can be."""
    home, queue = old.get("qmaildir"), old.get("qmail-queue-binary")
    path = queue.text if queue else f"{home.text.rstrip('/')}/bin/qmail-queue" if home else QUEUE
    if not os.path.isabs(path):
        yield nothing(
            queue or home or path,
            "is no absolute path; set deliver.qmail_queue",
            Setting("deliver", "qmail_queue", QUEUE, on=False),
        )
    else:
        setting = Setting("deliver", "qmail_queue", path, str(queue or home or ""))
        yield became(queue or home or "the queue program", path, setting)
    if queue and home:
        yield built_in(home, f"the queue program is named by {queue.source}")
    yield became(
        "quarantine",
        f"a new one; {old.spool}/quarantine stays as it is",
        Setting("quarantine", "path", f"{SPOOL}/quarantine"),
    )
    if spool := old.get("spooldir"):
        if spool.text.startswith("/"):
            yield became(spool, "rule files are read there; nothing is written there any more")
        else:
            yield nothing(spool, f"is no absolute path; rule files are looked for in {old.spool}")
    yield from _rules(old)
    opened = [Setting(f"plugins.{name}", why="What is in these is looked at, too.") for name in ("tnef", "libarchive")]
    yield became("tnef and unzip", "what these and scanners opened is opened here", *opened)
    yield from _per_domain(old)
    for option, box in BOXES.items():
        if said := old.get(option):
            same = said.text.strip("/ ") == box
            yield built_in(said, "the same name") if same else nothing(said, f"is always called {box}")
    for option, text in INSTALLATION.items():
        if said := old.get(option):
            yield built_in(said, text)


def _rules(old: OldSettings) -> Iterator[Fate]:
    """Yield the rule files that are there; a line that can't be read leaves them on, so that `check` names it, too."""
    paths = [f"{old.spool}/{name}" for name in RULE_FILES]
    paths = [path for path in paths if os.path.isfile(path)]
    base = [
        Setting("plugins.attachments", "defaults", False, "Only what stands in the rule file is blocked, as before."),
        Setting("plugins.attachments", "double_extensions", True, "As the checks of malformed MIME did."),
    ]
    if not paths:
        yield nothing(
            f"rule files in {old.spool}",
            f"there is none of {' and '.join(RULE_FILES)}; the default list of extensions is blocked",
            Setting("plugins.attachments"),
            Setting("plugins.headers"),
        )
        return
    both = [
        Setting(f"plugins.{name}", "legacy", paths, "The old rules, as they are.")
        for name in ("attachments", "headers")
    ]
    yield became(", ".join(paths), "read as they are, with no -g step", *base, *both)
    for line in _bad_lines(paths):
        yield nothing("a rule", f"{line}; until it is mended, mail waits")


def _bad_lines(paths: list[str]) -> list[str]:
    """Return what is wrong with the rules in PATHS; patterns are tried where the plugin for them is here."""
    try:
        legacy.read(paths)
        if "headers" in installed():
            make(plugin_class("headers", "headers"), {"legacy": paths}, "headers").start()
    except (ConfigError, ImportError) as error:
        return str(error).splitlines()
    return []


def _per_domain(old: OldSettings) -> Iterator[Fate]:
    said, path = old.get("settings-per-domain"), f"{old.spool}/{PER_DOMAIN}"
    if said is None:
        return
    if not said.is_yes:
        yield built_in(said, "the same settings for everybody")
        return
    try:
        read_settings(path, DEFAULT_ACTIONS)
    except ConfigError as error:
        off = Setting("", "settings_per_domain", path, f"{said}: its file can't be read as it is.", on=False)
        for number, line in enumerate(str(error).splitlines()):
            yield nothing(said, f"{line}; mend it and set settings_per_domain", *([] if number else [off]))
        return
    setting = Setting("", "settings_per_domain", path, str(said))
    spam = [Setting("plugins.spamassassin", "settings_per_domain", path, f"{said}: its thresholds.")]
    yield became(said, f"{path}, as it is", setting, *(spam if set(names(old)) & set(SPAM) else ()))
