"""Refuse mail above 5 MB to a list for that list alone, unless it comes from our own people; others still get it."""
# Rules are written as briefly as the documentation shows them, without types:
# ruff: noqa: ANN001, ANN202, RET503

from qsfilter import reject, rule

LISTS = {b"all@example.com", b"staff@example.com"}


@rule("big-mail-to-lists-only-from-inside")
def _(message):
    lists = [address for address in message.envelope.recipients if address.lower() in LISTS]
    if lists and not message.client.relay and message.root.blob.size > 5_000_000:
        return reject("our lists take mail up to 5 MB", recipients=lists)
