"""A skill: one SKILL.md that a team shares."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.search import (
    SearchQuery,
    SearchRank,
    SearchVector,
    SearchVectorField,
    TrigramWordSimilarity,
)
from django.db import models
from django.db.models import Avg, Case, F, FilteredRelation, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models import Tenant, User

USES_DAYS = 30

# How alike, from 0 to 1, a mistyped word must be to a word of a skill's name. PostgreSQL's own default is 0.6, which
# misses one wrong letter in a short word.
ALIKE = 0.45


def uses_since() -> date:
    """The day (UTC) before the first of the 30 whose uses are counted."""
    return timezone.now().date() - timedelta(days=USES_DAYS)


class SkillQuerySet(models.QuerySet["Skill"]):
    """What is known of a skill's use and examples is read by the names of the relations that the apps above add
    (`daily_usage`, `feedback`); this app imports none of them."""

    def with_figures(self) -> Self:
        """Annotate `uses`, those of the last 30 days, and `quality`, the mean score, 1–10, of approved examples that
        have one (null without any). Reads skill by skill: for a page of them, not for all."""
        scored = Q(feedback__status="approved", feedback__quality_score__isnull=False)
        used = Sum("daily_usage__uses", filter=Q(daily_usage__day__gt=uses_since()))
        return self.annotate(
            uses=Coalesce(self._per_skill(used), 0),
            quality=self._per_skill(Avg("feedback__quality_score", filter=scored)),
        )

    def sorted_by(self, sort: str, *, tenant: Tenant, first_categories: Sequence[str] = ()) -> Self:
        """`quality` or `newest`, or `rank` after a search; anything else counts as `uses`. Skills of
        `first_categories` stand before all others. What is sorted by is read for all skills at once."""
        order: tuple[Any, ...]
        if sort == "rank":
            found, order = self, (F("rank").desc(), "slug")
        elif sort == "newest":
            found, order = self, (F("created_at").desc(), "slug")
        elif sort == "quality":
            scored = FilteredRelation(
                "feedback",
                condition=Q(feedback__status="approved", feedback__quality_score__isnull=False),
            )
            found = self.annotate(scored=scored).annotate(mean=Avg("scored__quality_score"))
            order = (F("mean").desc(nulls_last=True), "slug")
        else:
            recent = FilteredRelation(
                "daily_usage",
                condition=Q(daily_usage__tenant=tenant, daily_usage__day__gt=uses_since()),
            )
            found = self.annotate(recent=recent).annotate(sum=Coalesce(Sum("recent__uses"), 0))
            order = (F("sum").desc(), "slug")
        if first_categories:
            order = (Case(When(category__in=first_categories, then=0), default=1), *order)
        return found.order_by(*order)

    def search(self, text: str) -> Self:
        """Skills that hold every word, the last one perhaps unfinished, or whose name is nearly what was typed.
        Annotates `rank`, higher is better. Blank text: everything."""
        words = "".join(char if char.isalnum() else " " for char in text).split()
        if not words:
            return self.annotate(rank=Value(0.0))
        query = SearchQuery(
            " & ".join(f"{word}:*" for word in words), search_type="raw", config="english"
        )
        return (
            self.annotate(alike=TrigramWordSimilarity(" ".join(words), "slug"))
            .filter(Q(search_text=query) | Q(alike__gte=ALIKE))
            .annotate(rank=SearchRank(F("search_text"), query) + F("alike"))
        )

    def categories(self) -> list[str]:
        """The categories in use, by name."""
        return list(
            self.exclude(category="")
            .order_by("category")
            .values_list("category", flat=True)
            .distinct()
        )

    def _per_skill(self, aggregate: models.Aggregate) -> Subquery:
        one_skill = Skill.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
        return Subquery(one_skill.annotate(figure=aggregate).values("figure"))


class Skill(models.Model):
    """`slug` is the SKILL.md's `name`, unique in the tenant; agents send it (or the id) with every use."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="skills")
    # A skill outlives its author's account: an administrator names a new one.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="skills",
        null=True,
        blank=True,
    )
    slug = models.SlugField(max_length=64)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=1024)
    category = models.CharField(max_length=50, blank=True, default="")
    content = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    # Kept by PostgreSQL itself; the name weighs most, the text least. Not indexed: a search reads one tenant's skills,
    # thousands at most, and the trigram half of it could use no index together with this one.
    search_text = models.GeneratedField(
        expression=SearchVector("slug", "name", weight="A", config="english")
        + SearchVector("description", "category", weight="B", config="english")
        + SearchVector("content", weight="D", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = SkillQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(
                name="skill_slug_unique_per_tenant",
                fields=["tenant", "slug"],
                violation_error_message="Your organisation already has a skill of this name.",
            )
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def training_example_count(self) -> int:
        """How many training examples it has, of every status; all that colleagues may know of them."""
        return self.feedback.filter(feedback_type="training_example").count()

    def is_written_by(self, user: User) -> bool:
        return self.author_id is not None and self.author_id == user.pk
