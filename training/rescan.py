"""Today's rules over what older rules let through."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from settings_app.models import SiteSettings
from training.models import Revision, SkillFeedback
from training.redaction import redact
from training.sanitizer import SANITIZER_VERSION, SanitizerError

BATCH_SIZE = 200
EXAMPLE_TEXTS = ("example_input", "example_output", "expected_output", "review_notes")
REVISION_TEXTS = ("example_input", "expected_output", "review_notes")


@dataclass
class Report:
    """How many rows were read and changed, what was taken out by kind, and which could not be judged."""

    read: int = 0
    changed: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)


def rescan_examples(*, dry_run: bool = False) -> Report:
    """Redact in every stored example, and in what its edits replaced, what today's rules find.

    Batches of 200 rows, each in a transaction of its own with its rows locked. Counts of redactions grow, the rules'
    version becomes today's. A row that cannot be judged stays as it is and is named. Run again, it changes nothing.
    """
    report = Report()
    wants_personal_data = dict(
        SiteSettings.objects.values_list("tenant_id", "redact_personal_data")
    )
    for row in _in_batches(SkillFeedback.objects.all(), report):
        # An author writes an example on purpose: only what was captured loses personal data.
        personal = row.is_captured and wants_personal_data.get(row.tenant_id, True)
        _rescan_row(row, EXAMPLE_TEXTS, personal_data=personal, dry_run=dry_run, report=report)
    for revision in _in_batches(Revision.objects.select_related("feedback"), report):
        example = revision.feedback
        personal = example.is_captured and wants_personal_data.get(example.tenant_id, True)
        _rescan_row(
            revision, REVISION_TEXTS, personal_data=personal, dry_run=dry_run, report=report
        )
    return report


def _in_batches(rows: QuerySet[Any], report: Report) -> Iterator[Any]:
    last = None
    while True:
        with transaction.atomic():
            batch = rows.order_by("pk").select_for_update(of=("self",))
            if last is not None:
                batch = batch.filter(pk__gt=last)
            found = list(batch[:BATCH_SIZE])
            for row in found:
                report.read += 1
                yield row
        if len(found) < BATCH_SIZE:
            return
        last = found[-1].pk


def _rescan_row(
    row: SkillFeedback | Revision,
    names: tuple[str, ...],
    *,
    personal_data: bool,
    dry_run: bool,
    report: Report,
) -> None:
    texts = [getattr(row, name) for name in names]
    try:
        clean = redact(*texts, personal_data=personal_data, limit=None)
    except SanitizerError:
        report.refused.append(str(row.pk))
        return
    report.kinds.update(clean.redactions)
    report.changed += bool(clean.redactions)
    if dry_run or (not clean.redactions and row.sanitizer_version == SANITIZER_VERSION):
        return
    for name, text in zip(names, clean.texts, strict=True):
        setattr(row, name, text)
    row.redactions = dict(Counter(row.redactions) + Counter(clean.redactions))
    row.sanitizer_version = SANITIZER_VERSION
    _save(row, [*names, "redactions", "sanitizer_version"])


def _save(row: SkillFeedback | Revision, fields: list[str]) -> None:
    if isinstance(row, Revision):
        row.save(update_fields=fields)
        return
    row.content_hash = row.hash_content()
    try:
        with transaction.atomic():
            row.save(update_fields=[*fields, "content_hash"])
    except IntegrityError:
        # Redacted it equals another golden example. Both stay, this one under the hash it had.
        row.save(update_fields=fields)
