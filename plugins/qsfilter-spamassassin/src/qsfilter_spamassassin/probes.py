"""What `qsfilter check` asks each spamd: whether it is there, and whether it has rules.

The message that is tried is GTUBE, which every SpamAssassin with its rules calls spam and no Bayes database learns.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from qsfilter import Problem
from qsfilter_spamassassin.exchange import exchange
from qsfilter_spamassassin.protocol import ping, pong, request, scored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter_spamassassin.servers import Server

GTUBE = b"".join((b"XJS*C4JDBQADN1.NSBN3*2IDNEN*", b"GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"))
MESSAGE = b"From: qsfilter check <postmaster@localhost>\nSubject: qsfilter check\n\n" + GTUBE + b"\n"


def problems(servers: tuple[Server, ...], seconds: float) -> Iterator[Problem]:
    """Yield what is wrong with SERVERS, each being given SECONDS; grave is only what leaves no server over."""
    silent: dict[Server, str] = {}
    for server in servers:
        deadline = time.monotonic() + seconds
        try:
            pong(exchange(server, ping(), deadline))
            score = scored(exchange(server, request(b"SYMBOLS", MESSAGE), deadline))
        except OSError as error:
            silent[server] = str(error.strerror or error)
            continue
        if not score.spam:
            yield Problem(
                text=f"spamd at {server} does not take GTUBE for spam, but gives it {score.score}/{score.required}",
                mend="see that it has rules: sa-update, and spamassassin --lint",
                fatal=False,
            )
    for server, text in silent.items():
        yield Problem(
            text=f"no spamd answers at {server}: {text}", mend=_mend(server), fatal=len(silent) == len(servers)
        )


def _mend(server: Server) -> str:
    if server.path:
        return "start spamd with --socketpath, and a --socketmode or --socketgroup that lets the filter's user in"
    return "start spamd, with --listen and --allowed-ips that let this machine in"
