"""Making a release, and comparing two."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Count

from accounts.models import User
from skills.models import Skill
from training.models import Release, ReleaseMember, Source, Split
from training.redaction import redact
from training.sanitizer import SANITIZER_VERSION
from training.splits import SPLIT_SEED, place_new_examples

# What may be handed out: approved, on a side, one of each text (golden before captured, then the older), and never a
# text that was withdrawn after a release had it. One statement, so one snapshot.
ELIGIBLE = """
    FROM training_skillfeedback example
    WHERE example.skill_id = %(skill)s
      AND example.feedback_type = 'training_example'
      AND example.status = 'approved'
      AND example.split IN ('train', 'validation', 'test')
      AND example.example_input <> ''
      AND coalesce(nullif(example.expected_output, ''), example.example_output) <> ''
      AND example.source = ANY(%(sources)s)
      AND (%(minimum)s::int IS NULL OR example.quality_score >= %(minimum)s)
      AND NOT EXISTS (
          SELECT FROM training_tombstone stone WHERE stone.content_hash = example.content_hash)
      AND NOT EXISTS (
          SELECT FROM training_skillfeedback twin
          WHERE twin.skill_id = example.skill_id AND twin.content_hash = example.content_hash
            AND twin.status = 'approved' AND twin.split IN ('train', 'validation', 'test')
            AND twin.source = ANY(%(sources)s)
            AND (%(minimum)s::int IS NULL OR twin.quality_score >= %(minimum)s)
            AND (twin.source = 'usage_capture', twin.id) < (example.source = 'usage_capture', example.id))
"""


class EmptyReleaseError(Exception):
    """No approved example fits: there is nothing to release."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which approved examples: of these sources, at least this good (`None`: unjudged ones too)."""

    sources: tuple[str, ...] = (Source.WEB, Source.USAGE_CAPTURE)
    minimum_quality: int | None = None

    def as_filters(self) -> dict[str, Any]:
        return {"sources": sorted(self.sources), "minimum_quality": self.minimum_quality}

    def parameters(self, skill: Skill) -> dict[str, Any]:
        return {
            "skill": skill.pk,
            "sources": [str(source) for source in self.sources],
            "minimum": self.minimum_quality,
        }


EVERYTHING = Choice()


def make_release(
    *, skill: Skill, name: str, notes: str = "", choice: Choice = EVERYTHING, made_by: User | None
) -> Release:
    """Freeze the skill's approved examples under a name. The notes are redacted.

    Raises `EmptyReleaseError`, `SanitizerError` for the notes, and `IntegrityError` when the name is taken.
    """
    place_new_examples(skill.pk)
    clean_notes = redact(notes, personal_data=False, limit=None).texts[0]
    with transaction.atomic():
        release = Release(
            skill=skill,
            name=name,
            notes=clean_notes,
            created_by=made_by,
            filters=choice.as_filters(),
            split_seed=SPLIT_SEED,
            sanitizer_version=SANITIZER_VERSION,
        )
        # The counts are written with the row, which nothing may change afterwards: members first, checked at commit.
        _freeze_members(release, choice)
        release.counts = _count(release, choice)
        if not release.counts["examples"]:
            raise EmptyReleaseError
        release.save(force_insert=True)
    return release


def _freeze_members(release: Release, choice: Choice) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO training_releasemember"
            " (release_id, position, feedback_id, text_number, content_hash, cluster_id, split, quality_score)"
            " SELECT %(release)s, row_number() OVER (ORDER BY example.id), example.id, example.text_number,"
            " example.content_hash, example.cluster_id, example.split, example.quality_score"
            + ELIGIBLE,
            choice.parameters(release.skill) | {"release": release.pk},
        )


def _count(release: Release, choice: Choice) -> dict[str, int]:
    """By side; and what was left out though approved: near two sides, a twin, withdrawn before, not good enough."""
    sides = ReleaseMember.objects.filter(release_id=release.pk).values_list("split")
    counts: dict[str, int] = dict.fromkeys([Split.TRAIN, Split.VALIDATION, Split.TEST], 0)
    counts |= dict(sides.annotate(Count("pk")))
    total = sum(counts.values())
    approved = release.skill.feedback.training_examples().approved()
    held_out = approved.filter(split=Split.HELD_OUT).count()
    others = approved.count() - total - held_out
    return {"examples": total, **counts, "held_out": held_out, "left_out": others}


@dataclass(frozen=True, slots=True)
class Change:
    """One example that differs between two releases: "added", "removed", "withdrawn" or "changed"."""

    kind: str
    feedback_id: Any
    old_position: int | None
    new_position: int | None


DIFF = """
    SELECT CASE WHEN old.id IS NULL THEN 'added'
                WHEN new.id IS NULL AND example.id IS NULL THEN 'withdrawn'
                WHEN new.id IS NULL THEN 'removed'
                ELSE 'changed' END AS kind,
           coalesce(new.feedback_id, old.feedback_id), old.position, new.position
    FROM (SELECT * FROM training_releasemember WHERE release_id = %(old)s) old
    FULL JOIN (SELECT * FROM training_releasemember WHERE release_id = %(new)s) new USING (feedback_id)
    LEFT JOIN training_skillfeedback example ON example.id = feedback_id
    WHERE old.id IS NULL OR new.id IS NULL
       OR (old.content_hash, old.quality_score) IS DISTINCT FROM (new.content_hash, new.quality_score)
"""


def count_changes(old: Release, new: Release) -> dict[str, int]:
    counts = dict.fromkeys(["added", "removed", "withdrawn", "changed"], 0)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kind, count(*) FROM ({DIFF}) AS difference GROUP BY kind",  # noqa: S608 - constants
            {"old": old.pk, "new": new.pk},
        )
        return counts | dict(cursor.fetchall())


def changes(old: Release, new: Release, *, limit: int) -> Iterator[Change]:
    """What came, went and changed from one to the other, in the order of the newer; the first `limit`."""
    with connection.cursor() as cursor:
        cursor.execute(
            DIFF + " ORDER BY new.position NULLS LAST, old.position LIMIT %(limit)s",
            {"old": old.pk, "new": new.pk, "limit": limit},
        )
        yield from (Change(*row) for row in cursor.fetchall())
