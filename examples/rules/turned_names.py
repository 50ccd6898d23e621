"""Quarantine mail with a name that turns the direction of reading, so that `gpj.exe` is shown as `exe.jpg`.

The plugin attachments refuses such mail by itself (`hidden = true`); this rule is for sites without it.
"""
# Rules are written as briefly as the documentation shows them, without types:
# ruff: noqa: ANN001, ANN202, RET503

from qsfilter import quarantine, rule


@rule("turned-names")
def _(message):
    if any("\u202e" in name.text for part in message.parts for name in part.names):
        return quarantine("a file name that reads backwards")
