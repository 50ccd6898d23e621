"""Counts notices, so that a flood of blocked mail makes no flood of notices.

Guarantees: however many processes tell at one time, no more is allowed than the options say; where counting fails,
nothing is allowed; what is counted for each address is bounded by what all may get.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qsfilter.store import Store
    from qsfilter_notify import Notify

PATIENCE_SECONDS = 2.0
"""What a store for this should be made with: of a hundred processes that count at once, each has its turn."""
REMEMBERED_SECONDS = 7 * 86400.0
"""So long a sender's server tries the same mail."""
SPACE = "notices"


class Rates:
    """What may still be sent, as one store knows it."""

    def __init__(self, store: Store, notify: Notify) -> None:
        """Count in STORE, with the bounds of NOTIFY."""
        self._store = store
        self._notify = notify
        self._seconds = notify.hours * 3600

    def is_new(self, name: str) -> bool:
        """Whether the notice NAME was not yet dealt with. True, too, where nobody knows."""
        return self._store.get(SPACE, name) is None

    def dealt_with(self, names: Iterable[str]) -> None:
        """Remember that these notices are in the outbox, or stand in the digest; not before they do."""
        # Values and no counters: where the store is full, counters stay.
        self._store.put_many(SPACE, dict.fromkeys(names, b""), REMEMBERED_SECONDS)

    def administrator(self) -> bool:
        """Whether the administrator may have one more; it is counted."""
        count = self._store.add(SPACE, f"administrator {_hashed(self._notify.admin)}", ttl_seconds=self._seconds)
        return count is not None and count <= self._notify.most_to_admin

    def outsider(self, address: str) -> bool:
        """Whether ADDRESS may have one more; it is counted."""
        # Asked first, so that a flood from many addresses leaves no counter for each of them.
        before = self._store.add(SPACE, "outsiders", 0, ttl_seconds=self._seconds)
        if before is None or before >= self._notify.most:
            return False
        own = self._store.add(SPACE, f"outsider {_hashed(address)}", ttl_seconds=self._seconds)
        if own is None or own > self._notify.most_per_address:
            return False
        count = self._store.add(SPACE, "outsiders", ttl_seconds=self._seconds)
        return count is not None and count <= self._notify.most


def _hashed(address: str) -> str:
    return hashlib.sha256(address.casefold().encode("utf-8", "surrogateescape")).hexdigest()[:32]
