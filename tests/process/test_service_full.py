"""Where too much comes at once, the next one is told so at once, and nobody takes all there is."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import qsfilter
from qsfilter.queue import protocol
from qsfilter.testing.messages import message
from qsfilter.testing.service import hand_in, hand_in_only, take_answer, until
from tests.process.service_place import ServedSite

if TYPE_CHECKING:
    import socket

    from qsfilter.testing.service import RunningService

GATE = """\
import os, time
from qsfilter import *

@plugin
class Gate:
    '''Holds a message until a file is there.'''

    @hookimpl
    def scan(self, message, ctx):
        if b"gate" in message.root.blob.data:
            open(os.path.join(FOLDER, f"at-gate-{os.getpid()}"), "w").close()
            while not os.path.exists(os.path.join(FOLDER, "open")):
                time.sleep(0.01)
"""
BUSY = "try again later: the filter is busy"


class GatedSite(ServedSite):
    """A site in which messages are held until the gate is open."""

    def gated(self, service: str) -> None:
        """Configure it."""
        (self.folder / "gate.py").write_text(GATE.replace("FOLDER", repr(str(self.folder))))
        self.configure('[plugins.gate]\nuse = "gate:Gate"\n', service=service)

    @property
    def held(self) -> int:
        """How many messages are held."""
        return len(list(self.folder.glob("at-gate-*")))

    def open_gate(self) -> None:
        """Let them go."""
        (self.folder / "open").touch()


@pytest.fixture
def site(tmp_path: Path) -> GatedSite:
    return GatedSite(tmp_path)


def at_gate(
    site: GatedSite, running: RunningService, stack: ExitStack, number: int, size: int = 0
) -> list[socket.socket]:
    """Hand in so many messages, each with SIZE bytes more, that the gate holds."""
    raw = message(b"gate\n") + bytes(size)
    stack.callback(site.open_gate)  # a test that fails does not wait for them
    return [stack.enter_context(hand_in_only(running.socket, raw, site.envelope)) for _ in range(number)]


def is_full(site: GatedSite, running: RunningService, stack: ExitStack, held: list[socket.socket]) -> bool:
    """Hand one more in, beside those HELD, and return whether there was no room for it."""
    try:
        held += at_gate(site, running, stack, 1)
    except BlockingIOError:
        return True
    return False


def test_who_finds_no_room_is_told_to_come_again(site: GatedSite) -> None:
    site.gated("workers = 2\nwaiting = 1")
    with site.service() as running, ExitStack() as stack:
        held = at_gate(site, running, stack, 2)
        until(lambda: site.held == 2)
        while not is_full(site, running, stack, held):
            assert len(held) < 10
        answer = site.call(site.clean)
        assert answer.code == 71
        assert BUSY in answer.log
        site.open_gate()
        assert [take_answer(one).deed for one in held] == [protocol.HAND_OVER] * len(held)
        assert site.call(site.clean).accepted
    assert len(site.queue.queued) == 1


def test_busy_is_never_answered_in_another_way(site: GatedSite) -> None:
    """A fallback would bring the machine down for good."""
    site.gated('workers = 1\nwaiting = 1\nfallback = "in-process"')
    with site.service() as running, ExitStack() as stack:
        at_gate(site, running, stack, 1)
        until(lambda: site.held == 1)
        with pytest.raises(BlockingIOError):
            at_gate(site, running, stack, 10)
        answer = site.call(site.clean, reply_descriptor=4)
        assert answer.code == 71
        assert BUSY in answer.log
        site.open_gate()
    assert site.untouched


def test_the_bytes_of_all_messages_are_bounded(site: GatedSite) -> None:
    site.gated("workers = 3\nheld_bytes = 1_000_000")
    with site.service() as running, ExitStack() as stack:
        held = at_gate(site, running, stack, 1, 700_000)
        until(lambda: site.held == 1)
        big = message(b"x\n") + bytes(700_000)
        found = hand_in(running.socket, big, site.envelope)
        assert (found.deed, found.code, found.text) == (protocol.END, 71, BUSY)
        # A worker gives its bytes up a moment after it has answered.
        until(lambda: site.hand_in().deed == protocol.HAND_OVER)
        site.open_gate()
        assert take_answer(held[0]).deed == protocol.HAND_OVER
        until(lambda: hand_in(running.socket, big, site.envelope).deed == protocol.HAND_OVER)


def test_one_message_alone_may_be_larger_than_that(site: GatedSite) -> None:
    site.gated("workers = 2\nheld_bytes = 1000")
    with site.service() as running:
        assert hand_in(running.socket, message(b"x\n") + bytes(700_000), site.envelope).deed == protocol.HAND_OVER


SENDER = """\
import os, sys
sys.path.insert(0, {path!r})
from qsfilter.testing.service import hand_in_only, take_answer, connected
from qsfilter.testing.messages import message
os.setgroups([])
os.setuid({uid})
envelope = b"F\\0Tb@example.com\\0\\0"
with connected({socket!r}) if {silent} else hand_in_only({socket!r}, message(b"gate\\n"), envelope) as one:
    print("sent", flush=True)
    sys.stdin.read() if {silent} else print(*take_answer(one)[:3], flush=True)
