"""What a person can take away: everything captured from them, and their ledger rows as a receipt. Both are JSON."""

import json
from collections.abc import Iterator

from django.utils import timezone

from accounts.models import User
from settings_app.ledger import facts_of
from settings_app.models import ConsentRecord
from settings_app.wording import find_wording
from training.models import SkillFeedback

CAPTURED_COLUMNS = (
    "id",
    "skill__slug",
    "tool_name",
    "example_input",
    "example_output",
    "expected_output",
    "quality_score",
    "status",
    "review_notes",
    "redactions",
    "sanitizer_version",
    "usage_event_id",
    "capture_record_id",
    "consent_record_id",
    "created_at",
    "reviewed_at",
)


def captured_from(user: User) -> Iterator[str]:
    """JSON in pieces, so that a hundred thousand examples need no memory: a head, then one example a line."""
    examples = SkillFeedback.objects.captured().filter(user=user).order_by("created_at", "id")
    head = {"person": user.username, "made_at": timezone.now().isoformat()}
    yield json.dumps(head, indent=1)[:-2] + ',\n "captured_examples": ['
    separator = "\n"
    for values in examples.values(*CAPTURED_COLUMNS).iterator():
        values["skill"] = values.pop("skill__slug")
        yield separator + json.dumps(values, default=str, ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def receipt_of(user: User) -> dict[str, object]:
    """The person's ledger rows with the words each was decided on, and their hashes.

    `verify_consent --receipt` compares such a file with the ledger.
    """
    records = ConsentRecord.objects.filter(subject_id=user.pk).order_by("recorded_at", "sequence")
    return {
        "person": user.username,
        "person_id": str(user.pk),
        "made_at": timezone.now().isoformat(),
        "records": [facts_of(record) | {"wording": words_of(record)} for record in records],
    }


def words_of(record: ConsentRecord) -> str | None:
    """The text that was shown; None for a row of a newer program, whose words this one does not have."""
    wording = find_wording(
        name=record.wording_name, version=record.wording_version, language=record.language
    )
    return wording.text if wording else None
