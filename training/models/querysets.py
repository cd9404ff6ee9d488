"""Questions about many examples at once."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Self
from uuid import UUID

import msgspec
from django.db import connection, models
from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from skills.models import Skill
from training.models.choices import FeedbackType, Source, Status

if TYPE_CHECKING:
    from training.models.feedback import SkillFeedback


# One statement, so that what it finds is counted on even when it is being deleted: then it is not found.
COUNT_TWINS = """
    UPDATE training_skillfeedback AS twin SET times_seen = twin.times_seen + seen.times
      FROM unnest(%s::uuid[]) AS skill (id), unnest(%s::text[], %s::int[]) AS seen (hash, times)
     WHERE twin.skill_id = skill.id
       AND (twin.source = 'web' AND twin.content_hash = seen.hash
            OR twin.source = 'usage_capture' AND twin.user_id = %s AND twin.twin_hash = seen.hash)
 RETURNING seen.hash
"""


# A statement of the same text for any number of rows: the server prepares each text that it meets, and keeps it.
INSERT_NEW = """
    INSERT INTO training_skillfeedback ({columns})
    SELECT {columns} FROM json_populate_recordset(NULL::training_skillfeedback, %s::json)
    ON CONFLICT DO NOTHING
"""


class SkillFeedbackQuerySet(models.QuerySet["SkillFeedback"]):
    def training_examples(self) -> Self:
        return self.filter(feedback_type=FeedbackType.TRAINING_EXAMPLE)

    def of_skill(self, skill: Skill) -> Self:
        """The training examples of one skill."""
        return self.training_examples().filter(skill=skill)

    def with_people(self) -> Self:
        return self.select_related("user", "reviewed_by")

    def count_by_status(self) -> dict[str, int]:
        """Every status, those without a row too. One query."""
        counts = dict.fromkeys(Status.values, 0)
        rows = self.order_by().values_list("status").annotate(Count("pk"))
        return counts | dict(rows)

    def one_of_each_kind(self) -> Self:
        """Of captured near-copies with one status the newest alone, with `alike`, how many others there are."""
        copies = self.order_by().filter(
            cluster_id=OuterRef("cluster_id"),
            status=OuterRef("status"),
            source=Source.USAGE_CAPTURE,
        )
        newer = copies.filter(id__gt=OuterRef("id"))
        others = copies.exclude(pk=OuterRef("pk")).values("cluster_id").annotate(number=Count("pk"))
        is_hidden = Q(source=Source.USAGE_CAPTURE) & Exists(newer)
        alike = Case(
            When(source=Source.USAGE_CAPTURE, then=Coalesce(Subquery(others.values("number")), 0)),
            default=0,
        )
        return self.exclude(is_hidden).annotate(alike=alike)

    def count_twins(
        self, uses: Mapping[str, int], *, skill_ids: set[UUID], user_id: UUID
    ) -> set[str]:
        """Count uses on what makes storing them needless: the same text, golden or from the same person.

        `uses` maps content hashes of captured examples to how often each was seen. Returns the hashes that were found.
        """
        with connection.cursor() as cursor:
            cursor.execute(COUNT_TWINS, [list(skill_ids), list(uses), list(uses.values()), user_id])
            return {found for (found,) in cursor}

    def insert_new(self, examples: Sequence["SkillFeedback"]) -> None:
        """Insert many; those that break a unique constraint are left out."""
        fields = self.model._meta.concrete_fields
        rows = [
            {field.column: field.pre_save(example, add=True) for field in fields}
            for example in examples
        ]
        columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
        with connection.cursor() as cursor:
            cursor.execute(INSERT_NEW.format(columns=columns), [msgspec.json.encode(rows).decode()])

    def captured(self) -> Self:
        return self.filter(source=Source.USAGE_CAPTURE)

    def golden(self) -> Self:
        return self.training_examples().filter(source=Source.WEB)

    def pending(self) -> Self:
        return self.filter(status=Status.PENDING)

    def approved(self) -> Self:
        return self.filter(status=Status.APPROVED)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")
