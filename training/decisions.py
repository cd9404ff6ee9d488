"""Decisions: those that also move an example among its near-copies, and how they are told."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.timesince import timesince

from accounts.models import User
from training.models import Revision, SkillFeedback
from training.splits import lock_places, place_again


def edit_example(example: SkillFeedback, **changes: Any) -> Revision:
    """`SkillFeedback.edit`, and in the same transaction the place of the new text. Raises what that raises."""
    with transaction.atomic():
        lock_places(example.skill_id)
        revision = example.edit(**changes)
        if revision.replaced_text:
            place_again(example)
    return revision


def undo_decision(example: SkillFeedback, *, reviewer: User, version: int) -> Revision:
    """`SkillFeedback.undo`, and in the same transaction the place of the text that is back."""
    with transaction.atomic():
        lock_places(example.skill_id)
        undone = example.undo(reviewer=reviewer, version=version)
        if undone.replaced_text:
            place_again(example)
    return undone


def describe(example: SkillFeedback) -> str:
    """What the last one did to the example: "approved by Alice 2 minutes ago"."""
    latest = example.revisions.newest_first().select_related("made_by").first()
    if latest is None:
        return "changed"
    who = latest.made_by.display_name if latest.made_by else "somebody"
    ago = timesince(latest.made_at, timezone.now(), depth=1)
    return f"{latest.get_action_display().lower()} by {who} {ago} ago"
