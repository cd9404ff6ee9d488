"""Rows become golden examples: redacted like typed ones, twins left out, all of them or none, or the good ones."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import batched
from uuid import UUID

from django.db import transaction

from skills.models import Skill
from training.golden import golden_example
from training.imports.rows import Row, RowError
from training.models import SkillFeedback
from training.sanitizer import SanitizerError
from training.splits import place_new_examples

BATCH = 500
# An error's line is named for so many; the rest are counted.
NAMED_ERRORS = 200


@dataclass
class ImportReport:
    """What became of each row. `stored` is false after a dry run, and when one bad row kept all of them out."""

    good: int = 0
    twins: int = 0
    bad: int = 0
    redacted: int = 0
    errors: list[RowError] = field(default_factory=list)
    stored: bool = False

    def add_error(self, error: RowError) -> None:
        self.bad += 1
        if len(self.errors) < NAMED_ERRORS:
            self.errors.append(error)


def import_rows(
    rows: Iterable[Row | RowError],
    *,
    skill: Skill,
    user_id: UUID | None,
    dry_run: bool,
    skip_bad: bool = False,
    on_batch: Callable[[int], None] = lambda count: None,
    keep: Callable[[SkillFeedback], None] = lambda example: None,
) -> ImportReport:
    """Store the rows as golden, approved examples of the skill, in one transaction.

    A bad row keeps everything out, unless `skip_bad`. A row whose text the skill has already, or that stood in the
    file before, is left out and is no error, so that a file can be imported twice. `on_batch` hears of every batch,
    `keep` of every good row as it would be stored. Raises `UnreadableFileError` from the reader.
    """
    report = ImportReport()
    seen: set[str] = set()
    with transaction.atomic():
        for batch in batched(rows, BATCH):
            examples = list(_redacted(batch, skill, user_id, report))
            fresh = _without_twins(examples, skill, seen, report)
            for example in fresh:
                keep(example)
            report.good += len(fresh)
            if not dry_run:
                SkillFeedback.objects.bulk_create(fresh)
            on_batch(len(batch))
        report.stored = not dry_run and (skip_bad or not report.bad)
        if not report.stored:
            transaction.set_rollback(True)
    if report.stored:
        place_new_examples(skill.pk)
    return report


def _redacted(
    rows: Iterable[Row | RowError], skill: Skill, user_id: UUID | None, report: ImportReport
) -> Iterator[SkillFeedback]:
    for row in rows:
        if isinstance(row, RowError):
            report.add_error(row)
            continue
        try:
            example = golden_example(
                tenant_id=skill.tenant_id,
                skill_id=skill.pk,
                user_id=user_id,
                example_input=row.input,
                expected_output=row.output,
                quality_score=row.quality,
            )
        except SanitizerError:
            report.add_error(RowError(row.line, "could not be checked for secrets."))
            continue
        report.redacted += bool(example.redactions)
        yield example


def _without_twins(
    examples: list[SkillFeedback], skill: Skill, seen: set[str], report: ImportReport
) -> list[SkillFeedback]:
    hashes = {example.content_hash for example in examples}
    golden = SkillFeedback.objects.golden().filter(skill=skill, content_hash__in=hashes)
    seen.update(golden.values_list("content_hash", flat=True))
    fresh = []
    for example in examples:
        if example.content_hash in seen:
            report.twins += 1
        else:
            seen.add(example.content_hash)
            fresh.append(example)
    return fresh
