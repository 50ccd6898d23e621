"""Says what becomes of every setting of an old script, and writes the configuration that comes of it.

Guarantees: each setting that the script names is in the list, whatever becomes of it; what is written names only
plugins that are installed and options that they have, the rest being comments.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from qsfilter.config import RESERVED
from qsfilter.discovery import installed, plugin_class
from qsfilter.errors import ConfigError
from qsfilter.migrating import decisions, places, records, scanners, spam, telling
from qsfilter.migrating.fates import NOTHING, nothing
from qsfilter.setting_up.proposal import ABOUT
from qsfilter.setting_up.toml_text import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qsfilter.migrating.fates import Fate
    from qsfilter.migrating.old_settings import OldSettings
    from qsfilter.setting_up.toml_text import Setting

SUBJECTS = (places, decisions, scanners, spam, telling, records)
ORDER = ("", "deliver", "quarantine", "actions", "[policy]", "limits", "headers")
"""Tables in front; those of plugins follow."""


def fates(old: OldSettings) -> list[Fate]:
    """Return what becomes of each setting of OLD."""
    found = [fate for subject in SUBJECTS for fate in subject.fates(old)]
    found += [nothing(one, "is no option of any version that is known") for one in old.unknown]
    options = _options({setting.table for fate in found for setting in fate.settings})
    fitted: list[Fate] = []
    missing: dict[str, Fate] = {}
    for fate in found:
        settings = []
        for setting in fate.settings:
            why = _why_not(setting, options)
            settings.append(replace(setting, on=False, why=f"{setting.why} ({why})".strip()) if why else setting)
            if why and setting.on:
                missing.setdefault(why, nothing(fate.old, why))
        fitted.append(replace(fate, settings=tuple(settings)))
    return [*fitted, *missing.values()]


def configuration(found: Iterable[Fate], where: str) -> str:
    """Return the text of the configuration for the fates FOUND of the script WHERE."""
    found = list(found)
    settings = [setting for fate in found for setting in fate.settings]
    # A stable sort: what is not in the order keeps its own, behind everything that is.
    settings.sort(key=lambda setting: ORDER.index(setting.table) if setting.table in ORDER else len(ORDER))
    head = f"""\
Written by qsfilter migrate from {where}. Beside each key stands the old setting that it comes from.
`qsfilter check` says what is wrong with this file; at its end is what has no equivalent."""
    lost = [f"- {fate.old}: {fate.text}" for fate in found if fate.what == NOTHING]
    tail = "\n".join(["What has no equivalent, and what to do instead:", *lost]) if lost else ""
    return written(settings, ABOUT, head, tail)


def _options(tables: Iterable[str]) -> dict[str, frozenset[str] | str]:
    """Return the options of the plugin of each of TABLES that is one's, or why there is none here."""
    here = installed()
    found: dict[str, frozenset[str] | str] = {}
    for table in tables:
        name = table.removeprefix("plugins.")
        if name == table:
            continue
        try:
            cls = plugin_class(name, name) if name in here else None
        except ConfigError as error:
            found[table] = str(error)
            continue
        if cls is None:
            found[table] = f"the plugin {name} is not installed: pip install qsfilter-{name}"
        else:
            found[table] = frozenset(RESERVED) | {field.name for field in fields(cls) if field.init}
    return found


def _why_not(setting: Setting, options: Mapping[str, frozenset[str] | str]) -> str:
    """Return why SETTING can't be in a configuration here; empty where it can."""
    known = options.get(setting.table)
    if isinstance(known, str):
        return known
    if known is not None and setting.key and setting.key not in known:
        return f"{setting.table} as it is installed has no option {setting.key}"
    return ""
