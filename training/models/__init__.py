"""What people say of a skill, and what is made of it: training examples, their history, their releases."""

from training.models.feedback import (
    FeedbackType,
    NothingToUndo,
    SkillFeedback,
    SkillFeedbackQuerySet,
    Source,
    Split,
    StaleDecision,
    Status,
    keep_golden_only,
)
from training.models.revision import Action, Revision

__all__ = [
    "Action",
    "FeedbackType",
    "NothingToUndo",
    "Revision",
    "SkillFeedback",
    "SkillFeedbackQuerySet",
    "Source",
    "Split",
    "StaleDecision",
    "Status",
    "keep_golden_only",
]
