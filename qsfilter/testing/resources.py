"""What a test's own process may hold and write: no descriptor more than before, no file above a size."""

from __future__ import annotations

import gc
import os
import resource
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def no_descriptor_stays_open() -> Iterator[None]:
    """Fail at the end of the block if a descriptor is open that was not before. Raises AssertionError."""
    before = _open_ones()
    yield
    gc.collect()  # a filter and its hooks refer to each other
    left = _open_ones() - before
    if left:
        raise AssertionError(f"still open: {sorted(left)}")


@contextmanager
def no_file_above(octets: int) -> Iterator[None]:
    """Let no file grow beyond OCTETS, as on a full disk: the kernel writes as much as fits and refuses the rest."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _open_ones() -> set[str]:
    found = set()
    for name in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):  # the one on the list itself
            found.add(f"{name} {os.readlink(f'/proc/self/fd/{name}')}")
    return found
