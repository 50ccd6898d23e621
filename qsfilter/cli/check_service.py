"""What `qsfilter check` looks at where mail is examined by the service: its socket, its callers, and the front."""

from __future__ import annotations

import os
import pwd
import socket
from typing import TYPE_CHECKING

from qsfilter.cli.build_front import settings_of, wrapper_beside_us
from qsfilter.errors import ConfigError
from qsfilter.model import Problem
from qsfilter.queue import front

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.edge import Edge, Service

CONNECT_SECONDS = 5.0
WRITABLE_BY_OTHERS = 0o022


def service_problems(around: Edge, where: str) -> Iterator[Problem]:
    """Yield what is wrong with the service that the configuration WHERE names, and with its front."""
    if around.service is None:
        return
    yield from _socket(around.service)
    yield from _callers(around.service)
    if not around.service.front:
        return
    try:
        wanted = settings_of(around, where, wrapper_beside_us())
    except ConfigError as error:
        yield Problem(text=str(error), mend="the front can't be built as it is")
        return
    yield from front.problems(around.service.front, wanted)


def _socket(service: Service) -> Iterator[Problem]:
    """Look whether somebody listens, and whether others could listen in the service's place."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect(service.socket)
        except OSError as error:
            text = f"the service at {service.socket} does not answer: {error.strerror or error}"
            yield Problem(text=text, mend="start `qsfilter serve`", fatal=service.fallback == "defer")
    folder = os.path.dirname(service.socket)
    if os.path.isdir(folder) and os.stat(folder).st_mode & WRITABLE_BY_OTHERS:
        yield Problem(text=f"others can write {folder}, and so listen there", mend=f"chmod go-w {folder}")


def _callers(service: Service) -> Iterator[Problem]:
    """Name the trusted callers that this machine does not know, unless they are the default's."""
    if service.trusted_callers == type(service)().trusted_callers:
        return
    for user in service.trusted_callers:
        if not user.isdigit() and user not in {entry.pw_name for entry in pwd.getpwall()}:
            text = f"service.trusted_callers: there is no user {user}"
            yield Problem(text=text, mend="take it out, or mend it", fatal=False)
