"""Connections to a clamd that stands behind a TLS proxy; clamd itself speaks none.

Guarantees: nothing is sent before the server has shown a certificate that is valid, signed by whom we trust, and made
out to the name we expect; TLS 1.2 at least; every wait ends at the deadline.

It is imported where a server is named `tls:` only: with `ssl` comes `socket`, 15 ms together.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import _socket

    from qsfilter_clamav.servers import Server

MOST_READ = 1 << 18
"""Octets that are taken in at once; answers are short, and one who sends more is not clamd."""


def context(server: Server) -> ssl.SSLContext:
    """Return what SERVER has to show and what we show it. Raises OSError for a file that can't be used.

    It is made for each connection, so that certificates may be renewed at any time.
    """
    made = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=server.ca_file or None)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    # Otherwise a send could wait for the server to speak, and nobody would know.
    made.options |= ssl.OP_NO_RENEGOTIATION
    if server.certificate:
        # An encrypted key must not ask for its password on a terminal.
        made.load_cert_chain(server.certificate, server.key or None, password=lambda: b"")
    return made


def secured(made: _socket.socket, server: Server, deadline: float) -> Connection:
    """Return MADE, a connection to SERVER, through TLS. Raises OSError, MADE being closed or the caller's to close."""
    chosen = context(server)
    plain = socket.socket(made.family, made.type, made.proto, fileno=made.detach())
    try:
        plain.setblocking(False)
        wrapped = chosen.wrap_socket(
            plain, server_hostname=server.server_name or server.host, do_handshake_on_connect=False
        )
    except BaseException:
        plain.close()
        raise
    try:
        _shake_hands(wrapped, deadline)
    except BaseException:
        wrapped.close()
        raise
    return Connection(wrapped)


def _shake_hands(wrapped: ssl.SSLSocket, deadline: float) -> None:
    poll = select.poll()
    while True:
        try:
            wrapped.do_handshake()
        except ssl.SSLWantReadError:
            event = select.POLLIN
        except ssl.SSLWantWriteError:
            event = select.POLLOUT
        else:
            return
        poll.register(wrapped.fileno(), event)
        seconds = deadline - time.monotonic()
        if seconds <= 0 or not poll.poll(seconds * 1000):
            raise TimeoutError("no TLS handshake in time")


class Connection:
    """A connection through TLS with the manners of a plain one."""

    def __init__(self, wrapped: ssl.SSLSocket) -> None:
        self._wrapped = wrapped

    def fileno(self) -> int:
        """Return its descriptor."""
        return self._wrapped.fileno()

    def send(self, data: bytes | memoryview, _flags: int, /) -> int:
        """Send some of DATA. Raises OSError, BlockingIOError where nothing can be sent now."""
        try:
            return self._wrapped.send(data)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError) as error:
            raise BlockingIOError from error

    def sendmsg(self, _buffers: object, _rights: object, _flags: int, /) -> int:
        """Refuse: no descriptor goes through TLS."""
        raise OSError("no descriptor can be passed through TLS")

    def recv(self, size: int, /) -> bytes:
        """Return all that has come, in pieces of SIZE at most: what was decrypted wakes no poll."""
        found = b""
        while len(found) < MOST_READ:
            try:
                piece = self._wrapped.recv(size)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError) as error:
                if not found:
                    raise BlockingIOError from error
                break
            if not piece:
                break  # told again by the next call
            found += piece
        return found

    def setsockopt(self, level: int, option: int, value: int, /) -> None:
        """Set an option of the connection below."""
        self._wrapped.setsockopt(level, option, value)

    def close(self) -> None:
        """Close it, without the farewell of TLS: nothing that counts is under way."""
        self._wrapped.close()
