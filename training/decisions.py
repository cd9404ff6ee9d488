"""Decisions in words."""

from django.utils import timezone
from django.utils.timesince import timesince

from training.models import SkillFeedback


def describe(example: SkillFeedback) -> str:
    """What the last one did to the example: "approved by Alice 2 minutes ago"."""
    latest = example.revisions.newest_first().select_related("made_by").first()
    if latest is None:
        return "changed"
    who = latest.made_by.display_name if latest.made_by else "somebody"
    ago = timesince(latest.made_at, timezone.now(), depth=1)
    return f"{latest.get_action_display().lower()} by {who} {ago} ago"
