"""The review queue: pending examples, newest first, near-copies as one card."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from skills.models import Skill
from training.filters import ExampleFilter
from training.models import Revision, SkillFeedback, SkillFeedbackQuerySet


@dataclass(frozen=True, slots=True)
class Card:
    """The newest pending example of its near-copies; `twins` are the others that match the filter."""

    example: SkillFeedback
    twins: int
    before: UUID | None
    after: UUID | None


class Queue:
    """What waits in one skill, as the filter chooses."""

    def __init__(self, skill: Skill, filters: ExampleFilter) -> None:
        self._matching = filters.apply(SkillFeedback.objects.of_skill(skill).pending())
        newer = self._matching.filter(cluster_id=OuterRef("cluster_id"), id__gt=OuterRef("id"))
        self._faces = self._matching.exclude(Exists(newer.order_by()))

    def count(self) -> int:
        return self._matching.count()

    def card(self, at: UUID | None = None) -> Card | None:
        """The card of this example, or the first when it does not wait (any more). None when nothing waits."""
        faces = self._faces.with_people().newest_first()
        example = (faces.filter(pk=at).first() if at else None) or faces.first()
        if example is None:
            return None
        return Card(
            example,
            twins=self.twins_of(example).count() if example.cluster_id else 0,
            before=_first(self._faces.filter(_newer_than(example)).order_by("created_at", "id")),
            after=self.after(example),
        )

    def after(self, example: SkillFeedback) -> UUID | None:
        """The next card's example below this one, which need not wait itself any more."""
        return _first(self._faces.filter(_older_than(example)).newest_first())

    def twins_of(self, example: SkillFeedback) -> SkillFeedbackQuerySet:
        """The other waiting examples of the same near-copies."""
        return self._matching.filter(cluster_id=example.cluster_id).exclude(pk=example.pk)


@dataclass(frozen=True, slots=True)
class LastDecision:
    """What a reviewer did last in a skill and has not taken back."""

    revision: Revision

    @classmethod
    def of(cls, reviewer: User, skill: Skill) -> Self | None:
        mine = Revision.objects.undoable().filter(made_by=reviewer, feedback__skill=skill)
        revision = mine.select_related("feedback").order_by("-made_at", "-version").first()
        return cls(revision) if revision else None


# The first condition says nothing new: it is the one that an index can answer.
def _older_than(example: SkillFeedback) -> Q:
    same_moment = Q(created_at=example.created_at, id__lt=example.pk)
    older = Q(created_at__lt=example.created_at) | same_moment
    return Q(created_at__lte=example.created_at) & older


def _newer_than(example: SkillFeedback) -> Q:
    same_moment = Q(created_at=example.created_at, id__gt=example.pk)
    newer = Q(created_at__gt=example.created_at) | same_moment
    return Q(created_at__gte=example.created_at) & newer


def _first(examples: SkillFeedbackQuerySet) -> UUID | None:
    return examples.values_list("pk", flat=True).first()
