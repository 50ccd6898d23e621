"""Memory that the master and its workers share: who is at what, until when, and how many bytes each holds.

Guarantees: a worker writes only to its own slot, and the master reads what a worker that died has left there; no lock,
because each number is written by one process, at once.
"""

from __future__ import annotations

import struct
from mmap import mmap
from typing import Any

SLOT = 512
_UNTIL, _HELD, _CALLER, _KEY, _ASKED = map(struct.Struct, ("@d", "@q", "@q", "@64s", "@424s"))
_HELD_AT, _CALLER_AT, _KEY_AT, _ASKED_AT = 8, 16, 24, 88
NOBODY = -1


class Slots:
    """One slot a worker; make it before the workers are forked."""

    def __init__(self, number: int, file: int = -1) -> None:
        """Make NUMBER slots, in the descriptor FILE behind its first `SLOT` bytes if there is one."""
        memory = mmap(file, (number + 1) * SLOT)
        self.all = [Slot(memory, (index + 1) * SLOT) for index in range(number)]
        for slot in self.all:
            slot.clear()

    @staticmethod
    def read(data: bytes) -> list[Slot]:
        """Return the slots that DATA holds."""
        return [Slot(data, at) for at in range(0, len(data) - SLOT + 1, SLOT)]

    def held(self) -> int:
        """Return the size in bytes of all messages that are being examined."""
        return sum(slot.held for slot in self.all)

    def busy_for(self, caller: int) -> int:
        """Return how many workers are at messages of the user CALLER."""
        return sum(slot.caller == caller for slot in self.all)


class Slot:
    """What one worker is at."""

    def __init__(self, memory: mmap | bytes, at: int) -> None:
        self._memory: Any = memory  # who has bytes only reads
        self._at = at

    def give_up(self) -> None:
        """Count for nobody any more: call it before the answer, for whoever sends the next message when that comes."""
        self.held = 0
        self.caller = NOBODY
        self.key = ""

    def clear(self) -> None:
        """Nothing is being examined."""
        self.until = 0.0
        self.give_up()
        self.asked = ("", "")

    @property
    def until(self) -> float:
        """When the worker will be back at the latest, on `time.monotonic`; 0 where it has nothing to do."""
        return float(_UNTIL.unpack_from(self._memory, self._at)[0])

    @until.setter
    def until(self, when: float) -> None:
        _UNTIL.pack_into(self._memory, self._at, when)

    @property
    def held(self) -> int:
        """Size of its message in bytes."""
        return int(_HELD.unpack_from(self._memory, self._at + _HELD_AT)[0])

    @held.setter
    def held(self, size: int) -> None:
        _HELD.pack_into(self._memory, self._at + _HELD_AT, size)

    @property
    def caller(self) -> int:
        """User number of the one who waits for its answer."""
        return int(_CALLER.unpack_from(self._memory, self._at + _CALLER_AT)[0])

    @caller.setter
    def caller(self, uid: int) -> None:
        _CALLER.pack_into(self._memory, self._at + _CALLER_AT, uid)

    @property
    def key(self) -> str:
        """Retry key of its message, hexadecimal; empty where none is being examined."""
        return bytes(_KEY.unpack_from(self._memory, self._at + _KEY_AT)[0]).rstrip(b"\0").decode("ascii", "replace")

    @key.setter
    def key(self, key: str) -> None:
        _KEY.pack_into(self._memory, self._at + _KEY_AT, key.encode())

    @property
    def asked(self) -> tuple[str, str]:
        """Which hook was asked last, and of which plugin; empty where none was."""
        told = bytes(_ASKED.unpack_from(self._memory, self._at + _ASKED_AT)[0]).rstrip(b"\0")
        hook, _, plugin = told.decode("utf-8", "replace").partition(" ")
        return hook, plugin

    @asked.setter
    def asked(self, names: tuple[str, str]) -> None:
        _ASKED.pack_into(self._memory, self._at + _ASKED_AT, " ".join(names).encode())
