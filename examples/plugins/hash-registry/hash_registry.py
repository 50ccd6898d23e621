"""Asks a malware hash registry in the DNS about every content that is no text.

The queue wrapper runs isolated (`python -I`): it sees what is installed beside qsfilter, and no PYTHONPATH. So copy
this folder, install the copy, and name the plugin:

    # cp -R examples/plugins/hash-registry /etc/qsfilter/
    # /opt/qsfilter/bin/python -m pip install /etc/qsfilter/hash-registry

    [plugins.hash-registry]             # under another name, with: use = "hash_registry:HashRegistry"
    zone = "hash.example.com"

Guarantees: no more than a hash leaves the site; a content counts as unknown only if the registry said so (NXDOMAIN),
and whatever else comes back, or nothing, is told by a finding; all questions about a message share one deadline. A
registry knows what others have seen, byte for byte: it is a second opinion, and never makes mail count as scanned.

Read the conditions of a registry before you ask it about all your mail. Team Cymru's Malware Hash Registry is free for
uses that are not commercial, and wants to be told of large ones.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from qsfilter import About, ConfigError, Finding, Kind, Problem, hookimpl, malware, note, plugin
from qsfilter.context import Answers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Blob, Context, Message

DIGESTS = {"md5": 32, "sha1": 40, "sha256": 64}
"""Their lengths in hexadecimal."""
SHA256_LABEL = 32
"""A label of the DNS has at most 63 octets (RFC 1035, 2.3.4), so registries take a SHA-256 as two of this length."""
LONGEST_ZONE = 180
"""With the labels of a digest in front, a name stays below 255 octets."""
NOT_IN_TEXT = tuple({*range(32)} - {*b"\t\n\f\r\x1b"})
"""Octets that no text has; ESC switches the character set in Japanese mail."""
SHARE = 0.95
"""Of the time that the message has left: what was found has to be told before the core's own timer rings."""


class UnansweredError(Exception):
    """The registry did not say whether it knows a content."""


