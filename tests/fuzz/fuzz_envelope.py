"""Fuzzes the reader of envelopes: any bytes come on descriptor 1, in pieces of any size.

The target holds the reader to what `queue.contract` promises: nothing but EnvelopeError with one of its codes is
raised, the pieces make no difference, what is accepted is what a pattern of two lines accepts, and it is written again
in the same bytes.
"""

from __future__ import annotations

import re

from qsfilter.errors import EnvelopeError
from qsfilter.queue import contract
from qsfilter.transport import envelope_bytes

MOST = 4096
CODES = {contract.READ_ERROR, contract.MALFORMED, contract.TOO_LONG, contract.OUT_OF_MEMORY}
WHOLE = re.compile(rb"F[^\0]{0,1002}\0(?:T[^\0]{0,1002}\0)*\0", re.DOTALL)


def read(data: bytes) -> None:
    """Read DATA, whose first byte says how large the pieces are; raise AssertionError where a promise is broken."""
    step, given = (data[0] + 1, data[1:]) if data else (1, b"")
    found = _read(given, step)
    assert found == _read(given, contract.STEP), "pieces make a difference"
    expected = WHOLE.match(given)
    if isinstance(found, int):
        assert found in CODES, found
        assert expected is None or expected.end() > MOST, "an envelope is refused"
        return
    assert expected is not None, "what is no envelope is accepted"
    assert found == expected.group(), "more or less than the envelope"
    envelope = contract.parse_envelope(found)
    assert envelope_bytes(envelope) == found
    assert all(len(address) < contract.LONGEST_ADDRESS for address in (envelope.sender, *envelope.recipients))


def _read(given: bytes, step: int) -> bytes | int:
    """Return the envelope that is read from GIVEN in pieces of STEP bytes, or the code it is refused with."""
    at = 0

    def piece(size: int) -> bytes:
        nonlocal at
        start, at = at, min(at + min(size, step), len(given))
        return given[start:at]

    try:
        return contract.read_envelope(piece, MOST)
    except EnvelopeError as error:
        return error.exit


def seeds() -> dict[str, bytes]:
    """Return envelopes, right and wrong."""
    usual = b"Falice@example.org\0Tbob@example.com\0Tcarol@example.com\0\0"
    return {
        "usual": b"\xff" + usual,
        "octets": b"\0" + usual,
        "null-sender": b"\x10F\0Tbob@example.com\0\0",
        "nobody": b"\x10Fa@example.org\0\0",
        "longest": b"\xffF" + b"a" * 1002 + b"\0T" + b"b" * 1002 + b"\0\0",
        "too-long": b"\xffF" + b"a" * 1003 + b"\0\0",
        "cut": b"\x05" + usual[:-1],
        "more": b"\x20" + usual + b"Tlate@example.com\0\0",
        "malformed": b"\x07" + usual.replace(b"\0T", b"\0X"),
        "many": b"\x40F\0" + b"Ta\0" * 200 + b"\0",
    }
