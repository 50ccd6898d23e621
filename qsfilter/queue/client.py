"""Who the client is, from what tcpserver and its kin put into the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.model import Client

if TYPE_CHECKING:
    from collections.abc import Mapping

SWITCHES = (b"QS_SPAMASSASSIN", b"BMC_WHITELIST", b"SA_SKIP_MD")
"""Per-client switches that tcprules set and plugins may read."""


def client_of(environment: Mapping[bytes, bytes]) -> Client:
    """Read who the client is out of ENVIRONMENT; where nothing tells, it is this machine."""

    def text(name: bytes) -> str:
        return environment.get(name, b"").decode("ascii", "backslashreplace")

    return Client(
        ip=text(b"TCPREMOTEIP") or "127.0.0.1",
        host=text(b"TCPREMOTEHOST"),
        user=text(b"TCPREMOTEINFO"),
        relay=b"RELAYCLIENT" in environment,
        env={name.decode("ascii"): text(name) for name in SWITCHES if name in environment},
    )
