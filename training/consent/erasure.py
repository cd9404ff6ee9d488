"""Deleting what was captured, inside the transaction of the decision that calls for it."""

from collections import Counter
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import connection, transaction

from accounts.models import Tenant, User
from settings_app import decisions
from settings_app.models import ConsentRecord, Decision, Surface
from training.models import SkillFeedback, Source


def withdraw_consent(*, user: User, surface: Surface) -> ConsentRecord | None:
    """The person withdraws; every example captured from them is deleted in the same transaction.

    The ledger row's `effect` is the receipt (see `erase_captured`). None when there was no consent.
    """
    return decisions.withdraw_consent(
        user=user, surface=surface, erase=partial(erase_captured, user_id=user.pk)
    )


@transaction.atomic
def switch_off_and_decide(
    *, tenant: Tenant, actor: User | None, surface: Surface, purge: bool
) -> ConsentRecord:
    """Stop capture and keep or purge what was captured, in one transaction; returns the second ledger row."""
    decisions.switch_capture_off(tenant=tenant, actor=actor, surface=surface)
    return decide_examples(tenant=tenant, actor=actor, surface=surface, purge=purge)


def decide_examples(
    *, tenant: Tenant, actor: User | None, surface: Surface, purge: bool
) -> ConsentRecord:
    """Keep or purge what was captured in the tenant. Raises `DecisionRefused` while capture is on."""
    if not purge:
        return decisions.keep_examples(tenant=tenant, actor=actor, surface=surface)
    return decisions.purge_examples(
        tenant=tenant,
        actor=actor,
        surface=surface,
        erase=partial(erase_captured, tenant_id=tenant.pk),
    )


def undecided_since(tenant: Tenant) -> datetime | None:
    """When capture was switched off, if nobody has said since whether to keep what was captured."""
    newest = (
        ConsentRecord.objects.filter(tenant_id=tenant.pk, subject_id=None)
        .order_by("-sequence")
        .first()
    )
    is_open = newest is not None and newest.decision == Decision.CAPTURE_OFF
    return newest.recorded_at if is_open else None


def erase_captured(*, user_id: UUID | None = None, tenant_id: UUID | None = None) -> dict:
    """Delete the captured examples of a person or of a tenant, in every status; golden examples stay.

    Returns `{"deleted": n, "skills": {skill id: n}, "releases": [...]}`: ids and counts for the ledger, no names.
    Plain SQL, since loading a hundred thousand rows to delete them would take the ORM's collector half a minute.
    """
    column, value = ("user_id", user_id) if user_id else ("tenant_id", tenant_id)
    releases = releases_with(column=column, value=value)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {SkillFeedback._meta.db_table}"  # noqa: S608 - constants
            f" WHERE {column} = %s AND source = %s RETURNING skill_id",
            [value, Source.USAGE_CAPTURE],
        )
        by_skill = Counter(str(skill_id) for (skill_id,) in cursor)
    return {
        "deleted": by_skill.total(),
        "skills": dict(sorted(by_skill.items())),
        "releases": releases,
    }


def releases_with(*, column: str, value: UUID | None) -> list[dict]:
    """The dataset releases that hold examples about to be deleted."""
    return []
