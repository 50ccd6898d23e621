"""Let one client send programs: findings about their names are waived, and the report says so; malware never is."""
# Rules are written as briefly as the documentation shows them, without types:
# ruff: noqa: ANN001, ANN202, RET503

from qsfilter import Kind, Waiver, rule


@rule("programs-from-our-vendor")
def _(message, findings):
    if message.client.ip == "192.0.2.40":
        names = [found for found in findings if found.kind is Kind.POLICY and found.source == "attachments"]
        return [Waiver(finding=found, reason="our vendor sends programs") for found in names]
