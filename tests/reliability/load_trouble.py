"""What goes wrong while mail flows: workers are killed, the master is told to reload, rules change and break.

Guarantees: the order is that of a seed, the pace that of the answers; each kind comes in every round; in the end the
rules are whole.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from typing import TYPE_CHECKING

from tests.reliability.load_mail import HELD
from tests.reliability.load_processes import kill_child

if TYPE_CHECKING:
    from tests.reliability.load_clients import Ledger
    from tests.reliability.load_site import LoadSite

ROUND = {"kill": 9, "reload": 3, "rules": 2, "rules in place": 1, "broken rules": 1, "signatures": 1}
"""How often each kind comes in a round."""
LONGEST_WAIT = 1.0
"""Seconds after which it is looked whether the run is over."""
OPINIONS = (
    "return quarantine('turning')",
    "return reject('turning', keep=True)",
    "return None",
)
RULES = f"""\
from qsfilter import *

@rule("held")
def _(message):
    if {HELD!r} in message.envelope.recipients:
        return quarantine("held", recipients=[{HELD!r}])

@rule("turning")
def _(message):
    if message.envelope.sender.startswith(b"turning-"):
        {{opinion}}
"""


def rules(version: int) -> str:
    """Return the site's rules in the VERSION; each of three has another opinion about some mail."""
    return f"# Version {version}.\n" + RULES.format(opinion=OPINIONS[version % len(OPINIONS)])


class Trouble:
    """Makes trouble for a site in a thread of its own while its block runs."""

    def __init__(self, site: LoadSite, ledger: Ledger, seed: str, *, every: int) -> None:
        """Do something to SITE after EVERY attempts in LEDGER, on average; SEED decides what."""
        self._site = site
        self._ledger = ledger
        self._chance = random.Random(seed)  # noqa: S311 - the same in each run
        self._every = every
        self._deck: list[str] = []
        self._version = 0
        self._over = threading.Event()
        self.done: Counter[str] = Counter()
        """How often each kind was done; a kill that met nobody is none."""
        self._failed: BaseException | None = None

    def __enter__(self) -> None:
        """Begin, with rules of another opinion."""
        self._over.clear()
        self._version += 1
        self._site.write_rules(rules(self._version))
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        """End, with rules that are whole. Raises what went wrong in the thread."""
        self._over.set()
        self._thread.join()
        if self._failed is not None:
            raise self._failed
        self._site.write_rules(rules(self._version))

    def _go_on(self) -> None:
        try:
            while not self._over.is_set():
                at = self._ledger.attempts + self._chance.randint(1, 2 * self._every)
                while not self._ledger.await_attempts(at, LONGEST_WAIT) and not self._over.is_set():
                    continue
                if not self._over.is_set():
                    self._do(self._next())
        except BaseException as error:  # noqa: BLE001 - it is raised where the block ends
            self._failed = error

    def _next(self) -> str:
        if not self._deck:
            self._deck = [kind for kind, times in ROUND.items() for _ in range(times)]
            self._chance.shuffle(self._deck)
        return self._deck.pop()

    def _do(self, kind: str) -> None:
        site = self._site
        if kind == "kill":
            children = site.service.workers
            if not children or not kill_child(self._chance.choice(children), site.service.pid):
                return
        elif kind == "reload":
            site.touch_configuration()
            site.service.reload()
        elif kind == "signatures":
            site.clamd.command("RELOAD")
        else:
            self._version += kind != "broken rules"
            text = rules(self._version) if kind != "broken rules" else "def :\n"
            site.write_rules(text, in_place=kind != "rules")
        self.done[kind] += 1
