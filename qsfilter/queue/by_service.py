"""What the wrapper does where a service examines the mail: asks it, and does as it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.errors import DeliveryError
from qsfilter.queue.alarm import GRACE_SECONDS
from qsfilter.queue.asking import BUSY, NotThere, ask
from qsfilter.queue.becoming import Becoming, refuse_ourselves
from qsfilter.queue.judged import BUG
from qsfilter.queue.protocol import END
from qsfilter.transport import QmailQueue

if TYPE_CHECKING:
    from qsfilter.edge import Edge, Service
    from qsfilter.queue.inherited import Inherited
    from qsfilter.queue.outputs import Outputs
    from qsfilter.queue.spool import Spool


def by_service(
    around: Edge, service: Service, spool: Spool, whole: bytes, inherited: Inherited, outputs: Outputs
) -> int | None:
    """Have the SERVICE examine the message in SPOOL for the envelope WHOLE; become the queue program, or return a code.

    None where it is not there and we are to examine the message. Raises DeliveryError and CallerGone.
    """
    try:
        answer = ask(service.socket, spool, whole, inherited.environment, around.limits.seconds + GRACE_SECONDS)
    except NotThere as error:
        if service.fallback == "in-process":
            return None
        outputs.log(f"exit={error.exit} error={error}")
        return outputs.answer(error.exit, str(error))
    except DeliveryError as error:
        outputs.log(f"exit={error.exit} error={error}")
        return outputs.answer(error.exit, BUSY if str(error) == BUSY else "try again later")
    if answer.deed == END:
        return outputs.answer(answer.code, answer.text)
    if not isinstance(around.transport, QmailQueue):
        raise DeliveryError("the service says to hand over, and deliver.qmail_queue is not set", BUG)
    refuse_ourselves(around.transport.program[0])
    becoming = Becoming(around.transport, spool, whole)
    becoming.ready(answer.lines, answer.offset, answer.envelope or whole)
    return becoming.become(inherited, outputs)
