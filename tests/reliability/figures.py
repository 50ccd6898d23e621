"""What the reliability tests did, in numbers, for the page that `make soak` writes.

Guarantee: a number is what a test has counted in this very run; tests in other processes add to the same file.
"""

from __future__ import annotations

import json
import os
from collections import Counter

VARIABLE = "QSFILTER_FIGURES"


def record(key: str, **numbers: float) -> None:
    """Add NUMBERS to those of KEY in the file that QSFILTER_FIGURES names; without it, do nothing."""
    path = os.environ.get(VARIABLE)
    if path:
        line = json.dumps({"key": key, **numbers}) + "\n"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)


def figures(path: str) -> dict[str, Counter[str]]:
    """Return the sums of the numbers in the file at PATH, by key."""
    found: dict[str, Counter[str]] = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            told = json.loads(line)
            found.setdefault(told.pop("key"), Counter()).update(told)
    return found
