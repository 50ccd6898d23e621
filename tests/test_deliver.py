"""The deliver stage: copies first, then the hand-over, last and once; in doubt "try again later"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qsfilter import pipeline
from qsfilter.actions import Action, Kind
from qsfilter.errors import DeliveryError
from qsfilter.limits import Limits
from qsfilter.model import Client, Envelope, Finding, Kept, Report
from qsfilter.registry import Entry, Registry
from qsfilter.site_policy import Policy
from qsfilter.words import defer, discard, quarantine, reject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qsfilter.edits import Head
    from qsfilter.model import Decision, Verdict

RAW = b"Subject: x\n\nbody\n"
BOB, CAROL, DAVE = b"bob@example.com", b"carol@example.com", b"dave@example.com"


class NextHop:
    """A transport that notes what it is given, and answers what the test wants."""

    def __init__(self, code: object = 0, error: BaseException | None = None, log: list[str] | None = None) -> None:
        """Answer with CODE, or raise ERROR; note in LOG when that was."""
        self.given: list[tuple[bytes, Envelope]] = []
        self._code, self._error, self._log = code, error, log if log is not None else []

    def hand_over(self, raw: bytes, head: Head, envelope: Envelope) -> int:
        """Take the message."""
        self._log.append("hand over")
        self.given.append((head.lines + raw[head.offset :], envelope))
        if self._error:
            raise self._error
        return self._code  # type: ignore[return-value]


class Site:
    """Plugins, of which the first only votes, and a next hop."""

    def __init__(self, plugin_with: Callable[..., object], *votes: object, hop: NextHop | None = None) -> None:
        """Vote VOTES on every message, and hand it over to HOP."""
        self._plugin_with = plugin_with
        self.hop = hop or NextHop()
        self.entries = [Entry(name="voter", plugin=plugin_with(decide=lambda self: list(votes)))]

    def keep(self, keeper: Callable[..., object], name: str = "keeper", **more: object) -> Site:
        """Add a keeper, whose hook is the function KEEPER."""
        entry = Entry(name=name, plugin=self._plugin_with(deliver=keeper), **more)  # type: ignore[arg-type]
        self.entries.append(entry)
        return self

    def run(self, to: Sequence[bytes] = (BOB,), policy: Policy | None = None, broken: Sequence[str] = ()) -> Report:
        """Take a message TO these recipients through its life; plugins that are BROKEN can't be asked."""
        envelope = Envelope(sender=b"alice@example.org", recipients=tuple(to))
        failures = dict.fromkeys(broken, Finding(kind=Kind.FAILURE, name="crash"))
        setup = pipeline.Setup(
            registry=Registry(self.entries), policy=policy or Policy(), limits=Limits(), broken=failures
        )
        ctx = pipeline.context(Limits(), RAW, envelope)
        return pipeline.run(setup, RAW, envelope, Client(), ctx, self.hop)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def site(plugin_with: Callable[..., object]) -> Callable[..., Site]:
    """Make a site whose one plugin gives these votes."""
    return lambda *votes, **more: Site(plugin_with, *votes, **more)


def quarantines(self: object, decision: Decision) -> list[Kept]:
    """Keep a copy for every group that needs one."""
    return [
        Kept(what="quarantine", where="somewhere", recipients=group.recipients)
        for group in decision.groups
        if group.kept
    ]


def archives(self: object, decision: Decision) -> list[Kept]:
    """Keep a copy of all mail."""
    return [Kept(what="archive", where="elsewhere", recipients=group.recipients) for group in decision.groups]


def breaks(self: object) -> None:
    """Keep nothing."""
    raise OSError("disk full")


def told(report: Report) -> tuple[int, tuple[bytes, ...], int]:
    """Return exit code, who it was handed over for, and how many copies are kept."""
    assert report.outcome is not None
    return report.outcome.exit, report.outcome.handed, len(report.outcome.kept)


# --- hand-over ------------------------------------------------------------------------------------------------------


def test_clean_mail_is_handed_over_once(site: Callable[..., Site]) -> None:
    """To whom it was sent, by whom it came from."""
    here = site()
    assert told(here.run()) == (0, (BOB,), 0)
    ((_, envelope),) = here.hop.given
    assert envelope == Envelope(sender=b"alice@example.org", recipients=(BOB,))


def test_the_received_bytes_are_handed_over(site: Callable[..., Site]) -> None:
    """Behind our own lines."""
    here = site()
    here.run()
    ((given, _),) = here.hop.given
    assert given.startswith(b"X-QSFilter: ")
    assert given.endswith(RAW)


def test_recipients_stay_in_their_order_with_duplicates(site: Callable[..., Site]) -> None:
    """What is none of our business is not changed."""
    here = site()
    report = here.run([CAROL, BOB, CAROL])
    assert here.hop.given[0][1].recipients == (CAROL, BOB, CAROL)
    assert told(report)[1] == (CAROL, BOB, CAROL)


def test_mail_without_recipients_is_handed_over(site: Callable[..., Site]) -> None:
    """Whether that makes sense is for the queue program to say."""
    here = site()
    assert told(here.run([])) == (0, (), 0)
    assert here.hop.given[0][1].recipients == ()


