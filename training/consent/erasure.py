"""Deleting what was captured, inside the transaction of the decision that calls for it."""

from collections import Counter
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count

from accounts.models import Tenant, User
from settings_app import decisions
from settings_app.models import ConsentRecord, Decision, Surface
from training.models import ReleaseMember, SkillFeedback, Source


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
    if newest is None or newest.decision != Decision.CAPTURE_OFF:
        return None
    return newest.recorded_at


def erase_captured(**whose: UUID) -> dict[str, object]:
    """Delete the captured examples of a person (`user_id`) or a tenant (`tenant_id`), in every status.

    Golden examples stay. Returns `{"deleted": n, "skills": {id: n}, "releases": {id: n}}`: ids and counts for the
    ledger, no names. Plain SQL, since loading a hundred thousand rows to delete them would take the ORM's collector
    half a minute; what hangs on an example goes with it by ON DELETE CASCADE in the database.
    """
    ((column, value),) = whose.items()
    releases = releases_with(column, value)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {SkillFeedback._meta.db_table}"  # noqa: S608 - our own column names
            f" WHERE {connection.ops.quote_name(column)} = %s AND source = %s RETURNING skill_id",
            [value, Source.USAGE_CAPTURE],
        )
        by_skill = Counter(str(skill_id) for (skill_id,) in cursor)
    return {
        "deleted": by_skill.total(),
        "skills": dict(sorted(by_skill.items())),
        "releases": releases,
    }


def releases_with(column: str, value: UUID) -> dict[str, int]:
    """The dataset releases that hold examples about to be deleted, and how many each."""
    members = ReleaseMember.objects.of_examples(**{column: value, "source": Source.USAGE_CAPTURE})
    counted = members.order_by().values_list("release_id").annotate(Count("pk"))
    return {str(release_id): count for release_id, count in counted}
