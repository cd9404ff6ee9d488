"""A skill: one SKILL.md that a team shares."""

from collections.abc import Sequence
from datetime import timedelta
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
from django.db.models import Avg, Case, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models import Tenant, User

USES_DAYS = 30

# How alike, from 0 to 1, a mistyped word must be to a word of a skill's name. PostgreSQL's own default is 0.6, which
# misses one wrong letter in a short word.
ALIKE = 0.45


class SkillQuerySet(models.QuerySet["Skill"]):
    """What is known of a skill's use and examples is read by the names of the relations that the apps above add
    (`daily_usage`, `feedback`); this app imports none of them."""

    def with_uses(self) -> Self:
        """Annotate `uses`: those of the last 30 days, from the daily counts, so that the cost does not grow with the
        number of events kept."""
        since = timezone.now().date() - timedelta(days=USES_DAYS)
        counted = Sum("daily_usage__uses", filter=Q(daily_usage__day__gt=since))
        return self.annotate(uses=Coalesce(self._per_skill(counted), 0))

    def with_quality(self) -> Self:
        """Annotate `quality`: the mean score, 1–10, of approved examples that have one; null without any."""
        scored = Q(feedback__status="approved", feedback__quality_score__isnull=False)
        return self.annotate(quality=self._per_skill(Avg("feedback__quality_score", filter=scored)))

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

    def sorted_by(self, sort: str, *, first_categories: Sequence[str] = ()) -> Self:
        """`uses`, `quality` or `newest`, or `rank` after a search; anything else counts as `uses`. Needs the
        annotation of that name. Skills of `first_categories` stand before all others."""
        first: dict[str, Any] = {
            "rank": F("rank").desc(),
            "quality": F("quality").desc(nulls_last=True),
            "newest": F("created_at").desc(),
        }
        order = (first.get(sort, F("uses").desc()), "slug")
        if not first_categories:
            return self.order_by(*order)
        is_other = Case(When(category__in=first_categories, then=0), default=1)
        return self.order_by(is_other, *order)

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
