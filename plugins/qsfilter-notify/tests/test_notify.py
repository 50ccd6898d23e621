"""The plugin as a whole: contract, options, `check`, when it tells at all, and through the queue wrapper."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qsfilter import Action, ConfigError, Disposition, Envelope, Filter, Outcome, Report, config
from qsfilter.limits import Limits
from qsfilter.options import make
from qsfilter.outbox import spool
from qsfilter.pipeline import context
from qsfilter.testing import QueueStandIn, attachment, eicar, message, part
from qsfilter.testing.caller import Answer, call
from qsfilter.testing.contract import PluginContract
from qsfilter_notify import Notify

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter.edits import Head

    Blocked = Callable[..., Report]
    Place = Any  # of conftest.py, which can't be imported

ADMIN = "postmaster@example.com"
WRAPPER = Path(sys.prefix, "bin", "qsfilter-queue")
CONTEXT = context(Limits(), b"", Envelope(sender=b"", recipients=()))


class NextHop:
    """A transport that takes everything."""

    def hand_over(self, raw: object, head: Head, envelope: Envelope) -> int:
        """Take it."""
        return 0


class TestContract(PluginContract):
    """What every plugin owes the core."""

    def make(self) -> object:
        """Make one whose outbox can't be written."""
        return Notify(admin=ADMIN, outbox="/nonexistent/outbox")


# --- when ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exit_code", [None, 53, 71, 81])
def test_a_message_that_comes_again_is_told_to_nobody(place: Place, blocked: Blocked, exit_code: int | None) -> None:
    place.notify().report(blocked(exit_code=exit_code), CONTEXT)
    assert not place.outbox.exists()


@pytest.mark.parametrize("action", [Action.ACCEPT, Action.DEFER])
def test_accepted_mail_costs_nothing(place: Place, blocked: Blocked, action: Action) -> None:
    place.notify(tokens=("all",)).report(blocked(action=action), CONTEXT)
    assert not list(place.folder.iterdir())


@pytest.mark.parametrize(("action", "exit_code"), [(Action.DISCARD, 0), (Action.QUARANTINE, 0), (Action.REJECT, 31)])
def test_by_default_the_administrator_alone_is_told(
    place: Place, blocked: Blocked, action: Action, exit_code: int
) -> None:
    place.notify().report(blocked(action=action, exit_code=exit_code), CONTEXT)
    assert list(place.mails()) == [ADMIN]


def test_a_part_of_the_recipients_is_enough(place: Place, blocked: Blocked) -> None:
    groups = (
        Disposition(action=Action.ACCEPT, recipients=(b"a@example.com",)),
        Disposition(action=Action.QUARANTINE, recipients=(b"b@example.com",)),
    )
    place.notify().report(blocked(groups=groups), CONTEXT)
    assert list(place.mails()) == [ADMIN]


def test_an_error_changes_nothing_about_the_mail(place: Place) -> None:
    place.outbox.write_text("a file")
    chosen = Filter(place.notify(), transport=NextHop(), quarantine=str(place.folder / "kept"), rules=rule(place))
    chosen.start()
    report = chosen.run(message(b"x"), Envelope(sender=b"a@example.org", recipients=(b"b@example.com",)))
    assert report.outcome == Outcome(exit=0, kept=report.outcome.kept)
    (told,) = [call.result for call in report.calls if call.hook == "report"]
    assert "NoticeError" in told


def rule(place: Place) -> str:
    path = place.folder / "rules.py"
    path.write_text('from qsfilter import quarantine, rule\n@rule("all")\ndef _():\n    return quarantine("all")\n')
    return str(path)


def test_accepted_mail_imports_nothing_for_notices() -> None:
    code = "import sys, qsfilter_notify; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"jinja2", "email", "sqlite3", "logging", "qsfilter.store", "qsfilter_notify.notices"}


# --- options ------------------------------------------------------------------------------------------------------


def test_the_administrator_must_be_named() -> None:
    with pytest.raises(ConfigError, match="admin must be set"):
        make(Notify, {}, "here")


def test_the_outbox_is_where_the_core_has_it() -> None:
    assert Notify(admin=ADMIN).outbox == spool.OUTBOX


def test_a_configuration_says_once_where_the_outbox_is() -> None:
    for tables, outbox in (
        ({"quarantine": {"path": "/srv/filter/quarantine"}}, "/srv/filter/outbox"),
        ({"outbox": {"path": "/srv/out", "smtp": "127.0.0.1:25"}}, "/srv/out"),
    ):
        chosen = config.from_table({**tables, "plugins": {"notify": {"admin": ADMIN}}}, "here")
        (found,) = [entry.plugin for entry in chosen.setup.registry.entries if entry.name == "notify"]
        assert found.outbox == outbox


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("admin", "postmaster"), ("admin", ""), ("admin", "a b@example.com"), ("admin", "a@b\nBcc: c@d"),
        ("admin", "jörg@example.com"), ("from_address", "x"), ("from_address", "jörg@example.com"),
        ("tokens", ["everybody"]), ("tokens", ["none", "admin"]), ("admin_description", "a\nb"),
        ("admin_description", "x" * 101), ("local_domains", ["user@example.com"]), ("local_domains", [""]),
        ("language", "xx"), ("language", "../en"), ("templates", "relative"), ("outbox", "relative"), ("outbox", ""),
        ("counts", "relative"), ("hours", 0), ("hours", float("nan")), ("hours", 721), ("most", -1),
        ("most_per_address", -1), ("most_to_admin", -1),
    ],
)  # fmt: skip
def test_wrong_options_are_refused(key: str, value: object) -> None:
    with pytest.raises(ConfigError, match=key):
        make(Notify, {"admin": ADMIN, key: value}, "here")


