"""Fixtures of the tests that run our programs under strace."""

from __future__ import annotations

import pytest

from tests.reliability import strace


@pytest.fixture
def strace_is_there() -> None:
    """Fail the test where it is not."""
    strace.require()
