"""What people say of a skill, and what is made of it: training examples, their history, their releases."""

from training.models.assurance import CaptureCount, Verification
from training.models.choices import FeedbackType, Source, Split, Status
from training.models.feedback import (
    NothingToUndo,
    SkillFeedback,
    StaleDecision,
    keep_golden_only,
)
from training.models.fingerprint import Fingerprint
from training.models.querysets import SkillFeedbackQuerySet
from training.models.release import Release, ReleaseMember, Tombstone
from training.models.revision import Action, Revision

__all__ = [
    "Action",
    "CaptureCount",
    "FeedbackType",
    "Fingerprint",
    "NothingToUndo",
    "Release",
    "ReleaseMember",
    "Revision",
    "SkillFeedback",
    "SkillFeedbackQuerySet",
    "Source",
    "Split",
    "StaleDecision",
    "Status",
    "Tombstone",
    "Verification",
    "keep_golden_only",
]
