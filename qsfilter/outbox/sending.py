"""Sends the mails in an outbox whose time has come, and says what became of each.

Guarantees: one process sends at a time; a mail leaves the outbox when somebody has it in his care, when it was refused
for good, or when it could not be sent for days; a sender that dies leaves a mail that may go out twice, never one that
is lost; a mail of which senders die holds up no other.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qsfilter.errors import DeliveryError, OutOfTime
from qsfilter.examination import untimed
from qsfilter.model import Envelope
from qsfilter.outbox import mails
from qsfilter.outbox.form import Damaged, State, plain
from qsfilter.outbox.spool import CUR, FAILED, NEW, SENT
from qsfilter.outbox.ways import LONGEST_TROUBLE, Answer, Away

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from qsfilter.examination import Guard
    from qsfilter.outbox.mails import Mail, Waiting
    from qsfilter.outbox.settings import Outbox
    from qsfilter.outbox.ways import Way

SHORTEST_PAUSE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 4 * 3600.0
BEGUN = "a try began and nobody knows how it ended"
MOST_ADDRESSES = 5
LONGEST_ADDRESSES = 200


@dataclass
class Sent:
    """What became of the mails that were tried."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    away: bool = False
    """Who takes mails is not there, so the others were not tried."""
    busy: bool = False
    """Another process sends, so none was tried."""


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Sends what is due in OUTBOX by WAY, each try within a GUARD, and gives SAY one line for each."""

    outbox: Outbox
    way: Way
    say: Callable[[str], object]
    guard: Guard = untimed

    def send_due(self, stopped: Callable[[], bool] = lambda: False) -> Sent:
        """Send each mail whose time has come, until STOPPED says so. Raises DeliveryError and OSError."""
        done = Sent()
        folder = self.outbox.path
        if not mails.is_there(folder):
            return done
        with mails.sending(folder) as mine:
            if not mine:
                return Sent(busy=True)
            for waiting in mails.files(folder, NEW, CUR):
                if done.away or stopped():
                    break
                if waiting.is_due(time.time()):
                    self._handle(waiting, done)
            mails.sweep(folder)
        return done

    def _handle(self, waiting: Waiting, done: Sent) -> None:
        """Send one mail, whatever is wrong with it."""
        mine: Waiting | None = None
        try:
            try:
                if mine := self._taken_up(waiting):
                    self._send(mine, done)
            except Damaged as error:
                mails.end(self.outbox.path, mine or waiting, FAILED)
                done.failed += 1
                self._say("failed", waiting, f"damaged: {error}")
        except (OSError, DeliveryError) as error:
            left = mails.as_it_stands(self.outbox.path, mine or waiting)
            if left is None:
                return  # it was dropped
            done.later += 1
            self._say("later", waiting, str(error))
            if left.is_due(time.time()):  # else a try has begun, and may have sent it
                with suppress(OSError):  # whatever it was, it may be so for long
                    mails.wait(self.outbox.path, left, time.time() + SHORTEST_PAUSE_SECONDS)

    def _taken_up(self, waiting: Waiting) -> Waiting | None:
        """Return the mail, which is the sender's alone from now on; None where it is not due after all."""
        folder = self.outbox.path
        if waiting.place == NEW:
            due = mails.begin_of(folder, waiting).state.due
            if replace(waiting, next_try=due).is_due(time.time()):
                return replace(waiting, place=CUR) if mails.take_up(folder, waiting) else None
            mails.wait(folder, waiting, due)
            return None
        return waiting

    def _send(self, waiting: Waiting, done: Sent) -> None:
        """Try a mail that was taken up, and put its file where it belongs then."""
        folder = self.outbox.path
        with mails.opened(folder, waiting) as mail:
            over = time.time() - mail.state.due >= self.outbox.give_up_days * 86400
            if over and mail.state.trouble == BEGUN:
                answer = _later(mail, BEGUN)
            else:
                # Before the try, so that a mail of which senders die is not the first one again.
                self._put_off(waiting, mail.state, BEGUN)
                answer = self._tried(mail, done)
            again = {} if over else answer.later
            ended = {**answer.refused, **({} if again else answer.later)}
            if failing := again or ended:
                self._keep_for(waiting, mail, failing)
        taken = [one for one in mail.envelope.recipients if one not in again and one not in ended]
        if again:
            done.later += 1
        elif ended:
            done.failed += 1
            mails.end(folder, waiting, FAILED)
        else:
            mails.end(folder, waiting, SENT)
        done.sent += bool(taken)
        for result, whys in (("sent", dict.fromkeys(taken, "")), ("later", again), ("failed", ended)):
            if whys:
                self._say(result, waiting, next(iter(whys.values())), whys)

    def _tried(self, mail: Mail, done: Sent) -> Answer:
        try:
            with self.guard(self.outbox.timeout):
                return self.way.send(mail.raw, mail.offset, mail.envelope)
        except Away as error:
            done.away = True
            return _later(mail, str(error))
        except MemoryError:
            return _later(mail, "not enough memory for it")
        except OutOfTime:
            return _later(mail, f"no answer within {self.outbox.timeout:g} s")

    def _put_off(self, waiting: Waiting, state: State, trouble: str) -> None:
        """Write down TROUBLE, and try again when as much time has passed as has since the mail was due."""
        now = time.time()
        pause = min(max(now - state.due, SHORTEST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
        mails.note(self.outbox.path, waiting, State(state.due, state.tries + 1, trouble))
        mails.wait(self.outbox.path, waiting, now + pause)

    def _keep_for(self, waiting: Waiting, mail: Mail, failing: Mapping[bytes, str]) -> None:
        """Keep the mail for those that are FAILING, and write down why they are."""
        recipients = tuple(one for one in mail.envelope.recipients if one in failing)
        if recipients != mail.envelope.recipients:
            envelope = Envelope(sender=mail.envelope.sender, recipients=recipients)
            mails.keep_for(self.outbox.path, waiting.name, mail, envelope)
        self._put_off(waiting, mail.state, next(iter(failing.values())))

    def _say(self, result: str, waiting: Waiting, trouble: str, recipients: Collection[bytes] = ()) -> None:
        to = b" ".join(list(recipients)[:MOST_ADDRESSES])[:LONGEST_ADDRESSES].decode("ascii", "backslashreplace")
        fields = [f"outbox {result} name={waiting.name}", f"recipients={len(recipients)}", f'to="{_quotable(to)}"']
        if trouble:
            fields.append(f'trouble="{_quotable(trouble[:LONGEST_TROUBLE])}"')
        self.say(" ".join(fields))


def _later(mail: Mail, why: str) -> Answer:
    return Answer(later=dict.fromkeys(mail.envelope.recipients, why))


def _quotable(text: str) -> str:
    return plain(text).replace('"', "'")