def test_a_name_in_any_script_may_stand_beside_the_address(place: Place, blocked: Blocked) -> None:
    notify = place.notify(admin_description='Jörg "der" Filter', from_address="filter@example.net")
    notify.report(blocked(), CONTEXT)
    (sender,) = place.mails()[ADMIN]["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ('Jörg "der" Filter', "filter@example.net")


def test_check_finds_nothing_where_all_is_well(place: Place) -> None:
    assert not list(place.notify().check())
    assert not list(place.notify(tokens=("psender", "precips", "nmlvadm")).check())
    assert not list(place.folder.iterdir())


@pytest.mark.parametrize("token", ["sender", "recips", "all"])
def test_check_warns_of_tokens_that_reach_strangers(place: Place, token: str) -> None:
    found = list(place.notify(tokens=(token,)).check())
    assert found
    assert all("notify.tokens" in problem.text and not problem.fatal for problem in found)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"tokens": ()}, "nobody"), ({"tokens": ("none",)}, "nobody"), ({"outbox": "/dev/null/x"}, "notify.outbox"),
        ({"counts": "/dev/null/x"}, "notify.counts"), ({"templates": "/nonexistent"}, "is no folder"),
    ],
)  # fmt: skip
def test_check_says_what_is_wrong(place: Place, options: dict[str, object], told: str) -> None:
    problems = list(place.notify(**options).check())
    assert any(told in problem.text for problem in problems)
    assert not any(problem.fatal for problem in problems)


def test_check_says_that_nobody_sends(place: Place, blocked: Blocked) -> None:
    notify = place.notify()
    notify.report(blocked(), CONTEXT)
    assert not list(notify.check())
    (file,) = place.outbox.glob("new/*")
    os.utime(file, (0, 0))
    (problem,) = notify.check()
    assert "nobody sends" in problem.text
    assert not problem.fatal


def test_check_says_that_an_outbox_is_not_ours_alone(place: Place) -> None:
    place.outbox.mkdir()
    place.outbox.chmod(0o2770)
    (problem,) = place.notify().check()
    assert "others can write" in problem.text
    assert not problem.fatal


# --- through the wrapper ------------------------------------------------------------------------------------------


class Site:
    """A configuration with the EICAR rule and notices, and a queue."""

    envelope = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))

    def __init__(self, folder: Path, table: str) -> None:
        """Work in FOLDER; TABLE holds options of the plugin."""
        (folder / "queue").mkdir()
        self.queue = QueueStandIn(str(folder / "queue"))
        self.config = folder / "qsfilter.toml"
        self.config.write_text(
            f'[deliver]\nqmail_queue = "{self.queue.program}"\n[quarantine]\npath = "{folder}/quarantine"\n'
            '[plugins.yara]\nuse = "qsfilter_yara:Yara"\n'
            f'[plugins.notify]\nuse = "qsfilter_notify:Notify"\nadmin = "{ADMIN}"\noutbox = "{folder}/outbox"\n{table}'
        )

    def send(self, raw: bytes) -> Answer:
        """Give RAW to the wrapper."""
        return call(str(WRAPPER), raw, self.envelope, environment={"QSFILTER_CONFIG": str(self.config)})


def infected(number: int) -> bytes:
    return message(part(b"Look at this.\n"), attachment(eicar(), "harmless.txt"), subject=f"infected {number}")


def test_wrapper_processes_keep_to_the_bounds(place: Place) -> None:
    site = Site(place.folder, 'tokens = ["sender", "admin"]\nmost_to_admin = 2\nmost = 1\n')
    assert site.send(message(b"Nothing is wrong with this.\n")).accepted
    assert not place.outbox.exists()
    for number in (1, 2, 3, 4, 4):
        assert site.send(infected(number)).accepted
    mails = [envelope.recipients for name, (envelope, _) in place.raw_mails().items() if not name.startswith("digest")]
    assert sorted(mails) == [(b"alice@example.org",), (ADMIN.encode(),), (ADMIN.encode(),)]
    assert [line.partition('"')[2][:10] for line in place.digest()] == ["infected 2", "infected 3", "infected 4"]
    assert len(site.queue.queued) == 1


def test_the_id_in_a_notice_is_one_that_quarantine_knows(place: Place) -> None:
    site = Site(place.folder, "")
    site.send(infected(1))
    text = place.mails()[ADMIN].get_content()
    (command,) = [line.split() for line in text.splitlines() if "quarantine show" in line]
    shown = subprocess.run(
        [WRAPPER.with_name("qsfilter"), *command[1:3], "--config", site.config, command[3]],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "infected 1" in shown.stdout
