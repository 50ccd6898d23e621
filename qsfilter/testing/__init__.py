"""What a plugin's or a rule's author needs for tests: messages, `run`, a contract suite, stand-ins for servers.

These are the words of most tests; docs/reference/testing.md says what else is in which module.
"""

from qsfilter.testing.frozen_clock import FrozenClock
from qsfilter.testing.messages import attachment, eicar, examine, message, part, zip_of
from qsfilter.testing.problems import problems
from qsfilter.testing.queue_stand_in import QueueStandIn
from qsfilter.testing.running import QueueInMemory, assert_action, run

__all__ = [
    "FrozenClock",
    "QueueInMemory",
    "QueueStandIn",
    "assert_action",
    "attachment",
    "eicar",
    "examine",
    "message",
    "part",
    "problems",
    "run",
    "zip_of",
]