"""


def sender(running: RunningService, stack: ExitStack, uid: int, *, silent: bool = False) -> subprocess.Popen[str]:
    """Start a process of the user UID that hands a message in, or connects and says nothing."""
    folder = str(Path(qsfilter.__file__).parent.parent)
    text = SENDER.format(path=folder, uid=uid, socket=running.socket, silent=silent)
    process = stack.enter_context(
        subprocess.Popen([sys.executable, "-c", text], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "sent\n"
    return process


def said(process: subprocess.Popen[str]) -> str:
    """Return what the sender was answered, who waits for no longer than any wait here."""
    assert process.stdout is not None
    return process.stdout.readline()


def test_a_user_who_is_not_trusted_is_served_all_the_same(site: GatedSite) -> None:
    site.gated("workers = 4\ntrusted_callers = []")
    with site.service() as running, ExitStack() as stack:
        held = at_gate(site, running, stack, 2)
        until(lambda: site.held == 2)
        found = site.hand_in()
        assert (found.deed, found.code, found.text) == (protocol.END, 71, BUSY)
        site.open_gate()
        assert [take_answer(one).deed for one in held] == [protocol.HAND_OVER] * 2
        until(lambda: site.hand_in().deed == protocol.HAND_OVER)  # a worker is free a moment after it has answered


def reachable(folder: Path) -> None:
    """Let every user go through FOLDER, and through those above it that pytest has made."""
    for one in (folder, *folder.parents):
        if one.stat().st_mode & 1:
            return
        one.chmod(one.stat().st_mode | 0o011)


if os.getuid() == 0:  # only root can be another user

    def test_one_user_takes_no_more_than_half_of_the_workers(site: GatedSite) -> None:
        reachable(site.folder)
        site.gated("workers = 4")
        with site.service(more="worker.HURRIED_SECONDS = 10.0") as running, ExitStack() as stack:
            first = [sender(running, stack, 65534) for _ in range(2)]
            until(lambda: site.held == 2)
            assert said(sender(running, stack, 65534)) == f"0 71 {BUSY}\n"
            other = sender(running, stack, 65533)
            until(lambda: site.held == 3)
            trusted = at_gate(site, running, stack, 1)
            until(lambda: site.held == 4)
            site.open_gate()
            assert [said(one).split()[0] for one in (*first, other)] == ["1"] * 3
            assert take_answer(trusted[0]).deed == protocol.HAND_OVER

    def test_who_is_silent_does_not_take_more_either(site: GatedSite) -> None:
        """The patience with silence is long here; with more than half of the workers it is not."""
        reachable(site.folder)
        site.gated("workers = 2\nwaiting = 16")
        with site.service(more="worker.REQUEST_SECONDS = 30.0") as running, ExitStack() as stack:
            silent = [sender(running, stack, 65534, silent=True) for _ in range(4)]
            assert site.hand_in(seconds=20).deed == protocol.HAND_OVER
            for one in silent:
                one.communicate("", timeout=60)
