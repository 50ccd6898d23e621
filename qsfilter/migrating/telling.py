"""Who is told what: notices, silent viruses, and their language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.migrating.fates import became, built_in, nothing
from qsfilter.setting_up.toml_text import Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.migrating.fates import Fate
    from qsfilter.migrating.old_settings import OldSettings

TABLE = "plugins.notify"
TOKENS = ("none", "sender", "recips", "precips", "psender", "admin", "nmladm", "nmlvadm", "all")
LANGUAGES = ("en", "de")
LONGEST_NAME = 100
OLD_ADMIN = "root"
DEFAULT_1, DEFAULT_2 = ("psender", "admin"), ("psender", "nmlvadm")
"""What configure chose by itself, in versions 1 and 2."""
LONGEST_ADDRESS = 254
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"(?!-){_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_DOMAIN = re.compile(r"\.?[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def fates(old: OldSettings) -> Iterator[Fate]:
    """Yield what becomes of each setting about notices."""
    yield from _silent(old)
    admin, domain, also = old.get("admin"), old.get("domain"), old.get("quarantine-cc")
    address = _address(old)
    if not address:
        for option in ("admin", "domain", "admin-description", "notify", "local-domains", "lang", "quarantine-cc"):
            if said := old.get(option):
                why = "notices need an admin with a domain; set plugins.notify.admin"
                yield (
                    nothing(said, why, Setting(TABLE, "admin", "postmaster@example.com", str(said), on=False))
                    if (option == "admin")
                    else nothing(said, why)
                )
        return
    yield became(
        admin or domain or "",
        "who gets notices, and whose name they bear",
        Setting(TABLE, "admin", address, str(admin)),
    )
    if domain is not None and admin is not None:
        yield built_in(domain, f"stands in {address}")
    if also is not None and also.text.strip().lower() not in {"", address.lower()}:
        yield nothing(also, f"there is one address for the admin; let {address} be an alias for both")
    if name := old.get("admin-description"):
        text = name.text.strip()
        if text and text.isprintable() and len(text) <= LONGEST_NAME:
            yield became(name, "the name before the address", Setting(TABLE, "admin_description", text, str(name)))
        else:
            yield nothing(
                name, f"takes up to {LONGEST_NAME} characters that print; set plugins.notify.admin_description"
            )
    yield from _tokens(old)
    yield from _domains(old)
    if lang := old.get("lang"):
        short = re.split(r"[_.@-]", lang.text.strip().lower())[0]
        if short in LANGUAGES:
            yield became(lang, "of notices", Setting(TABLE, "language", short, str(lang)))
        else:
            yield nothing(
                lang, f"texts are there for {' and '.join(LANGUAGES)}; write yours, see plugins.notify.templates"
            )


def _address(old: OldSettings) -> str:
    """Return the admin's address: as it stands, or a user and the domain; empty where it is none."""
    admin, domain = old.get("admin"), old.get("domain")
    text = admin.text.strip() if admin is not None else OLD_ADMIN
    if "@" not in text and domain is not None:
        text = f"{text}@{domain.text.strip()}"
    return text if len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) else ""


def _tokens(old: OldSettings) -> Iterator[Fate]:
    said = old.get("notify")
    if said is None:
        usual = list(DEFAULT_2 if old.version.startswith("2") else DEFAULT_1)
        text = "the default of configure, but that no sender is told of a virus; our own is the admin alone"
        yield became("--notify (not set)", text, Setting(TABLE, "tokens", usual, text))
        return
    found = list(dict.fromkeys(item.lower() for item in said.items))
    known = [token for token in found if token in TOKENS]
    if "none" in known or not known:
        known = ["none"]
    if strange := [token for token in found if token not in TOKENS]:
        yield nothing(f"{said.source}: {', '.join(strange)}", f"known are {', '.join(TOKENS)}")
    text = "who is told"
    if {"sender", "recips", "all"} & set(known):
        text += "; a virus's sender is forged, so psender and precips are better than sender, recips and all"
    yield became(said, text, Setting(TABLE, "tokens", known, f"{said}: {text}"))


def _domains(old: OldSettings) -> Iterator[Fate]:
    said, domain = old.get("local-domains"), old.get("domain")
    named = said if said is not None else domain
    if named is None:
        return
    whole = [item.lower() for item in named.items]
    domains = [item for item in whole if _DOMAIN.fullmatch(item)]
    setting = Setting(TABLE, "local_domains", domains, f"{named}: recipients elsewhere are never told")
    if said is None:
        yield became("--local-domains (not set)", "the domain, as before", setting)
    else:
        yield became(said, "recipients elsewhere are never told", setting)
    if strange := [item for item in whole if item not in domains]:
        yield nothing(f"{named.source}: {', '.join(strange)}", "is no domain; set plugins.notify.local_domains")


def _silent(old: OldSettings) -> Iterator[Fate]:
    said = old.get("silent-viruses")
    if said is None:
        return
    names = list(dict.fromkeys(item.lower() for item in said.items))
    if not names:
        yield built_in(said, "no virus is silent")
        return
    text = "no notice about these"
    if "auto" in names:
        names, text = ["auto"], "no notice about any virus"
    yield became(said, text, Setting("plugins.silent", "viruses", names, f"{said}: {text}"))
