"""The socket that fronts connect to: made by us, or given by systemd.

Guarantees: two masters never serve one path; the socket appears under its name when it listens, in the place of one
that a master left behind; any user may connect, and the folder is not writable by others.
"""

from __future__ import annotations

import _socket  # not `socket`, whose objects have no numbers that `fork` keeps apart
import fcntl
import os

from qsfilter.errors import DeliveryError

FIRST_GIVEN = 3
"""SD_LISTEN_FDS_START of systemd's sd_listen_fds(3)."""
WRITABLE_BY_OTHERS = 0o022


class Listening:
    """A listening socket; `socket` does not block."""

    def __init__(self, path: str, backlog: int) -> None:
        """Listen at PATH, where BACKLOG connections may wait; or take over the socket that systemd gives.

        Raises DeliveryError where another master listens there, or the place is not safe.
        """
        self._path = path
        self._lock = -1
        self._identity = (0, 0)
        try:
            given = _given()
            self.is_ours = given is None
            """Whether we have made it; else it goes on after us."""
            self.socket = self._bound(backlog) if given is None else given
            if given is not None:
                self.wait_for(backlog)  # systemd's own number is another one
        except OSError as error:
            raise DeliveryError(f"can't listen at {path}: {error.strerror}", 71) from error
        self.socket.setblocking(False)

    def wait_for(self, backlog: int) -> None:
        """Let BACKLOG connections wait from now on."""
        self.socket.listen(backlog)

    def leave(self) -> None:
        """Take the name away, so that fronts find that nobody is there; who waits already is still served."""
        try:
            found = os.stat(self._path, follow_symlinks=False)
            if (found.st_dev, found.st_ino) == self._identity:
                os.unlink(self._path)
        except OSError:
            return  # it is gone already

    def forked(self) -> None:
        """Close what only the master needs, in a worker."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _bound(self, backlog: int) -> _socket.socket:
        folder = os.path.dirname(self._path)
        os.makedirs(folder, 0o755, exist_ok=True)
        found = os.stat(folder)
        if found.st_mode & WRITABLE_BY_OTHERS:  # also as in /tmp: while we are not there, anybody could be
            raise DeliveryError(f"{folder} can be written by others, who could put a socket of theirs there", 71)
        self._lock = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DeliveryError(f"another service listens at {self._path}", 71) from error
        fresh = f"{self._path}.new"
        if os.path.lexists(fresh):
            os.unlink(fresh)
        made = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
        made.bind(fresh)
        os.chmod(fresh, 0o666)  # noqa: S103 - any user may hand in mail, as with qmail-queue
        made.listen(backlog)
        status = os.stat(fresh)
        os.rename(fresh, self._path)
        self._identity = (status.st_dev, status.st_ino)
        return made


def _given() -> _socket.socket | None:
    """Return the socket that systemd has opened for this process, if it has. Raises DeliveryError for another kind."""
    process, number = os.environ.pop("LISTEN_PID", ""), os.environ.pop("LISTEN_FDS", "")
    if process != str(os.getpid()) or not number:
        return None
    os.set_inheritable(FIRST_GIVEN, False)
    found = _socket.socket(fileno=FIRST_GIVEN)
    listens = found.getsockopt(_socket.SOL_SOCKET, _socket.SO_ACCEPTCONN)
    if number != "1" or (found.family, found.type) != (_socket.AF_UNIX, _socket.SOCK_STREAM) or not listens:
        raise DeliveryError("systemd gives other sockets than the one unix stream socket that this service takes", 71)
    return found


def notify(state: str) -> None:
    """Tell systemd our STATE (sd_notify(3)), if it has asked for that."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    told = _socket.socket(_socket.AF_UNIX, _socket.SOCK_DGRAM | _socket.SOCK_CLOEXEC)
    try:
        told.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        told.send(state.encode())
    except OSError:
        return  # it is told for its comfort
    finally:
        told.close()
