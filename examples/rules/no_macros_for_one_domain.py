"""Keep documents with macros from the recipients of one domain until somebody has looked; all others get them."""
# Rules are written as briefly as the documentation shows them, without types:
# ruff: noqa: ANN001, ANN202, RET503

from qsfilter import quarantine, rule

MACROS = (".docm", ".dotm", ".xlsm", ".xltm", ".pptm")


@rule("no-macros-for-one-domain")
def _(message):
    theirs = [address for address in message.envelope.recipients if address.lower().endswith(b"@careful.example.com")]
    forms = [form.lower() for part in message.parts for name in part.names for form in name.forms]
    if theirs and any(form.endswith(MACROS) for form in forms):
        return quarantine("a document with macros", recipients=theirs)
