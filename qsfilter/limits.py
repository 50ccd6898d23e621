"""The bounds on one message, and the Budget that is spent against them.

Guarantee: what is not bounded by a number here is bounded by one of them (every part costs a `parts`, every decoded or
unpacked byte an `unpacked_bytes`), and a bound that is reached raises LimitReached, which a stage turns into a finding.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from qsfilter.errors import LimitReached

MIB = 1 << 20
ALWAYS_UNPACKED = 128 * MIB


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Bounds on one message; sizes in bytes, times in seconds, all at least 1."""

    message_bytes: int = 100 * MIB
    unpacked_bytes: int = 512 * MIB
    """All that is decoded or unpacked; `of_message` lowers it for small messages."""
    unpacked_ratio: int = 32
    """How many times a message's own size may be unpacked; 128 MiB may be unpacked from any."""
    parts: int = 20_000
    members: int = 10_000
    depth: int = 17
    readings: int = 64
    """Other ways to read some part of the message, beside the usual one."""
    header_fields: int = 10_000
    header_bytes: int = 256 * 1024
    """Of one header; honest ones stay below a tenth of it."""
    field_bytes: int = 64 * 1024
    """Of one field that says what a part is: Content-Type and its kin."""
    envelope_bytes: int = 16 * MIB
    seconds: float = 240.0
    """From the envelope's last NUL to the hand-over."""
    memory_bytes: int = 2048 * MIB
    """Address space of the wrapper's process."""

    def of_message(self, size: int) -> Limits:
        """Return the bounds on a message of SIZE bytes: a small one may not be unpacked to the whole `unpacked_bytes`.

        A bomb is small; honest archives of text stay below 32 times their size, and single files of them may be above.
        """
        most = max(ALWAYS_UNPACKED, self.unpacked_ratio * size)
        return self if most >= self.unpacked_bytes else replace(self, unpacked_bytes=most)


class Budget:
    """What is left of the Limits for one message; the stages spend it as children are placed."""

    __slots__ = ("_bytes", "_members", "_parts", "_readings", "limits")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._bytes = limits.unpacked_bytes
        self._members = limits.members
        self._parts = limits.parts
        self._readings = limits.readings

    @property
    def bytes_left(self) -> int:
        """Bytes that may still be decoded or unpacked; an unpacker inflates at most this many and one more."""
        return self._bytes

    @property
    def members_left(self) -> int:
        """Archive members that may still be opened."""
        return self._members

    def spend_bytes(self, size: int) -> None:
        """Count SIZE decoded or unpacked bytes; raise LimitReached when they are more than is left."""
        self._bytes -= size
        if self._bytes < 0:
            self._bytes = 0
            raise LimitReached("unpacked_bytes", self.limits.unpacked_bytes)

    def spend_part(self) -> None:
        """Count one part of any origin; raise LimitReached past `parts`."""
        if self._parts < 1:
            raise LimitReached("parts", self.limits.parts)
        self._parts -= 1

    def spend_reading(self) -> None:
        """Count one unusual reading of a part; raise LimitReached past `readings`."""
        if self._readings < 1:
            raise LimitReached("readings", self.limits.readings)
        self._readings -= 1

    def spend_member(self) -> None:
        """Count one member of an archive; raise LimitReached past `members`."""
        if self._members < 1:
            raise LimitReached("members", self.limits.members)
        self._members -= 1
