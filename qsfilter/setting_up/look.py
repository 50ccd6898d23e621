"""Looks for everything that a configuration can use, one thing after the other.

Guarantee: nothing is changed or started; whatever goes wrong with one thing is the reason why it is not there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qsfilter.errors import text_of
from qsfilter.setting_up import machine, plugins_here, qmail, servers
from qsfilter.setting_up.seen import Seen, absent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qsfilter.setting_up.seen import Place

CONTROL_FILES = ("me", "locals", "rcpthosts")


def look(place: Place) -> Iterator[Seen]:
    """Yield what is found at PLACE, as soon as it is found."""
    home = _guarded("qmail", lambda: qmail.home(place))
    yield home
    # The usual home, so that what lies on the path instead is found all the same.
    place = replace(place, qmail=home.value[0] if home.there else qmail.HOMES[0])
    yield _guarded("qmail-queue", lambda: qmail.queue(place))
    yield _guarded("QMAILQUEUE in qmail's programs", lambda: qmail.patched(place))
    for name in CONTROL_FILES:
        yield _guarded(f"control/{name}", lambda name=name: qmail.control(place, name))  # type: ignore[misc]
    yield _guarded("clamd", lambda: servers.clamd(place))
    yield _guarded("freshclam", lambda: machine.freshclam(place))
    yield _guarded("spamd", lambda: servers.spamd(place))
    for name in (*plugins_here.READY, *plugins_here.CHOSEN):
        yield _guarded(f"plugin {name}", lambda name=name: plugins_here.plugin(name))  # type: ignore[misc]
    yield _guarded("a C compiler", lambda: machine.compiler(place))
    for name in machine.USERS:
        yield _guarded(f"user {name}", lambda name=name: machine.user(place, name))  # type: ignore[misc]
    yield _guarded("tcp.smtp", lambda: machine.tcp_rules(place))
    yield _guarded("tcprules", lambda: machine.tcprules(place))
    yield _guarded("daemontools, runit or systemd", lambda: machine.supervisor(place))
    yield _guarded(qmail.OLD_SCRIPT, lambda: qmail.old_script(place))


def _guarded(what: str, probe: Callable[[], Seen]) -> Seen:
    try:
        return probe()
    except Exception as error:  # noqa: BLE001 - a look that fails has found nothing, and says why
        return absent(what, getattr(error, "strerror", None) or text_of(error))
