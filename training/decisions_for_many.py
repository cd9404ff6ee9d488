"""One decision about many examples, and taking it back. Plain SQL: a filter may choose a hundred thousand."""

from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from training.models import Action, SkillFeedback, Status

ACTIONS = {Status.APPROVED: Action.APPROVE, Status.REJECTED: Action.REJECT}

REMEMBER = """
    INSERT INTO training_revision
        (id, feedback_id, version, action, made_by_id, made_at, batch_id, status, quality_score, review_notes,
         reviewed_by_id, reviewed_at, example_input, expected_output, redactions, sanitizer_version, content_hash)
    SELECT gen_random_uuid(), id, version, %(action)s, %(reviewer)s, %(now)s, %(batch)s, status, quality_score,
           review_notes, reviewed_by_id, reviewed_at, '', '', '{}'::jsonb, '', ''
    FROM training_skillfeedback WHERE id = ANY(%(ids)s)
"""
DECIDE = """
    UPDATE training_skillfeedback
    SET status = %(status)s, reviewed_by_id = %(reviewer)s, reviewed_at = %(now)s, updated_at = %(now)s,
        version = version + 1
    WHERE id = ANY(%(ids)s)
"""
# Only where nobody has decided since.
TAKE_BACK = """
    WITH undone AS (
        UPDATE training_revision revision SET undone_at = %(now)s
        FROM training_skillfeedback example
        WHERE revision.batch_id = %(batch)s AND revision.undone_at IS NULL AND revision.made_by_id = %(reviewer)s
          AND example.id = revision.feedback_id AND example.version = revision.version + 1
          AND example.skill_id = %(skill)s
        RETURNING revision.*),
    noted AS (
        INSERT INTO training_revision
            (id, feedback_id, version, action, made_by_id, made_at, status, quality_score, review_notes,
             reviewed_by_id, reviewed_at, example_input, expected_output, redactions, sanitizer_version,
             content_hash)
        SELECT gen_random_uuid(), example.id, example.version, 'undo', %(reviewer)s, %(now)s, example.status,
               example.quality_score, example.review_notes, example.reviewed_by_id, example.reviewed_at,
               '', '', '{}'::jsonb, '', ''
        FROM undone JOIN training_skillfeedback example ON example.id = undone.feedback_id)
    UPDATE training_skillfeedback example
    SET status = undone.status, reviewed_by_id = undone.reviewed_by_id, reviewed_at = undone.reviewed_at,
        updated_at = %(now)s, version = example.version + 1
    FROM undone WHERE example.id = undone.feedback_id
"""


def decide_many(
    examples: QuerySet[SkillFeedback],
    *,
    status: Status,
    reviewer: User,
    batch_id: UUID | None = None,
) -> tuple[UUID, int]:
    """Approve or reject all of them that are not so already; returns the batch, by which to undo it, and how many."""
    batch_id = batch_id or uuid4()
    with transaction.atomic():
        locked = examples.exclude(status=status).select_for_update(of=("self",)).order_by("pk")
        ids = list(locked.values_list("pk", flat=True))
        parameters: dict[str, Any] = {
            "ids": ids,
            "status": status,
            "action": ACTIONS[status],
            "reviewer": reviewer.pk,
            "now": timezone.now(),
            "batch": batch_id,
        }
        with connection.cursor() as cursor:
            cursor.execute(REMEMBER, parameters)
            cursor.execute(DECIDE, parameters)
    return batch_id, len(ids)


def undo_many(*, batch_id: UUID, skill_id: UUID, reviewer: User) -> int:
    """Take a batch back, except where somebody has decided since; returns how many were taken back."""
    parameters: dict[str, Any] = {
        "batch": batch_id,
        "skill": skill_id,
        "reviewer": reviewer.pk,
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE_BACK, parameters)
        return int(cursor.rowcount)
