"""Try on real mail what quarantining attached web pages would do; the report tells, and nothing changes."""
# Rules are written as briefly as the documentation shows them, without types:
# ruff: noqa: ANN001, ANN202, RET503

from qsfilter import quarantine, rule


@rule("web-pages", mode="shadow")
def _(message):
    if any(name.text.lower().endswith((".htm", ".html")) for part in message.parts for name in part.names):
        return quarantine("an attached web page")
