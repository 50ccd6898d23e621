"""Quarantine mail from outside that says that one of us has written it, as in a request to pay a bill at once.

Our own letters come back from mailing lists, and from programs elsewhere that write in our name: list their addresses.
"""
# Rules are written as briefly as the documentation shows them, without types:
# ruff: noqa: ANN001, ANN202, RET503

from qsfilter import quarantine, rule

IN_OUR_NAME = {"192.0.2.80"}


@rule("our-name-only-from-inside")
def _(message):
    authors = [field.value.lower() for field in message.header if field.name.lower() == b"from"]
    outside = not message.client.relay and message.client.ip not in IN_OUR_NAME
    if outside and any(b"@example.com" in author for author in authors):
        return quarantine("from outside, in our name")
