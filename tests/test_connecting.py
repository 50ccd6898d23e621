"""Connections for plugins: bounded, and closed where they come to nothing."""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING

import pytest

from qsfilter.connecting import connect
from qsfilter.testing.resources import no_descriptor_stays_open
from qsfilter.testing.server_process import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("descriptors")


@pytest.fixture
def descriptors() -> Iterator[None]:
    """See that the test leaves no descriptor open."""
    with no_descriptor_stays_open():
        yield


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def test_a_unix_socket_and_a_port_are_connected_to_without_blocking(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as local, socket.create_server(("127.0.0.1", 0)) as far:
        local.bind(path)
        local.listen()
        for listening, address in ((local, path), (far, ("127.0.0.1", far.getsockname()[1]))):
            made = connect(address, soon())
            with listening.accept()[0] as other:
                assert not os.get_blocking(made.fileno())
                made.send(b"x")
                assert other.recv(2) == b"x"
            made.close()


def test_a_full_queue_is_waited_for_until_the_deadline(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen(0)
        first = connect(path, soon())
        with pytest.raises(TimeoutError, match="its queue of connections was full"):
            connect(path, soon(0.2))
        first.close()


def test_nobody_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        connect(str(tmp_path / "none"), soon())
    with pytest.raises(ConnectionRefusedError):
        connect(("127.0.0.1", free_port()), soon())


def test_without_time_nothing_is_tried() -> None:
    with pytest.raises(TimeoutError, match="no time is left to connect"):
        connect("/nonexistent/socket", soon(-1))


def test_what_begins_on_it_is_what_is_returned() -> None:
    """It is told until when, which is no later than the deadline."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        deadline = soon()
        made, until = connect(listening.getsockname(), deadline, lambda made, until: (made, until))
        made.close()
    assert until <= deadline


def test_where_beginning_fails_the_next_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the error of the last one is told."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = listening.getsockname()
        found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", address)] * 2
        monkeypatch.setattr("_socket.getaddrinfo", lambda *_: found)
        asked = []

        def begin(_made: object, _until: float) -> None:
            asked.append(1)
            raise OSError(f"failed {len(asked)}")

        with pytest.raises(OSError, match="failed 2"):
            connect(address, soon(), begin)


def test_an_interruption_goes_through() -> None:
    """The core's timer may come at any time."""

    def begin(_made: object, _until: float) -> None:
        raise KeyboardInterrupt

    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.raises(KeyboardInterrupt):
        connect(listening.getsockname(), soon(), begin)
