"""Golden examples: what a skill's author writes as the answer to learn."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from training.models import FeedbackType, SkillFeedback, Source, Status
from training.redaction import redact
from training.splits import place_new_examples


class TwinError(Exception):
    """The skill has a golden example with the same text, white space aside. `twin` is that example."""

    def __init__(self, twin: SkillFeedback) -> None:
        super().__init__("The skill already has this golden example.")
        self.twin = twin


def create_training_example(
    *,
    tenant_id: UUID,
    skill_id: UUID,
    user_id: UUID,
    example_input: str,
    expected_output: str,
    quality_score: int | None = None,
) -> SkillFeedback:
    """Store a golden example, redacted and approved.

    Nothing is cut: the caller has measured what was typed. Personal data stays, since an author writes an example on
    purpose; secrets do not. Raises `TwinError`, and `SanitizerError` when a text could not be judged.
    """
    example = golden_example(
        tenant_id=tenant_id,
        skill_id=skill_id,
        user_id=user_id,
        example_input=example_input,
        expected_output=expected_output,
        quality_score=quality_score,
    )
    twins = SkillFeedback.objects.golden().filter(
        skill_id=skill_id, content_hash=example.content_hash
    )
    if twin := twins.first():
        raise TwinError(twin)
    try:
        with transaction.atomic():
            example.save(force_insert=True)
    except IntegrityError:
        # Sent twice at the same moment: the constraint let one of them in.
        if twin := twins.first():
            raise TwinError(twin) from None
        raise
    place_new_examples(skill_id)
    return example


def golden_example(
    *, example_input: str, expected_output: str, quality_score: int | None = None, **owner: Any
) -> SkillFeedback:
    """A golden example as it will be stored, redacted and hashed, not saved yet. `owner`: tenant, skill and user."""
    clean = redact(example_input, expected_output, personal_data=False, limit=None)
    example = SkillFeedback(
        **owner,
        feedback_type=FeedbackType.TRAINING_EXAMPLE,
        source=Source.WEB,
        status=Status.APPROVED,
        example_input=clean.texts[0],
        expected_output=clean.texts[1],
        quality_score=quality_score,
        redactions=clean.redactions,
        sanitizer_version=clean.sanitizer_version,
    )
    example.content_hash = example.twin_hash = example.hash_content()
    return example
