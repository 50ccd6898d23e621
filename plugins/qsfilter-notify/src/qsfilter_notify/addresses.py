"""Judges addresses: which can be written to, and which are no person's.

Guarantees: an address that passes stands in a header field as it is, without quotes; in doubt nobody is written to.
"""

from __future__ import annotations

import re

LONGEST = 254
"""Octets of an address (RFC 5321, 4.5.3.1.3, less the angle brackets)."""
# By what may not stand there: a range of all that is not ASCII takes 10 ms to compile, for each message.
_ADDRESS = re.compile(
    r"""(?!-)  # nothing that a program could take for an option
        [^\x00-\x20"(),.:;<>@\[\\\]\x7f]+ (?:\.[^\x00-\x20"(),.:;<>@\[\\\]\x7f]+)*
        @ [^\x00-,./:-@\[-^`{-\x7f]+ (?:\.[^\x00-,./:-@\[-^`{-\x7f]+)*""",
    re.VERBOSE,
)
_ROLES = frozenset((
    "abuse", "anonymous", "autoreply", "auto-reply", "autoresponder", "bounce", "bounces", "daemon", "ezmlm", "ftp",
    "hostmaster", "listmaster", "listproc", "listserv", "lists", "mailer", "mailer-daemon", "mailerdaemon",
    "mailman", "majordom", "majordomo", "news", "nobody", "postmaster", "root", "sympa", "system", "usenet", "uucp",
    "webmaster", "www",
))  # fmt: skip
"""Local parts behind which there is a program, or somebody who is told anyway (RFC 2142)."""
_LIST = re.compile(
    r"""^(?:owner|request|bounces?|returns?|errors?)[-+._=]
      | [-+._](?:owner|request|bounces?|returns?|errors?|subscribe|unsubscribe|confirm|help)(?:$|[-+._=])
      | =[^=]+\.[^=.]+$                 # the subscriber's own address (VERP)
      | ^srs[01][-+=]                   # a forwarder's (SRS)
      | ^(?:prvs|btv1)=                 # signed for bounces only (BATV)
    """,
    re.VERBOSE,
)
_NO_REPLY = re.compile(r"(?:^|[-_.+])(?:do[-_.]?not|no)[-_.]?reply(?:$|[-_.+=\d])")


def address_of(octets: bytes) -> str:
    """Return OCTETS as text if somebody can be written to there, and it needs no quoting; else an empty text."""
    try:
        text = octets.decode("utf-8") if len(octets) <= LONGEST else ""
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() and _ADDRESS.fullmatch(text) else ""


def is_list_address(address: str) -> bool:
    """Whether ADDRESS has a form that lists, forwarders and programs give the sender."""
    return bool(_LIST.search(_local(address)))


def is_role(address: str) -> bool:
    """Whether ADDRESS is that of a role or a program, whom nobody reads for himself."""
    local = _local(address)
    return local.partition("+")[0] in _ROLES or bool(_NO_REPLY.search(local))


def _local(address: str) -> str:
    return address.rpartition("@")[0].casefold()
