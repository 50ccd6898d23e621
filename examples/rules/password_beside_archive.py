"""Quarantine an encrypted archive whose letter tells the password: so that its reader can open it, and no scanner."""
# Rules are written as briefly as the documentation shows them, without types:
# ruff: noqa: ANN001, ANN202, RET503

from qsfilter import quarantine, rule

WORDS = (b"password", b"passcode", b"passwort", b"kennwort")


@rule("password-beside-archive")
def _(message, findings):
    locked = any(found.name == "encrypted" for found in findings)
    texts = [part.blob.data[:50_000].lower() for part in message.leaves if part.declared.startswith("text/")]
    if locked and any(word in text for text in texts for word in WORDS):
        return quarantine("an encrypted archive, and its password beside it")
