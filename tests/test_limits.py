"""The bounds on one message and the Budget that is spent against them."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter.errors import LimitReached
from qsfilter.limits import Budget, Limits


@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
def test_every_default_is_a_bound(name: str) -> None:
    """Nothing is unbounded where a site says nothing."""
    assert 1 <= getattr(Limits(), name) < float("inf")


def test_the_defaults_are_the_documented_ones() -> None:
    """Those that the example of a configuration shows."""
    limits = Limits()
    assert (limits.message_bytes, limits.unpacked_bytes) == (104_857_600, 536_870_912)
    assert (limits.depth, limits.members) == (17, 10_000)


@pytest.mark.parametrize(
    ("size", "most"), [(0, 128 << 20), (4 << 20, 128 << 20), (5 << 20, 160 << 20), (17 << 20, 512 << 20)]
)
def test_a_small_message_may_be_unpacked_to_less(size: int, most: int) -> None:
    """A bomb is small; a large archive of an honest sender is not."""
    assert Limits().of_message(size).unpacked_bytes == most


def test_a_lower_bound_of_the_site_stays() -> None:
    """Whatever the size."""
    limits = Limits(unpacked_bytes=1000)
    assert limits.of_message(10) is limits


def test_limits_are_frozen() -> None:
    """No plugin changes them."""
    with pytest.raises(FrozenInstanceError):
        Limits().depth = 99  # type: ignore[misc]


def test_the_bound_itself_may_be_spent() -> None:
    """A message of exactly the bound passes."""
    budget = Budget(Limits(unpacked_bytes=10))
    budget.spend_bytes(10)
    assert budget.bytes_left == 0


def test_one_byte_more_is_too_much() -> None:
    """The first byte past the bound ends it."""
    budget = Budget(Limits(unpacked_bytes=10))
    budget.spend_bytes(10)
    with pytest.raises(LimitReached):
        budget.spend_bytes(1)


def test_an_empty_content_costs_no_bytes() -> None:
    """What has nothing in it passes when nothing is left."""
    budget = Budget(Limits(unpacked_bytes=1))
    budget.spend_bytes(1)
    budget.spend_bytes(0)
    assert budget.bytes_left == 0


def test_what_is_left_is_never_below_nothing() -> None:
    """An unpacker asks for `bytes_left + 1` bytes, also after the bound was reached."""
    budget = Budget(Limits(unpacked_bytes=10))
    with pytest.raises(LimitReached):
        budget.spend_bytes(1000)
    assert budget.bytes_left == 0


def test_a_spent_budget_stays_spent() -> None:
    """A bound that was reached is reached for what comes later too, however small it is."""
    budget = Budget(Limits(unpacked_bytes=10))
    with pytest.raises(LimitReached):
        budget.spend_bytes(11)
    with pytest.raises(LimitReached):
        budget.spend_bytes(1)


def test_parts_are_counted() -> None:
    """As many parts as the limit says, and not one more."""
    budget = Budget(Limits(parts=2))
    budget.spend_part()
    budget.spend_part()
    with pytest.raises(LimitReached, match="parts"):
        budget.spend_part()


def test_members_are_counted() -> None:
    """As many members as the limit says, and not one more."""
    budget = Budget(Limits(members=1))
    budget.spend_member()
    assert budget.members_left == 0
    with pytest.raises(LimitReached, match="members"):
        budget.spend_member()


def test_one_bound_does_not_spend_another() -> None:
    """Many small parts leave the bytes alone."""
    budget = Budget(Limits(parts=1, members=1, unpacked_bytes=7))
    budget.spend_part()
    assert (budget.members_left, budget.bytes_left) == (1, 7)


def test_two_messages_share_no_budget() -> None:
    """What one message spends, the next still has."""
    limits = Limits(parts=1)
    Budget(limits).spend_part()
    Budget(limits).spend_part()


def test_the_error_names_the_limit() -> None:
    """A plugin can tell which bound it was."""
    with pytest.raises(LimitReached) as caught:
        Budget(Limits(unpacked_bytes=5)).spend_bytes(6)
    assert (caught.value.limit, caught.value.bound) == ("unpacked_bytes", 5)


@pytest.mark.parametrize("bound", [10_000, 104_857_600, 536_870_912])
def test_the_error_says_the_bound_as_the_configuration_does(bound: int) -> None:
    """Who reads the log finds the number in the configuration file."""
    assert str(LimitReached("unpacked_bytes", bound)) == f"unpacked_bytes = {bound}"


@given(st.integers(1, 1000), st.lists(st.integers(0, 400)))
def test_never_more_is_accepted_than_the_bound(bound: int, sizes: list[int]) -> None:
    """Whatever the sizes are and in whatever order they come."""
    budget, accepted = Budget(Limits(unpacked_bytes=bound)), 0
    for size in sizes:
        try:
            budget.spend_bytes(size)
        except LimitReached:
            break
        accepted += size
    assert accepted <= bound
