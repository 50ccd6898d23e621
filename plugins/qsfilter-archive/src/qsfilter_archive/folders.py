"""Says in which folders of the archive a message is kept: one for all mail, or one for each domain, day, or both.

Guarantee: folders are named by the configured domains and the clock alone, never by what stands in an address.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from qsfilter import ConfigError

if TYPE_CHECKING:
    from qsfilter import Envelope

FORMS = ("", "domain", "date", "domain/date")
WHOLE = "."
"""The folder of an archive that has no others."""
OTHER = "other"
"""The folder of mail from and to none of the domains."""
TAKEN = frozenset({OTHER, "new", "cur", "tmp", "sidecar", "manifest"})
LONGEST = 253
_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


def checked_domain(text: str) -> str:
    """Return TEXT in lower case. Raises ConfigError where it can't name a folder."""
    domain = text.lower()
    if len(domain) > LONGEST or not _DOMAIN.fullmatch(domain):
        raise ConfigError(f"domains: takes names of domains (example.com; IDN as xn--…), not {text!r}")
    if domain in TAKEN:
        raise ConfigError(f"domains: {text!r} is the name of another folder")
    return domain


def folders(form: str, domains: tuple[str, ...], envelope: Envelope, now: float) -> tuple[str, ...]:
    """Return the folders, relative to the archive, of a message with this ENVELOPE at NOW (seconds since the epoch).

    FORM is one of `FORMS`. With domains, there is one for each of DOMAINS that the sender or a recipient is in.
    """
    day = time.strftime("%Y-%m-%d", time.gmtime(now))
    if "domain" not in form:
        return (day if form else WHOLE,)
    addresses = (envelope.sender, *envelope.recipients)
    seen = {address.rpartition(b"@")[2].lower() for address in addresses if b"@" in address}
    mine = [domain for domain in domains if domain.encode("ascii") in seen] or [OTHER]
    return tuple(f"{domain}/{day}" if "date" in form else domain for domain in mine)
