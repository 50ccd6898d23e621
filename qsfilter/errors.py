"""Every exception of the project, each saying whose fault it is and which qmail-queue exit code it earns.

    QsfilterError
    ├── ConfigError       the site's: a file, table or key is wrong                           55
    ├── PluginError       a plugin author's: refused at registration                          55
    ├── EnvelopeError     the caller's: what came on descriptor 1 is no envelope          54, 91, 11
    ├── LimitReached      the sender's: a bound of Limits; becomes a finding, never leaves a stage
    ├── Nonsense          a plugin's: an answer of the wrong type; becomes a FAILURE finding
    └── DeliveryError     the machine's: disk, queue program, permissions                 53, 71, 81, 120
    OutOfTime             nobody's yet: the interval timer, in the middle of a plugin; a BaseException,
                          so that `except Exception` in a plugin does not swallow it

Guarantee: no exit code here is 0, and none is a permanent one (11 to 40) but 11, which qmail-queue itself gives.
"""

from __future__ import annotations


class QsfilterError(Exception):
    """Base of everything the project raises on purpose; raise one of the classes below."""

    exit = 71


class ConfigError(QsfilterError):
    """A configuration, a rule file or an option that can't be used; the text names file, table and key."""

    exit = 55


class PluginError(QsfilterError):
    """A plugin that can't be registered: unknown hook, wrong signature, same name twice."""

    exit = 55


class EnvelopeError(QsfilterError):
    """The envelope is cut short (54), malformed (91) or has an address of 1003 bytes or more (11)."""

    def __init__(self, text: str, exit_code: int) -> None:
        super().__init__(text)
        self.exit = exit_code


class LimitReached(QsfilterError):  # noqa: N818 - a bound that is reached is a finding, not an error
    """A bound of `Limits` is used up; `limit` is its name there and `bound` its value."""

    def __init__(self, limit: str, bound: float) -> None:
        super().__init__(f"{limit} = {bound}")
        self.limit = limit
        self.bound = bound


class Nonsense(QsfilterError):  # noqa: N818 - names what the plugin said
    """A plugin answered with something that its hook does not know."""


class DeliveryError(QsfilterError):
    """The message could not be handed over or kept; `exit` is the code that tells the caller so."""

    def __init__(self, text: str, exit_code: int = 71) -> None:
        super().__init__(text)
        self.exit = exit_code


class OutOfTime(BaseException):
    """The time of one hook call is over; raised by the timer inside whatever runs."""


def text_of(error: BaseException) -> str:
    """Return what ERROR says, also where saying it fails."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a plugin's own exception class may do anything
        return "(it can't say what)"
