"""Questions about many examples at once."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from skills.models import Skill
from training.models.choices import FeedbackType, Source, Status

if TYPE_CHECKING:
    from training.models.feedback import SkillFeedback


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

    def twins_of(self, example: "SkillFeedback") -> Self:
        """What makes storing this captured example needless: the same text, golden or from the same person."""
        return self.filter(skill_id=example.skill_id).filter(
            Q(source=Source.WEB, content_hash=example.content_hash)
            | Q(
                source=Source.USAGE_CAPTURE,
                user_id=example.user_id,
                twin_hash=example.twin_hash,
            )
        )

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
