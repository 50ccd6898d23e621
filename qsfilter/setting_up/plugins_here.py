"""Looks which plugins are installed, and whether what they stand on (libraries, their data) can be loaded."""

from __future__ import annotations

from qsfilter.discovery import installed, plugin_class
from qsfilter.errors import QsfilterError, text_of
from qsfilter.options import make
from qsfilter.setting_up.seen import Seen, absent

READY = {
    "attachments": "file names",
    "headers": "header rules, by RE2",
    "libarchive": "7z, RAR, CAB and more, by libarchive",
    "macros": "Office documents",
    "magic": "true types, by libmagic",
    "pdf": "files in PDF documents",
    "tnef": "winmail.dat, by tnefparse",
    "yara": "YARA rules, by yara-x",
}
"""Plugins that work as they are → what for; each is started to see whether it does."""
CHOSEN = {
    "clamav": "a client of clamd",
    "spamassassin": "a client of spamd",
    "silent": "viruses that forge their sender",
    "notify": "notices",
    "copyto": "copies of spam",
    "archive": "a copy of all mail",
    "legacylog": "Qmail-Scanner's logs",
}
"""Plugins that need a server, or a choice of the site."""


def plugin(name: str) -> Seen:
    """Look for the plugin NAME; those in READY are started, which loads libraries and asks no server."""
    what = f"plugin {name}"
    if name not in installed():
        return absent(what, f"pip install qsfilter-{name}")
    try:
        cls = plugin_class(name, name)
        if name in READY:
            made = make(cls, {}, name)
            if hasattr(made, "start"):
                made.start()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may fail in any way
        return absent(what, text_of(error) if isinstance(error, QsfilterError) else f"{type(error).__name__}: {error}")
    return Seen(what=what, value=(name,), detail=(READY | CHOSEN)[name])
