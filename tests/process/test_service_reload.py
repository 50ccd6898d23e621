"""New configuration and new rules come into force between messages, broken ones never, and no message is lost."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from qsfilter.queue import protocol
from qsfilter.testing.messages import message
from qsfilter.testing.service import until
from tests.process.service_place import ServedSite

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "from qsfilter import *\n"
NEW = "serving by the new configuration"
UNUSABLE = "the new configuration can't be used, the one before goes on"


@pytest.fixture
def site(tmp_path: Path) -> ServedSite:
    return ServedSite(tmp_path)


def refusing(reason: str) -> str:
    """Write rules that refuse all mail with "bad" in it for REASON."""
    return f"{HEAD}@rule('r')\ndef _(message):\n    if b'bad' in message.root.blob.data: return reject({reason!r})\n"


def with_rules(site: ServedSite, reason: str, name: str = "rules.py") -> str:
    """Write rules that refuse for REASON into the file NAME, and return the table that asks for them."""
    (site.folder / name).write_text(refusing(reason))
    return f'[rules]\nfiles = ["{site.folder / name}"]\n'


# --- configuration ----------------------------------------------------------------------------------------------------


def test_a_new_configuration_comes_into_force(site: ServedSite) -> None:
    site.configure(with_rules(site, "the first"))
    with site.service() as running:
        before = running.workers
        assert "the first" in site.hand_in("bad\n").text
        site.configure(with_rules(site, "the second", "other.py"), service="workers = 3")
        running.reload()
        running.await_log(NEW)
        until(lambda: len(running.workers) == 3 and not set(before) & set(running.workers))
        assert "the second" in site.hand_in("bad\n").text


BROKEN = {
    "TOML": ("deliver = [", r"qsfilter\.toml"),
    "nested too deep": ("a = " + "[" * 100_000, "qsfilter.toml|recursion"),
    "unknown table": ("[no_such_table]\n", "no_such_table"),
    "unknown plugin": ("[plugins.nobody]\n", "nobody"),
    "nowhere to deliver": ("", "nothing says where mail goes"),
    "broken rules": ('[deliver]\nqmail_queue = "/bin/true"\n[rules]\nfiles = ["FOLDER/broken.py"]\n', "broken.py"),
    "plugin that leaves": (
        '[deliver]\nqmail_queue = "/bin/true"\n[plugins.p]\nuse = "leaves:P"\n',
        "SystemExit|leaves",
    ),
    "plugin that ends all": (
        '[deliver]\nqmail_queue = "/bin/true"\n[plugins.p]\nuse = "ends:P"\n',
        "ended with code 0",
    ),
}


@pytest.mark.parametrize(("text", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_configuration_changes_nothing(site: ServedSite, text: str, said: str) -> None:
    site.configure(with_rules(site, "the first"))
    (site.folder / "broken.py").write_text("def :\n")
    (site.folder / "leaves.py").write_text("import sys\nsys.exit(0)\n")
    (site.folder / "ends.py").write_text("import os\nos._exit(0)\n")
    with site.service() as running:
        before = running.workers
        site.config.write_text(text.replace("FOLDER", str(site.folder)))
        running.reload()
        running.await_log(UNUSABLE)
        assert re.search(f"{UNUSABLE}: .*({said})", running.log), running.log
        assert "the first" in run(site, "bad\n")
        until(lambda: sorted(running.workers) == sorted(before))  # the trial is a child, too


def run(site: ServedSite, body: str) -> str:
    """Return the text of the answer to a message with BODY."""
    return site.hand_in(body).text


def test_a_plugin_that_kills_the_trial_changes_nothing(site: ServedSite) -> None:
    site.configure(with_rules(site, "the first"))
    with site.service() as running:
        before = running.workers
        site.told("bad")
        site.at_start("bad start does segv\n")
        running.reload()
        running.await_log(f"{UNUSABLE}: its trial was killed by SIGSEGV")
        assert "the first" in run(site, "bad\n")
        until(lambda: sorted(running.workers) == sorted(before))  # the trial is a child, too


def test_a_change_while_another_is_tried_is_not_forgotten(site: ServedSite) -> None:
    site.configure(with_rules(site, "the first"))
    with site.service() as running:
        site.told("slow")
        site.at_start("slow start does sleep\n")
        (site.folder / "told.py").write_text((site.folder / "told.py").read_text().replace("sleep(600)", "sleep(1)"))
        running.reload()
        until(lambda: len(running.workers) == 3)  # one of them is the trial
        site.configure(with_rules(site, "the last", "other.py"))
        running.reload()
        until(lambda: "the last" in run(site, "bad\n"))


@pytest.mark.parametrize("text", ["deliver = [", '[plugins.p]\nuse = "leaves:P"\n', "a = " + "[" * 100_000])
def test_it_starts_by_the_last_good_configuration(site: ServedSite, text: str) -> None:
    site.configure(with_rules(site, "the first"))
    (site.folder / "leaves.py").write_text("import sys\nsys.exit(0)\n")
    with site.service():
        assert "the first" in run(site, "bad\n")
    site.config.write_text(text)
    with site.service() as again:
        again.await_log("the last good version goes on")
        assert "the first" in run(site, "bad\n")


def test_it_does_not_start_without_any_good_configuration(site: ServedSite) -> None:
    site.config.write_text("deliver = [")
    running = site.service()
    with pytest.raises(RuntimeError, match=r"qsfilter\.toml"):
        running.start()
    assert running.process is not None
    assert running.process.wait(60) == 55


def test_while_configurations_change_every_message_is_answered(site: ServedSite) -> None:
    """By one that was there; every third is broken."""
    site.configure(with_rules(site, "version 0."), service="waiting = 16")
    stopped = threading.Event()
    with site.service() as running, ThreadPoolExecutor(4) as pool:

        def rain() -> None:
            number = 0
            while not stopped.is_set():
                number += 1
                rules = with_rules(site, f"version {number}.", f"rules{number}.py")
                site.configure(rules if number % 3 else "[nonsense]\n", service="waiting = 16")
                running.reload()
                stopped.wait(0.1)

        raining = threading.Thread(target=rain, daemon=True)
        raining.start()
        try:
            answers = []
            deadline = time.monotonic() + 60
            while len(answers) < 200 or (running.log.count(NEW) < 3 and time.monotonic() < deadline):
                answers += pool.map(site.hand_in, [f"{word} {len(answers)}\n" for word in ("bad", "good")] * 20)
        finally:
            stopped.set()
            raining.join(60)
        assert running.log.count(NEW) >= 3
    assert [answer.deed for answer in answers] == [protocol.END, protocol.HAND_OVER] * (len(answers) // 2)
    assert all(re.search(r"version \d+\.", answer.text) for answer in answers[::2])


# --- rules ------------------------------------------------------------------------------------------------------------


def test_rules_are_taken_between_messages(site: ServedSite) -> None:
    site.configure(with_rules(site, "the first"), service="workers = 1")
    with site.service() as running:
        before = running.workers
        assert "the first" in run(site, "bad\n")
        (site.folder / "rules.py").write_text(refusing("the second"))
        assert "the second" in run(site, "bad\n")
        (site.folder / "rules.py").write_text(f"{HEAD}def :\n")
        assert "the second" in run(site, "bad\n")
        assert "rules.py:2: SyntaxError" in running.log
        assert running.workers == before


def test_a_message_that_is_examined_again_meets_the_new_rules(site: ServedSite) -> None:
    """And not those that the master read when it started."""
    site.told("told", more='on_error = "accept"', tables=with_rules(site, "the first"))
    with site.service() as running:
        (site.folder / "rules.py").write_text(refusing("the second"))
        assert "the second" in run(site, "bad; told scan does segv\n")
        running.await_log("examined again")


def test_while_rules_change_no_message_is_lost_or_misjudged(site: ServedSite) -> None:
    """Each of 500 is judged by a good version that was there, though half of them are broken."""
    table = with_rules(site, "version 0.")
    site.configure(table, service="waiting = 16")
    good = {0}
    stopped = threading.Event()

    def change() -> None:
        number = 0
        while not stopped.is_set():
            number += 1
            text = refusing(f"version {number}.")
            if number % 2:
                good.add(number)  # before it is there: a message may meet it at once
            else:
                text += "1 / 0\n"
            (site.folder / "new").write_text(text)
            (site.folder / "new").rename(site.folder / "rules.py")
            stopped.wait(0.05 if number % 5 == 0 else 0.25)

    def is_missing() -> bool:
        """Whether too little was met yet for this to be a test."""
        return versions(answers[::2]) < 3 or "goes on" not in running.log

    with site.service(settle=0.1) as running, ThreadPoolExecutor(4) as pool:
        changing = threading.Thread(target=change, daemon=True)
        changing.start()
        try:
            answers = []
            deadline = time.monotonic() + 60
            while len(answers) < 500 or (is_missing() and time.monotonic() < deadline):
                answers += pool.map(site.hand_in, [f"{word} {len(answers)}\n" for word in ("bad", "good")] * 25)
        finally:
            stopped.set()
            changing.join(60)
        assert "goes on" in running.log
    assert [answer.deed for answer in answers] == [protocol.END, protocol.HAND_OVER] * (len(answers) // 2)
    assert {answer.code for answer in answers[::2]} == {31}
    found = {int(number) for answer in answers[::2] for number in re.findall(r"version (\d+)\.", answer.text)}
    assert found <= good
    assert len(found) > 2


def versions(answers: list[protocol.Answer]) -> int:
    """Return by how many versions ANSWERS were given."""
    return len({number for answer in answers for number in re.findall(r"version (\d+)\.", answer.text)})


def test_a_rule_that_kills_is_left_out(site: ServedSite) -> None:
    name = "a rule with a name that goes on and on " * 5
    (site.folder / "rules.py").write_text(
        f"{HEAD}import ctypes\n@rule({name!r})\ndef _(message):\n"
        "    if b'kills' in message.root.blob.data: ctypes.string_at(0)\n"
    )
    site.configure(f'[rules]\nfiles = ["{site.folder / "rules.py"}"]\n[actions]\nfailure = "quarantine"\n')
    with site.service() as running:
        assert site.hand_in("kills\n").code == 0
        running.await_log("action=quarantine")
        assert running.log.count("a worker was killed by SIGSEGV") == 1
    assert [kept.read_bytes() for kept in site.kept] == [message(b"kills\n")]
