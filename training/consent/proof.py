"""Proof that the ledger is whole and that every captured example rests on both consents at its time."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Tenant
from settings_app.ledger import chain_problems
from settings_app.models import ConsentChain, ConsentRecord, Decision, SiteSettings, UserPreferences
from training.models import SkillFeedback

EXAMPLE_COLUMNS = ("pk", "user_id", "created_at", "capture_record_id", "consent_record_id")


@dataclass(frozen=True, slots=True)
class Proof:
    """`problems` is empty when all is well; each names its row."""

    tenant_id: UUID
    records: int
    examples: int
    problems: tuple[str, ...]


def verify(tenant_id: UUID) -> Proof:
    """Read the tenant's whole ledger and every captured example; ~100,000 examples take a few seconds."""
    ledger = {
        record.pk: record
        for record in ConsentRecord.objects.filter(tenant_id=tenant_id).order_by("sequence")
    }
    examples = SkillFeedback.objects.captured().filter(tenant_id=tenant_id)
    problems = chain(
        chain_problems(tenant_id),
        switch_problems(tenant_id, ledger),
        example_problems(examples, ledger),
    )
    return Proof(
        tenant_id=tenant_id,
        problems=tuple(problems),
        records=len(ledger),
        examples=examples.count(),
    )


def tenants_to_verify() -> list[UUID]:
    """Every tenant there is, and every tenant there was that left a ledger."""
    ids: set[UUID] = set(Tenant.objects.values_list("pk", flat=True))
    ids.update(ConsentChain.objects.values_list("tenant_id", flat=True))
    ids.update(ConsentRecord.objects.values_list("tenant_id", flat=True).distinct())
    return sorted(ids)


def switch_problems(tenant_id: UUID, ledger: dict[UUID, ConsentRecord]) -> Iterator[str]:
    """Switches and consents that say something else than the newest ledger row about them."""
    newest: dict[UUID | None, ConsentRecord] = {}
    for record in ledger.values():
        if record.decision not in (Decision.EXAMPLES_KEPT, Decision.EXAMPLES_PURGED):
            newest[record.subject_id] = record
    for site in SiteSettings.objects.filter(tenant_id=tenant_id):
        switch = newest.get(None)
        is_on = switch is not None and switch.decision == Decision.CAPTURE_ON
        if site.training_data_capture_enabled != is_on:
            yield f"settings {site.pk}: the switch does not say what the ledger says"
    people = UserPreferences.objects.filter(user__tenant_id=tenant_id, training_data_consent=True)
    for preferences in people:
        consent = newest.get(preferences.user_id)
        is_elsewhere = preferences.consent_record_id not in ledger
        if not is_elsewhere and (consent is None or consent.decision != Decision.CONSENT_GIVEN):
            yield f"preferences {preferences.pk}: a consent that the ledger does not have"


def example_problems(
    examples: QuerySet[SkillFeedback], ledger: dict[UUID, ConsentRecord]
) -> Iterator[str]:
    """Captured examples without both consents at their time.

    The two rows an example names must be the tenant's switch-on and its person's consent, both older than the
    example; and no withdrawal or switch-off may lie between them and it. A withdrawal deletes, so that none may
    follow at all.
    """
    ended_by = first_end_after(ledger)
    for pk, user_id, created_at, capture_id, consent_id in examples.values_list(
        *EXAMPLE_COLUMNS
    ).iterator():
        switch, consent = ledger.get(capture_id), ledger.get(consent_id)
        name = f"example {pk}"
        if switch is None or switch.decision != Decision.CAPTURE_ON:
            yield f"{name}: rests on no switch-on of its organisation"
        elif switch.recorded_at > created_at:
            yield f"{name}: is older than the switch-on it names"
        elif (end := ended_by.get(switch.pk)) and end.recorded_at < created_at:
            yield f"{name}: was captured after capture had been switched off (record {end.pk})"
        if (
            consent is None
            or consent.decision != Decision.CONSENT_GIVEN
            or consent.subject_id != user_id
        ):
            yield f"{name}: rests on no consent of its person"
        elif consent.recorded_at > created_at:
            yield f"{name}: is older than the consent it names"
        elif end := ended_by.get(consent.pk):
            yield f"{name}: still stands after its person withdrew (record {end.pk})"


def first_end_after(ledger: dict[UUID, ConsentRecord]) -> dict[UUID, ConsentRecord]:
    """For each switch-on and consent, the switch-off or withdrawal that ended it, if one did."""
    ends: dict[UUID, ConsentRecord] = {}
    standing: dict[UUID | None, list[UUID]] = {}
    for record in ledger.values():
        if record.decision in (Decision.CAPTURE_ON, Decision.CONSENT_GIVEN):
            standing.setdefault(record.subject_id, []).append(record.pk)
        elif record.decision in (Decision.CAPTURE_OFF, Decision.CONSENT_WITHDRAWN):
            for begun in standing.pop(record.subject_id, []):
                ends[begun] = record
    return ends