def test_some_recipients_get_it_in_their_original_order(site: Callable[..., Site]) -> None:
    """The others fall away wherever they stood."""
    here = site(quarantine("x", recipients=[CAROL])).keep(quarantines)
    report = here.run([DAVE, CAROL, BOB, DAVE, CAROL])
    assert here.hop.given[0][1].recipients == (DAVE, BOB, DAVE)
    assert told(report) == (0, (DAVE, BOB, DAVE), 1)


@pytest.mark.parametrize("code", [31, 51, 53, 71, 81, 100, 255])
def test_the_next_hops_code_is_the_answer(site: Callable[..., Site], code: int) -> None:
    """Nobody has got it then."""
    assert told(site(hop=NextHop(code)).run()) == (code, (), 0)


@pytest.mark.parametrize("code", [None, "0", False, -1, 256])
def test_an_answer_that_is_no_code_is_never_success(site: Callable[..., Site], code: object) -> None:
    """A transport of one's own that forgets to return would tell the caller that the mail is queued."""
    report = site(hop=NextHop(code)).run()
    assert report.outcome is not None
    assert type(report.outcome.exit) is int
    assert report.outcome.exit not in range(41)
    assert report.outcome.handed == ()


def test_an_error_of_the_next_hop_is_its_code(site: Callable[..., Site]) -> None:
    """And what it says."""
    report = site(hop=NextHop(error=DeliveryError("can't start qmail-queue", 120))).run()
    assert told(report) == (120, (), 0)
    assert report.outcome is not None
    assert report.outcome.reply == f"can't start qmail-queue (id {report.key[:16]})"


def test_any_other_error_is_not_swallowed(site: Callable[..., Site]) -> None:
    """The process edge makes a temporary failure of it."""
    with pytest.raises(ZeroDivisionError):
        site(hop=NextHop(error=ZeroDivisionError())).run()


# --- what is not handed over ----------------------------------------------------------------------------------------


def test_deferred_mail_is_neither_kept_nor_handed_over(site: Callable[..., Site]) -> None:
    """The retry brings it again."""
    here = site(defer("later")).keep(quarantines).keep(archives, "archive")
    report = here.run()
    assert told(report) == (71, (), 0)
    assert here.hop.given == []
    assert not [call for call in report.calls if call.hook == "deliver"]


def test_one_deferred_recipient_keeps_the_others_mail_too(site: Callable[..., Site]) -> None:
    """Nobody gets it twice."""
    here = site(defer("later", recipients=[CAROL]), quarantine("x", recipients=[DAVE])).keep(quarantines)
    assert told(here.run([BOB, CAROL, DAVE])) == (71, (), 0)
    assert here.hop.given == []


def test_discarded_mail_is_answered_as_accepted(site: Callable[..., Site]) -> None:
    """A rule has said so."""
    here = site(discard("junk"))
    assert told(here.run()) == (0, (), 0)
    assert here.hop.given == []


def test_discarded_recipients_fall_away(site: Callable[..., Site]) -> None:
    """The others get it."""
    assert told(site(discard("junk", recipients=[CAROL])).run([BOB, CAROL])) == (0, (BOB,), 0)


def test_rejected_mail_is_refused_for_good(site: Callable[..., Site]) -> None:
    """With the reason."""
    here = site(reject("not here"))
    report = here.run()
    assert told(report) == (31, (), 0)
    assert report.outcome is not None
    assert report.outcome.reply == f"message refused: not here (id {report.key[:16]})"
    assert here.hop.given == []


def test_a_reject_needs_no_copy(site: Callable[..., Site]) -> None:
    """The sender still has it."""
    assert told(site(reject("x")).run())[0] == 31


# --- copies ---------------------------------------------------------------------------------------------------------


def test_quarantined_mail_is_answered_when_it_is_kept(site: Callable[..., Site]) -> None:
    """Then it is in our care."""
    here = site(quarantine("x")).keep(quarantines)
    assert told(here.run()) == (0, (), 1)
    assert here.hop.given == []


def test_a_reject_with_keep_is_answered_when_it_is_kept(site: Callable[..., Site]) -> None:
    """The copy is there before the sender is told."""
    assert told(site(reject("x", keep=True)).keep(quarantines).run()) == (31, (), 1)


@pytest.mark.parametrize("vote", [quarantine("x"), reject("x", keep=True)], ids=["quarantine", "reject with keep"])
def test_without_a_keeper_it_is_tried_again(site: Callable[..., Site], vote: object) -> None:
    """Mail that nobody keeps is not lost: the sender still has it."""
    report = site(vote).run()
    assert told(report) == (71, (), 0)
    assert report.outcome is not None
    assert report.outcome.reply == f"try again later: the message could not be kept (id {report.key[:16]})"


def test_an_archive_is_no_quarantine(site: Callable[..., Site]) -> None:
    """A copy among all other mail is not where a postmaster would look."""
    assert told(site(quarantine("x")).keep(archives).run())[0] == 71


