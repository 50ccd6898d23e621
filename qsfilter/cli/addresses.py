"""Takes patterns of addresses from options, and shows the addresses of an envelope as a terminal may have them."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

from qsfilter.errors import ConfigError
from qsfilter.names import printable
from qsfilter.patterns import checked_address

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN = 3


def pattern(text: str) -> str:
    """Return TEXT if it is a pattern of addresses, as `[[policy]]` writes them. Raises ArgumentTypeError."""
    try:
        return checked_address(text, "it")
    except ConfigError as error:
        raise ArgumentTypeError(str(error)) from error


def address(octets: bytes) -> str:
    """Return an address for people, whole; the empty one is `<>`."""
    return printable(octets.decode("utf-8", "backslashreplace")) or "<>"


def several(addresses: Sequence[bytes], columns: int) -> str:
    """Return ADDRESSES for people: all of them, but on a terminal, of so many COLUMNS, the first and how many more."""
    few = addresses[:SHOWN] if columns else addresses
    more = f" and {len(addresses) - len(few)} more" if len(addresses) > len(few) else ""
    return f"{' '.join(map(address, few))}{more}"
