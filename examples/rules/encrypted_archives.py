"""Refuse encrypted archives, which nothing can look into, unless they come from our own people."""
# Rules are written as briefly as the documentation shows them, without types:
# ruff: noqa: ANN001, ANN202, RET503

from qsfilter import reject, rule


@rule("encrypted-archives-only-from-inside")
def _(message, findings):
    if not message.client.relay and any(found.name == "encrypted" for found in findings):
        return reject("encrypted archives only from our own people")