@plugin
class HashRegistry:
    """Malware that a registry in the DNS knows by its hash."""

    zone: str
    """The registry's domain; a digest in hexadecimal is put in front of it."""
    digest: str = "sha256"
    """`md5`, `sha1` or `sha256`, as the registry wants it."""
    servers: tuple[str, ...] = ()
    """Addresses of the resolvers to ask; without any, those of /etc/resolv.conf."""
    port: int = 53
    """Where they listen."""
    seconds: float = 5.0
    """Time for all questions about a message; keep it below the table's `timeout` (60)."""
    most: int = 64
    """So many contents of a message are asked about; a note says how many were left out."""
    least_bytes: int = 512
    """Smaller contents are not asked about."""
    text: bool = False
    """Ask about text too. Scripts are text, and so is what people write to each other."""
    unanswered: str = "failure"
    """What a content without an answer is: a `failure`, on which `on_error` votes, or a `note`."""
    known: str = ""
    """A digest that the registry knows; `qsfilter check` asks about it, and so notices a zone that is misspelt."""

    def __post_init__(self) -> None:
        """Refuse what can't work; nobody is asked."""
        labels = self.zone.removesuffix(".").split(".")
        plain = all(0 < len(label) < 64 and label.isascii() and label.replace("-", "a").isalnum() for label in labels)
        if not plain or len(self.zone) > LONGEST_ZONE:
            raise ConfigError(f"zone: takes a domain, not {self.zone!r}")
        if self.digest not in DIGESTS:
            raise ConfigError(f"digest: takes one of {', '.join(DIGESTS)}, not {self.digest!r}")
        if self.known and (len(self.known) != DIGESTS[self.digest] or set(self.known) - set("0123456789abcdef")):
            raise ConfigError(f"known: takes a {self.digest} in hexadecimal, in lower case")
        if self.unanswered not in {"failure", "note"}:
            raise ConfigError(f"unanswered: takes failure or note, not {self.unanswered!r}")
        if not self.seconds > 0:
            raise ConfigError("seconds: takes a number above 0")
        if not 0 < self.port < 1 << 16:
            raise ConfigError("port: takes a number from 1 to 65535")
        if self.most < 1 or self.least_bytes < 0:
            raise ConfigError("most takes a number from 1, least_bytes one from 0")
        if self.servers:
            import ipaddress  # noqa: PLC0415 - most sites ask the resolver of the machine

            for server in self.servers:
                try:
                    ipaddress.ip_address(server)
                except ValueError as error:
                    raise ConfigError(f"servers: {error}") from error

    @hookimpl
    def about(self) -> About:
        """Say who is asked; it is no engine, so mail that only a registry was asked about is marked as unscanned."""
        return About(name="hash-registry", version="1.0", signatures=self.zone)

    @hookimpl
    def scan(self, message: Message, ctx: Context) -> Iterator[Finding]:
        """Yield what the registry knows, and how many contents it gave no answer for."""
        contents = [blob for blob in message.blobs if blob is not message.root.blob and self._is_asked_about(blob)]
        asked = tuple(contents[: self.most])
        if not asked:
            return
        until = ctx.clock() + min(self.seconds, ctx.seconds_left * SHARE)
        key = ("hash-registry", "1", self.zone, self.digest, str(self.port), *self.servers)
        troubles: list[str] = []

        def ask(blobs: tuple[Blob, ...]) -> Answers:
            found: dict[Blob, bytes] = {}
            for blob in blobs:
                if (left := until - ctx.clock()) <= 0:
                    troubles.append("time is up")
                    break
                try:
                    found[blob] = self._looked_up(self._digest_of(blob.data), left).encode()
                except UnansweredError as error:
                    troubles.append(str(error))
            return Answers(found, key)

        answers = ctx.cache.through(key, asked, ask)
        for blob in asked:
            if address := answers.get(blob):
                yield malware("Known-Hash", blob, f"{self.zone} says {address.decode()}")
        if missing := sum(blob not in answers for blob in asked):
            why = troubles[0] if troubles else "nobody answered"
            detail = f"{missing} of {len(asked)} contents: {why}"
            yield Finding(kind=Kind(self.unanswered), name="not-answered", detail=detail)
        if left_out := len(contents) - len(asked):
            yield note("not-asked", None, f"{left_out} contents; {self.most} are asked about")

    def _is_asked_about(self, blob: Blob) -> bool:
        if blob.size < self.least_bytes:
            return False
        return self.text or any(octet in blob.data for octet in NOT_IN_TEXT)

    def _digest_of(self, data: bytes) -> str:
        return hashlib.new(self.digest, data, usedforsecurity=False).hexdigest()

    def _looked_up(self, digest: str, seconds: float) -> str:
        """Ask for DIGEST; return the address that the registry has for it, or nothing if it has none.

        Raises UnansweredError where neither is certain after SECONDS.
        """
        from dns.exception import DNSException  # noqa: PLC0415 - 70 ms for the two, and most mail is text
        from dns.resolver import NXDOMAIN, Resolver  # noqa: PLC0415 - as above

        labels = f"{digest[:SHA256_LABEL]}.{digest[SHA256_LABEL:]}" if self.digest == "sha256" else digest
        try:
            resolver = Resolver(configure=not self.servers)
            if self.servers:
                resolver.nameservers = self.servers
            resolver.port = self.port
            answer = resolver.resolve(f"{labels}.{self.zone.removesuffix('.')}.", "A", lifetime=seconds, search=False)
        except NXDOMAIN:
            return ""
        except DNSException as error:
            raise UnansweredError(str(error)) from error
        addresses = sorted(map(str, answer))
        # As with block lists (RFC 5782), 127.0.0.1 is no entry; and a provider's search page is none either.
        for address in addresses:
            if not address.startswith("127.0.0.") or address in {"127.0.0.0", "127.0.0.1"}:
                raise UnansweredError(f"{address} is not what a registry answers")
        return addresses[0]

    @hookimpl
    def check(self) -> Iterator[Problem]:
        """Report a registry that gives no answer, knows what nobody has, or does not know what it should."""
        try:
            if self._looked_up(self._digest_of(os.urandom(32)), self.seconds):
                yield Problem(text=f"{self.zone} knows a content that is new", mend="ask a registry, by its resolver")
            if self.known and not self._looked_up(self.known, self.seconds):
                yield Problem(text=f"{self.zone} does not know {self.known}", mend="look at `zone` and `digest`")
        except (UnansweredError, ImportError) as error:
            yield Problem(text=f"{self.zone} gives no answer: {error}", mend="look at `zone` and `servers`")
