"""Proposes a configuration for what was seen of the machine: what is there is on, all else a comment with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.setting_up.plugins_here import READY
from qsfilter.setting_up.toml_text import Setting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qsfilter.setting_up.seen import Seen

QUEUE = "/var/qmail/bin/qmail-queue"
SPOOL = "/var/spool/qsfilter"
SOCKET = "/run/qsfilter/qsfilter.sock"
FRONT = "/opt/qsfilter/bin/qsfilter-front"
MOST_DOMAINS = 1000
ABOUT = {
    "deliver": "Where mail goes.",
    "quarantine": "What is held lies here; the user whom mail runs as has to own it.",
    "service": "Warm workers, for a server that takes more than a few messages a second; then start `qsfilter serve`.",
    "actions": "What becomes of mail by what was found. Of containers that nothing opens, the contents are unchecked.",
    "metrics": "Counters, for `qsfilter metrics`.",
    "plugins.clamav": "Malware, by clamd.",
    "plugins.yara": "Malware, by YARA rules. With no files, only the EICAR test file is known.",
    "plugins.spamassassin": "A spam score, by spamd. Without thresholds mail is marked, and goes on.",
    **{f"plugins.{name}": f"What for: {what}." for name, what in READY.items() if name != "yara"},
    "plugins.silent": "No notice about viruses that forge their sender; auto is every virus.",
    "plugins.notify": "Notices about blocked mail; `qsfilter outbox send` sends them.",
    "plugins.copyto": "A copy of spam to a central mailbox.",
    "plugins.archive": "A copy of all mail.",
    "plugins.legacylog": "quarantine.log and mailstats.csv, for scripts that read those of Qmail-Scanner.",
}


def proposal(seen: Mapping[str, Seen], admin: str = "", domain: str = "") -> Iterator[Setting]:
    """Yield the settings for what was SEEN, by its name.

    ADMIN gets notices; without it there are none. Theirs are the local domains of qmail, or DOMAIN alone.
    """
    queue = seen["qmail-queue"]
    why = "" if queue.there else f"No qmail-queue: {queue.detail}. Until this is set, mail waits."
    yield Setting("deliver", "qmail_queue", queue.value[0] if queue.there else QUEUE, why, on=queue.there)
    yield Setting(
        "deliver", "reply", "plain", "How your qmail takes the reason of a refusal; plain gives none.", on=False
    )
    yield Setting("quarantine", "path", f"{SPOOL}/quarantine")
    yield Setting("quarantine", "keep_days", 30, "For `qsfilter quarantine expire`; this is the default.", on=False)
    yield Setting("service", "socket", SOCKET, on=False)
    compiler = seen["a C compiler"]
    why = "Built by `qsfilter build-front`." if compiler.there else "There is no C compiler to build it with."
    yield Setting("service", "front", FRONT, why, on=False)
    yield Setting("actions", "unscannable.no-unpacker", "quarantine", "The default is accept.", on=False)
    yield Setting("metrics", on=False)
    yield from _servers(seen)
    for name in READY:
        found = seen[f"plugin {name}"]
        yield Setting(f"plugins.{name}", on=found.there, why="" if found.there else f"Not here: {found.detail}")
    yield from _choices(seen, admin, domain)


def _servers(seen: Mapping[str, Seen]) -> Iterator[Setting]:
    """Yield the clients of clamd and spamd, on where both the server and the plugin are there."""
    for name, server, usual, on_error in (
        ("clamav", "clamd", "unix:/run/clamav/clamd.ctl", "defer"),
        ("spamassassin", "spamd", "tcp:127.0.0.1:783", "accept"),
    ):
        table, missing = f"plugins.{name}", [one for one in (seen[server], seen[f"plugin {name}"]) if not one.there]
        why = " ".join(f"No {one.what}: {one.detail}." for one in missing)
        addresses = list(seen[server].value) or [usual]
        yield Setting(table, "servers", addresses, why, on=not missing)
        why = "What the mail does while no server answers."
        yield Setting(table, "on_error", on_error, why, on=not missing)


def _choices(seen: Mapping[str, Seen], admin: str, domain: str) -> Iterator[Setting]:
    """Yield what is the site's choice; of these only notices are on, where somebody was named to get them."""
    notify, silent = seen["plugin notify"], seen["plugin silent"]
    on = bool(admin) and notify.there
    why = "" if on else "Nobody was named with --admin." if notify.there else f"Not here: {notify.detail}"
    yield Setting("plugins.silent", "viruses", ["auto"], on=on and silent.there)
    yield Setting("plugins.notify", "admin", admin or "postmaster@example.com", why, on=on)
    yield Setting("plugins.notify", "tokens", ["admin"], "Who is told.", on=on)
    domains = [domain] if domain else _domains(seen)
    yield Setting("plugins.notify", "local_domains", domains, "Recipients elsewhere are never told.", on=on)
    examples: dict[str, tuple[str, object]] = {
        "copyto": ("to", [admin or "spam@example.com"]),
        "archive": ("path", f"{SPOOL}/archive"),
        "legacylog": ("quarantine_log", f"{SPOOL}/quarantine.log"),
    }
    for name, (key, value) in examples.items():
        found = seen[f"plugin {name}"]
        why = "Your choice." if found.there else f"Not here: {found.detail}"
        yield Setting(f"plugins.{name}", key, value, why, on=False)


def _domains(seen: Mapping[str, Seen]) -> list[str]:
    named = (*seen["control/locals"].value, *seen["control/rcpthosts"].value)
    return list(dict.fromkeys(name.lower() for name in named if name.lower() != "localhost"))[:MOST_DOMAINS]
