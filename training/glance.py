"""A skill's dataset at a glance: how many, how good, how fresh, what was taken out, what is still missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, Max
from django.db.models.functions import TruncWeek
from django.urls import reverse
from django.utils import timezone

from skills.models import Skill
from training.models import SkillFeedback, Split, Status

WEEKS = 12
# OpenAI's guide on supervised fine-tuning asks for at least 10 examples and sees clear improvements from 50 to 100.
FEWEST_EXAMPLES = 10
ENOUGH_EXAMPLES = 50
RATED_SHARE = 0.8
LOW_QUALITY = 4
FRESH_DAYS = 90


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart; the place and the size are in units of the drawing."""

    label: str
    value: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart, 320 by 120 units: bars above a line of labels."""

    bars: list[Bar]
    baseline: int = 100


def chart(values: dict[str, int]) -> Chart:
    highest = max(values.values(), default=0) or 1
    step = 320 / max(len(values), 1)
    bars = []
    for number, (label, value) in enumerate(values.items()):
        height = round(84 * value / highest, 1)
        if value:
            height = max(height, 1.5)
        bars.append(
            Bar(
                label,
                value,
                round(number * step + step * 0.12, 1),
                round(100 - height, 1),
                round(step * 0.76, 1),
                height,
            )
        )
    return Chart(bars)


@dataclass(frozen=True, slots=True)
class Check:
    """Something to have before the first fine-tuning, and whether it is there."""

    is_met: bool
    text: str
    url: str = ""


def glance(skill: Skill, counts: dict[str, int]) -> dict[str, Any]:
    """Everything that the page shows. Seven queries, whatever the size."""
    approved = SkillFeedback.objects.of_skill(skill).approved()
    sides = dict(approved.order_by().values_list("split").annotate(Count("pk")))
    sources = dict(approved.order_by().values_list("source").annotate(Count("pk")))
    scores = dict(approved.order_by().values_list("quality_score").annotate(Count("pk")))
    totals = approved.aggregate(mean=Avg("quality_score"), newest=Max("created_at"))
    latest = skill.releases.order_by("-created_at").first()
    return {
        "sides": {str(split): sides.get(split, 0) for split in Split},
        "sources": sources,
        "mean_quality": totals["mean"],
        "unrated": scores.get(None, 0),
        "newest": totals["newest"],
        "quality_chart": chart({str(score): scores.get(score, 0) for score in range(1, 11)}),
        "weeks_chart": chart(_by_week(skill)),
        "redactions": _redactions(skill),
        "latest_release": latest,
        "checks": list(_checks(skill, counts, sides, scores, totals["newest"], latest)),
    }


def _by_week(skill: Skill) -> dict[str, int]:
    """How many examples that are approved now came in each of the last 12 weeks, by the week's Monday."""
    today = timezone.now().date()
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    rows = (
        SkillFeedback.objects.of_skill(skill)
        .approved()
        .filter(created_at__date__gte=first)
        .order_by()
        .values_list(TruncWeek("created_at"))
        .annotate(Count("pk"))
    )
    found: dict[date, int] = {moment.date(): count for moment, count in rows}
    weeks = (first + timedelta(weeks=number) for number in range(WEEKS))
    return {f"{week.day} {week:%b}": found.get(week, 0) for week in weeks}


def _redactions(skill: Skill) -> list[tuple[str, int]]:
    """What was taken out of the examples that were not rejected, the most frequent kinds first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, sum(number::int) FROM training_skillfeedback,"
            " jsonb_each_text(redactions) AS found (kind, number)"
            " WHERE skill_id = %s AND feedback_type = 'training_example' AND status <> %s AND redactions <> '{}'"
            " GROUP BY kind ORDER BY 2 DESC, 1 LIMIT 12",
            [skill.pk, Status.REJECTED],
        )
        rows: list[tuple[str, int]] = cursor.fetchall()
    return rows


def _checks(
    skill: Skill,
    counts: dict[str, int],
    sides: dict[str, int],
    scores: dict[int | None, int],
    newest: Any,
    latest: Any,
) -> Iterator[Check]:
    def page(name: str) -> str:
        return reverse(f"training:{name}", kwargs={"slug": skill.slug})

    approved = counts[Status.APPROVED]
    usable = approved - sides.get(Split.HELD_OUT, 0)
    if usable < FEWEST_EXAMPLES:
        text = (
            f"At least {FEWEST_EXAMPLES} approved examples: {FEWEST_EXAMPLES - usable} more to go"
        )
    else:
        text = f"{ENOUGH_EXAMPLES} approved examples, from which fine-tuning usually shows: {usable:,} now"
    yield Check(usable >= ENOUGH_EXAMPLES, text, page("example-list"))
    for split in (Split.VALIDATION, Split.TEST):
        count = sides.get(split, 0)
        yield Check(bool(count), f"Something on the {split.label.lower()} side: {count:,}")
    rated = approved - scores.get(None, 0)
    share = rated / approved if approved else 0
    yield Check(
        share >= RATED_SHARE,
        f"A quality for at least {RATED_SHARE:.0%} of the approved examples: {share:.0%} now",
        page("example-list"),
    )
    low = sum(count for score, count in scores.items() if score and score <= LOW_QUALITY)
    yield Check(not low, f"None approved with a quality of {LOW_QUALITY} or less: {low:,} now")
    pending = counts[Status.PENDING]
    yield Check(not pending, f"Nothing left to review: {pending:,} waiting", page("queue"))
    is_fresh = newest is not None and timezone.now() - newest <= timedelta(days=FRESH_DAYS)
    yield Check(is_fresh, f"Something from the last {FRESH_DAYS} days")
    is_released = latest is not None and latest.counts.get("examples") == usable
    yield Check(is_released, "A release of what is approved now", page("release-list"))
