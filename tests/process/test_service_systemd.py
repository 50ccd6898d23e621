"""Under systemd: it serves at the socket that it is given, and tells when it is ready."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

import pytest

from qsfilter.queue import protocol
from qsfilter.testing.messages import message
from qsfilter.testing.service import hand_in, hand_in_only, take_answer
from tests.process.service_place import ServedSite

if TYPE_CHECKING:
    from pathlib import Path

    from qsfilter.testing.service import RunningService


@pytest.fixture
def site(tmp_path: Path) -> ServedSite:
    return ServedSite(tmp_path)


ACTIVATED = """\
#!{python} -I
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ["LISTEN_PID"], os.environ["LISTEN_FDS"] = str(os.getpid()), sys.argv[2]
os.execv(sys.argv[3], sys.argv[3:])
"""


def test_it_serves_at_a_socket_of_systemd_and_tells_when_it_is_ready(site: ServedSite) -> None:
    """The name stays with systemd, and who waits at the end is served by the next one."""
    path = site.folder / "run" / "s"
    path.parent.mkdir()
    site.told("bad", service="workers = 1")
    with socket.socket(socket.AF_UNIX) as given, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        given.bind(str(path))
        given.listen(8)
        told.bind(str(site.folder / "notify"))
        told.settimeout(60)
        with hand_in_only(str(path), message(b"early\n"), site.envelope) as early:
            running = activated(site, given, "1")
            with running:
                assert told.recv(100) == b"READY=1"
                assert take_answer(early).deed == protocol.HAND_OVER
                assert site.hand_in().deed == protocol.HAND_OVER
                assert running.stop() == 0
                assert told.recv(100) == b"STOPPING=1"
        assert path.exists()
        with hand_in_only(str(path), message(b"between\n"), site.envelope) as between, activated(site, given, "1"):
            assert take_answer(between).deed == protocol.HAND_OVER


def activated(site: ServedSite, given: socket.socket, number: str) -> RunningService:
    """Return a service that is GIVEN a socket as systemd does."""
    running = site.service(NOTIFY_SOCKET=str(site.folder / "notify"))
    outer = site.script("activated", ACTIVATED.format(python=sys.executable))
    inner = str(site.folder / "serve")
    script = site.script("start", f'#!/bin/sh\nexec {outer} {given.fileno()} {number} {inner} "$@"\n')
    running.program = (script,)
    running.given = (given.fileno(),)
    return running


@pytest.mark.parametrize("family", [socket.AF_UNIX, socket.AF_INET])
@pytest.mark.parametrize("number", ["1", "2"])
def test_another_kind_of_socket_is_refused(site: ServedSite, family: socket.AddressFamily, number: str) -> None:
    """One that does not listen, or one of the network, where nobody knows who calls."""
    with socket.socket(family) as given:
        if family == socket.AF_INET:
            given.listen()
        running = activated(site, given, number)
        with pytest.raises(RuntimeError, match="systemd gives other sockets"):
            running.start()


def test_a_socket_that_was_given_to_another_process_is_not_ours(site: ServedSite) -> None:
    with site.service(LISTEN_PID="1", LISTEN_FDS="1") as running:
        assert hand_in(running.socket, site.clean, site.envelope).deed == protocol.HAND_OVER
