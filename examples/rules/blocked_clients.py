"""Refuse files from clients on a block list, whose letters are still welcome; nobody is asked over the network here.

What starts the SMTP server knows the list, and marks the client by a name that no DNS has. In tcprules, for a list of
your own: `192.0.2.66:allow,TCPREMOTEHOST="blocked.invalid"`. A program in the place of rblsmtpd does not answer 451; it
sets TCPREMOTEHOST and goes on, and may put the name of its list in front, as in `dialup.blocked.invalid`.
"""
# Rules are written as briefly as the documentation shows them, without types:
# ruff: noqa: ANN001, ANN202, RET503

from qsfilter import reject, rule


@rule("no-files-from-blocked-clients")
def _(message):
    listed = f".{message.client.host}".endswith(".blocked.invalid")
    if listed and not message.client.relay and any(part.names for part in message.parts):
        return reject("no files from a client on a block list")
