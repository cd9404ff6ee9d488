"""What a tenant's administrators are told: the last proof, the live redaction check, and the counts."""

from collections import Counter
from uuid import UUID

from django.db.models import Sum

from accounts.models import Tenant
from settings_app.models import ConsentRecord, Decision
from training.consent.canary import check_redaction
from training.consent.proof import Proof, verify
from training.counts import write_counts
from training.models import CaptureCount, SkillFeedback, Verification
from training.sanitizer import SANITIZER_VERSION

REDACTED = "redacted:"


def verify_and_remember(tenant_id: UUID) -> Proof:
    """Prove one tenant and keep the result for its assurance page, if the tenant still exists."""
    proof = verify(tenant_id)
    canary = check_redaction()
    if Tenant.objects.filter(pk=tenant_id).exists():
        Verification.objects.create(
            tenant_id=tenant_id,
            records=proof.records,
            examples=proof.examples,
            problems=list(proof.problems),
            canary_planted=canary.planted,
            canary_survived=list(canary.survived),
            sanitizer_version=SANITIZER_VERSION,
        )
    return proof


def figures_of(tenant: Tenant) -> dict[str, object]:
    """Counts since the beginning. What is kept now is counted in the table itself, what was deleted in the ledger."""
    write_counts()
    rows = CaptureCount.objects.filter(tenant=tenant).values_list("what")
    counts: Counter[str] = Counter(dict(rows.annotate(total=Sum("count"))))
    by_status = SkillFeedback.objects.captured().filter(tenant=tenant).count_by_status()
    ended = {Decision.CONSENT_WITHDRAWN: [0, 0], Decision.EXAMPLES_PURGED: [0, 0]}
    records = ConsentRecord.objects.filter(tenant_id=tenant.pk, decision__in=ended)
    for name, effect in records.values_list("decision", "effect").iterator():
        decision = Decision(name)
        ended[decision][0] += 1
        ended[decision][1] += effect.get("deleted", 0)
    return {
        "kept": sum(by_status.values()),
        "by_status": by_status,
        "captured": counts["captured"],
        "refused": {
            "Capture was off": counts["refused_tenant_off"],
            "The person had not consented": counts["refused_no_consent"],
            "The sanitizer could not judge the text": counts["refused_by_sanitizer"],
        },
        "redacted": {
            what.removeprefix(REDACTED): count
            for what, count in counts.most_common()
            if what.startswith(REDACTED)
        },
        "withdrawals": ended[Decision.CONSENT_WITHDRAWN],
        "purges": ended[Decision.EXAMPLES_PURGED],
    }
