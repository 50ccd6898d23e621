"""Which scanners look at mail: the list of the old script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.migrating.fates import became, built_in, nothing
from qsfilter.setting_up.toml_text import Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.migrating.fates import Fate
    from qsfilter.migrating.old_settings import OldSettings

CLAMAV = frozenset({"clamscan", "clamdscan", "clamuko", "clamd", "clamav"})
SPAM = ("verbose_spamassassin", "fast_spamassassin", "spamassassin", "sa")
OWN = frozenset({"perlscan", "perlscanner", "perl", "ps", "none"})
CLAMD = "unix:/run/clamav/clamd.ctl"
INSTEAD = "scan by clamd, or write a plugin with a hook `scan`"


def names(old: OldSettings) -> list[str]:
    """Return the scanners in their order, as configure knows them, without `_scanner` and a subject tag."""
    said = old.get("scanners")
    found = [item.lower().partition("=")[0].strip() for item in said.items] if said else []
    return list(dict.fromkeys(name.removesuffix("_scanner") for name in found))


def fates(old: OldSettings) -> Iterator[Fate]:
    """Yield what becomes of each scanner, and of how often contents are scanned."""
    said = old.get("scanners")
    found = names(old)
    redundant = old.get("redundant")
    clamav = any(name in CLAMAV or name == "auto" for name in found)
    if said is not None and not found:
        yield built_in(said, "names and header rules alone; no engine looks for malware")
    if clamav and said is not None:
        used = [name for name in found if name in CLAMAV or name == "auto"]
        text = "clamd is asked; `qsfilter init` finds where it listens"
        if "auto" in used:
            text += "; auto was whatever was installed, so look whether there was another one"
        yield became(
            f"{said.source}: {', '.join(used)}",
            text,
            Setting("plugins.clamav", "servers", [CLAMD], f"{said}: {text}"),
            Setting("plugins.clamav", "on_error", "defer", "As before: mail waits while no scanner answers."),
        )
    source = said.source if said is not None else ""
    for name in found:
        if name in OWN:
            yield built_in(f"{source}: {name}", "the plugins attachments and headers")
        elif name == "mhr":
            yield nothing(f"{source}: mhr", "the example plugin hash-registry asks one; see examples/plugins")
        elif name not in CLAMAV and name not in SPAM and name != "auto":
            yield nothing(f"{source}: {name}", f"there is no client for it; {INSTEAD}")
    if redundant is None:
        return
    if clamav and redundant.is_yes:
        why = "the message and its archives go to clamd as well as what is in them"
        scan = Setting("plugins.clamav", "scan", "leaves+raw", f"{redundant}: {why}")
        yield became(redundant, why, scan, Setting("plugins.clamav", "members", "all"))
    else:
        yield built_in(redundant, "archives and members are given to clamd as its plugin says")