def test_a_copy_for_others_is_not_enough(site: Callable[..., Site]) -> None:
    """Each group that needs one has one."""

    def some(self: object) -> Kept:
        return Kept(what="quarantine", where="somewhere", recipients=(BOB,))

    assert told(site(quarantine("x")).keep(some).run([BOB, CAROL]))[0] == 71


def test_a_copy_in_shadow_is_not_enough(site: Callable[..., Site]) -> None:
    """The keeper is being tried out."""
    assert told(site(quarantine("x")).keep(quarantines, shadow=True).run()) == (71, (), 0)


def test_mail_without_recipients_is_kept_too(site: Callable[..., Site]) -> None:
    """One copy stands for it."""
    assert told(site(quarantine("x")).keep(quarantines).run([])) == (0, (), 1)


def test_mail_without_recipients_is_tried_again_where_nobody_keeps_it(site: Callable[..., Site]) -> None:
    """That there is nobody to keep it for does not mean that it was kept."""
    assert told(site(quarantine("x")).run([]))[0] == 71


def test_copies_are_kept_before_the_hand_over(site: Callable[..., Site]) -> None:
    """The other way round, a crash in between would lose one."""
    log: list[str] = []

    def keeper(self: object, decision: Decision) -> list[Kept]:
        log.append("keep")
        return quarantines(self, decision)

    site(quarantine("x", recipients=[CAROL]), hop=NextHop(log=log)).keep(keeper).run([BOB, CAROL])
    assert log == ["keep", "hand over"]


def test_nothing_is_handed_over_when_a_copy_is_missing(site: Callable[..., Site]) -> None:
    """The retry would bring it to the others again."""
    here = site(quarantine("x", recipients=[CAROL]))
    assert told(here.run([BOB, CAROL]))[0] == 71
    assert here.hop.given == []


def test_a_keeper_that_fails_defers_clean_mail_too(site: Callable[..., Site]) -> None:
    """A site that archives all mail wants all of it."""
    here = site().keep(breaks)
    report = here.run()
    assert told(report) == (71, (), 0)
    assert here.hop.given == []
    assert report.outcome is not None
    assert report.outcome.reply == f"try again later: keeper could not keep the message (id {report.key[:16]})"


@pytest.mark.parametrize("vote", [quarantine("x"), reject("x")], ids=["quarantine", "reject"])
def test_a_keeper_that_can_t_be_asked_defers_mail_that_nobody_gets_too(
    site: Callable[..., Site], vote: Verdict
) -> None:
    """As where a worker has died of it: the archive would lack a message whose sender was answered for good."""
    here = site(vote).keep(quarantines).keep(archives, "archive")
    assert told(here.run())[0] in {0, 31}
    assert told(here.run(broken=["archive"]))[0] == 71
    here = site(vote).keep(quarantines).keep(archives, "archive", on_error=Action.ACCEPT)
    assert told(here.run(broken=["archive"]))[0] in {0, 31}


def test_a_keeper_may_be_allowed_to_fail(site: Callable[..., Site]) -> None:
    """By its `on_error`."""
    assert told(site().keep(breaks, on_error=Action.ACCEPT).run()) == (0, (BOB,), 0)


def test_a_keeper_that_may_fail_keeps_nothing_back_from_quarantine(site: Callable[..., Site]) -> None:
    """What must be kept must be kept."""
    assert told(site(quarantine("x")).keep(breaks, on_error=Action.ACCEPT).run())[0] == 71


def test_a_keeper_in_shadow_may_fail(site: Callable[..., Site]) -> None:
    """It is being tried out."""
    assert told(site().keep(breaks, shadow=True).run()) == (0, (BOB,), 0)


def test_what_another_keeper_did_is_reported(site: Callable[..., Site]) -> None:
    """The copy is there, though the mail will come again."""
    report = site(quarantine("x")).keep(quarantines, "good").keep(breaks, "bad").run()
    assert told(report) == (71, (), 1)


def test_a_keepers_failure_is_in_the_report(site: Callable[..., Site]) -> None:
    """With the plugin's name."""
    report = site().keep(breaks).run()
    assert [(str(found), found.source) for found in report.findings] == [("failure crash", "keeper")]


@pytest.mark.parametrize("answer", ["kept", [True], Kept], ids=repr)
def test_nonsense_is_no_copy(site: Callable[..., Site], answer: object) -> None:
    """Whatever a keeper says, only a Kept is one."""
    assert told(site(quarantine("x")).keep(lambda self: answer).run())[0] == 71


def test_a_copy_stays_when_the_hand_over_fails(site: Callable[..., Site]) -> None:
    """The retry replaces it."""
    here = site(quarantine("x", recipients=[CAROL]), hop=NextHop(71)).keep(quarantines)
    assert told(here.run([BOB, CAROL])) == (71, (), 1)


def test_a_keeper_is_told_what_was_decided(site: Callable[..., Site]) -> None:
    """The report has no outcome yet."""
    seen: list[Report] = []
    here = site(quarantine("x")).keep(lambda self, report: seen.append(report))
    here.run()
    assert [(str(report.decision.action), report.outcome) for report in seen] == [("quarantine", None)]
