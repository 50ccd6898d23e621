"""The pattern on addresses, by RE2; the only module that knows it.

Guarantees: it is searched in octets, whatever they mean, in linear time; what RE2 refuses is a ConfigError.
"""

from __future__ import annotations

from typing import Any

from qsfilter import ConfigError
from qsfilter.names import shown

MEMORY = 1 << 20
"""Bytes that the compiled pattern and the states that matching remembers may use."""


class Pattern:
    """One pattern, compiled."""

    def __init__(self, text: str) -> None:
        """Compile TEXT. Raises ConfigError with RE2's reason."""
        import re2  # noqa: PLC0415 - not needed to list plugins, nor where all mail is archived

        options = re2.Options()
        # Octets, not characters: under UTF-8 one octet that is not UTF-8 hides an address from every pattern.
        options.encoding = re2.Options.Encoding.LATIN1
        options.case_sensitive = False
        options.dot_nl = True
        options.never_nl = False
        options.max_mem = MEMORY
        options.log_errors = False
        try:
            # An address that is not ASCII is UTF-8 (RFC 6531).
            self._compiled: Any = re2.compile(text.encode("utf-8", "replace"), options)
        except re2.error as error:
            reason = error.args[0] if error.args else b""
            told = reason.decode("latin-1") if isinstance(reason, bytes) else str(reason)
            raise ConfigError(f"match: {shown(text)} is no pattern for RE2: {told}") from error

    def is_in(self, address: bytes) -> bool:
        """Say whether the pattern matches anywhere in ADDRESS."""
        return self._compiled.search(address) is not None
