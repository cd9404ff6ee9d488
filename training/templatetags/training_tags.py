"""How an example's text and state are shown."""

from django import template
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString, mark_safe

from training.models import SkillFeedback, Source, Status
from training.redaction import MARK

register = template.Library()

STATUS_BADGES = {
    Status.PENDING: {"label": "Pending", "tone": "warn", "icon": "clock"},
    Status.APPROVED: {"label": "Approved", "tone": "good", "icon": "check"},
    Status.REJECTED: {"label": "Rejected", "tone": "bad", "icon": "cross"},
}
SOURCE_BADGES = {
    Source.WEB: {"label": "Golden", "icon": "star", "title": "Written by the skill's author"},
    Source.USAGE_CAPTURE: {
        "label": "Captured",
        "tone": "info",
        "icon": "terminal",
        "title": "From real use, with consent",
    },
}


@register.filter
def marked(text: str) -> SafeString:
    """The text with each placeholder set in a mark that names the kind of what was taken out."""
    pieces = MARK.split(text)
    plain, kinds = pieces[0::2], pieces[1::2]
    shown = format_html_join(
        "",
        '{}<mark class="redaction" title="Taken out before it was stored">{}</mark>',
        zip(plain, kinds, strict=False),
    )
    return mark_safe(shown + conditional_escape(plain[-1]))  # noqa: S308 - both parts are escaped


@register.filter
def readable_kind(kind: str) -> str:
    """`GITHUB_TOKEN` as people say it: "github token"."""
    return kind.replace("_", " ").lower()


@register.inclusion_tag("_partials/_badge.html")
def status_badge(example: SkillFeedback) -> dict[str, str]:
    return STATUS_BADGES[Status(example.status)]


@register.inclusion_tag("_partials/_badge.html")
def source_badge(example: SkillFeedback) -> dict[str, str]:
    return SOURCE_BADGES[Source(example.source)]
