"""Log how mail begins: `because` in the log line of accepted mail says the first 80 characters of its text.

For a site that has to find mail again by its words. Of mail that is refused or kept, `because` says why. A log has
other readers than a mailbox: ask first whom you must.
"""
# Rules are written as briefly as the documentation shows them, without types:
# ruff: noqa: ANN001, ANN202, RET503

from qsfilter import accept, rule


@rule("first-words")
def _(message):
    for part in message.leaves:
        if part.declared == "text/plain" and not part.names:
            text = " ".join(part.blob.data[:400].decode("utf-8", "replace").split())
            return accept(f"begins with {text[:80]!a}")
