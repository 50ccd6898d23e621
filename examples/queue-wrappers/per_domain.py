#!/opt/qsfilter/bin/python -I
"""Stand in for qmail-queue with another filter for each of our addresses; each customer's MX has one of its own.

tcpserver says in TCPLOCALIP on which of them the client came in. Whoever came in on another one, or not over the
network, gets the strict filter. A message can be for recipients of several customers, and has one answer: what differs
by recipient is for a rule, which votes for some of them (rules/no_macros_for_one_domain.py).
"""

import os

from qsfilter import Action, Filter, Policy, QmailQueue
from qsfilter.actions import DEFAULT_ACTIONS
from qsfilter.queue import main
from qsfilter_attachments import Attachments
from qsfilter_yara import Yara

QUARANTINE = "/var/spool/qsfilter/quarantine"
LENIENT = Policy(actions={**DEFAULT_ACTIONS, "policy": (Action.QUARANTINE, False)})


def strict() -> Filter:
    """Refuse programs, and documents with macros."""
    names = Attachments(block=(".exe", ".docm", ".xlsm"))
    return Filter(Yara(), names, transport=QmailQueue(), quarantine=f"{QUARANTINE}/strict")


def developers() -> Filter:
    """Keep programs until somebody looks at them; documents may have macros."""
    names = Attachments(block=(".exe",))
    return Filter(Yara(), names, policy=LENIENT, transport=QmailQueue(), quarantine=f"{QUARANTINE}/developers")


FILTERS = {"192.0.2.10": strict, "192.0.2.11": developers}
raise SystemExit(main(FILTERS.get(os.environ.get("TCPLOCALIP", ""), strict)()))
