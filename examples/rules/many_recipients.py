"""Refuse mail of our own people to very many recipients at once, which is what a stolen password is used for."""
# Rules are written as briefly as the documentation shows them, without types:
# ruff: noqa: ANN001, ANN202, RET503

from qsfilter import reject, rule

MOST = 100


@rule("many-recipients")
def _(message):
    if message.client.relay and len(message.envelope.recipients) > MOST:
        return reject(f"at most {MOST} recipients for one message; use a mailing list")
