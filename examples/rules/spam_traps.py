"""Quarantine for everybody what goes to an address that was never given to anybody and only harvesters have found."""
# Rules are written as briefly as the documentation shows them, without types:
# ruff: noqa: ANN001, ANN202, RET503

from qsfilter import quarantine, rule

TRAPS = {b"jobs-2003@example.com", b"www-data@example.com"}


@rule("spam-traps")
def _(message):
    if any(address.lower() in TRAPS for address in message.envelope.recipients):
        return quarantine("it went to a spam trap, too")
