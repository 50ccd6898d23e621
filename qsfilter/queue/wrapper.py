"""The queue wrapper: one process a message in the place of qmail-queue, which ends by becoming it.

Guarantees: exit code 0 only from the queue program, or for mail that is durably kept or discarded by a rule; whatever
goes wrong here is a temporary failure with one log line; nothing is queued for a caller that is gone.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from qsfilter.errors import DeliveryError
from qsfilter.limits import Limits
from qsfilter.memory import bound_memory
from qsfilter.queue import contract
from qsfilter.queue.alarm import GRACE_SECONDS, Alarm, end_process_after, go_on
from qsfilter.queue.becoming import Becoming, refuse_ourselves
from qsfilter.queue.client import client_of
from qsfilter.queue.inherited import Inherited
from qsfilter.queue.judged import CallerGone, judged
from qsfilter.queue.outputs import Outputs
from qsfilter.queue.spool import Source, Spool
from qsfilter.transport import QmailQueue

if TYPE_CHECKING:
    from qsfilter.builtin.rule_set import RuleSet
    from qsfilter.edge import Source as ConfigSource
    from qsfilter.filter import Filter


def serve_one(chosen: Filter | None) -> int:
    """Filter the message on descriptors 0 and 1 and return the exit code; see `queue.main`."""
    outputs = Outputs()
    try:
        return _serve_one(chosen, Inherited.take(), outputs)
    except BaseException as error:  # noqa: BLE001 - no exit code by accident: SystemExit(None) would mean "queued"
        code, said = judged(error)
        outputs.log(f"exit={code} error={said}")
        return code


def _serve_one(chosen: Filter | None, inherited: Inherited, outputs: Outputs) -> int:
    _require_message_and_envelope()
    limits = chosen.limits if chosen else Limits()
    spool = Spool(Source(0))
    whole = contract.read_envelope(Source(1).read, limits.envelope_bytes)
    deadline_from = time.monotonic()
    outputs.settle()  # a stray print must reach the log
    end_process_after(limits.seconds + GRACE_SECONDS, outputs.trace)  # what is imported from here on is code of others
    if chosen is None:
        from qsfilter.edge import edge, read  # noqa: PLC0415 - a wrapper of one's own needs no configuration file

        source = read()
        around = edge(source.table, source.path)
        outputs.take_text(around.reply, inherited)
        if around.service is not None:
            from qsfilter.queue.by_service import by_service  # noqa: PLC0415 - not every site has a service

            go_on()  # asking has bounds of its own
            code = by_service(around, around.service, spool, whole, inherited, outputs)
            if code is not None:
                return code
            end_process_after(limits.seconds + GRACE_SECONDS, outputs.trace)
        chosen = _configured(source)
    else:
        outputs.take_text(chosen.reply, inherited)
    outputs.settle()
    return _in_process(chosen, spool, whole, deadline_from, inherited, outputs)


def _in_process(
    chosen: Filter, spool: Spool, whole: bytes, deadline_from: float, inherited: Inherited, outputs: Outputs
) -> int:
    """Let CHOSEN take the message through its life; become the queue program, or return the exit code."""
    end_process_after(chosen.limits.seconds + GRACE_SECONDS, outputs.trace)
    bound_memory(chosen.limits.memory_bytes)
    for told in chosen.rules.told if chosen.rules is not None else ():
        outputs.log(told)
    becoming = None
    if isinstance(chosen.transport, QmailQueue):
        refuse_ourselves(chosen.transport.program[0])
        becoming = Becoming(chosen.transport, spool, whole)
    alarm = Alarm()
    with alarm(chosen.limits.seconds):
        chosen.start()

    def guard(seconds: float) -> Alarm:
        """Ask whether somebody waits for the answer before each call of a hook, so that nothing is kept for nobody."""
        if inherited.parent_is_gone:  # or this is a process that a plugin has forked
            raise CallerGone
        return alarm(seconds)

    report = chosen.run(
        spool.content(chosen.limits.message_bytes),
        contract.parse_envelope(whole),
        client_of(inherited.environment),
        guard=guard,
        deadline=deadline_from + chosen.limits.seconds,
        transport=becoming,
    )
    outputs.settle()
    chosen.tell(report, outputs.log)
    if becoming is not None and becoming.files is not None:
        go_on()
        becoming.become(inherited, outputs)
    assert report.outcome is not None  # noqa: S101 - `run` has set it
    return outputs.answer(report.outcome.exit, report.outcome.reply)


def _require_message_and_envelope() -> None:
    """Refuse to read with descriptor 0 or 1 closed (54): a file of ours would get that number."""
    for number in (0, 1):
        try:
            os.fstat(number)
        except OSError as error:
            raise DeliveryError(f"descriptor {number} is closed", contract.READ_ERROR) from error


def _configured(source: ConfigSource) -> Filter:
    """Return the configuration's filter. Raises ConfigError (55)."""
    from qsfilter.config import from_source  # noqa: PLC0415 - not where the service does it

    return from_source(source, _rules_for_mail)


def _rules_for_mail(paths: tuple[str, ...], folder: str) -> RuleSet:
    """Load the site's rules; for those that are broken, the last good version goes on, which FOLDER keeps."""
    from qsfilter.builtin.rule_set import for_mail  # noqa: PLC0415 - not every site has rules

    return for_mail(paths, folder)
