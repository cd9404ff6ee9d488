"""The admin site of examples and their history: to be read and deleted. Texts are edited in the review."""

from django.contrib import admin

from accounts.tenant_admin import OperatorsSee, TenantScopedAdmin
from training.consent.admin import SiteSettingsAdmin
from training.models import Revision, SkillFeedback

__all__ = ["RevisionAdmin", "SiteSettingsAdmin", "SkillFeedbackAdmin"]


@admin.register(SkillFeedback)
class SkillFeedbackAdmin(OperatorsSee, TenantScopedAdmin):
    may_delete = True
    list_display = ["id", "skill", "source", "status", "user", "quality_score", "created_at"]
    list_filter = ["source", "status", "feedback_type", "quality_score", "created_at"]
    search_fields = ["=id", "=usage_event_id", "skill__slug", "user__username"]
    list_select_related = ["skill", "user", "tenant"]
    exclude = ["content_hash", "twin_hash"]
    readonly_fields = ["created_at", "version", "capture_record", "consent_record"]


@admin.register(Revision)
class RevisionAdmin(OperatorsSee, TenantScopedAdmin):
    tenant_lookup = "feedback__tenant_id"
    list_display = ["feedback", "version", "action", "made_by", "made_at", "undone_at"]
    list_filter = ["action", "made_at"]
    search_fields = ["=feedback__id", "made_by__username"]
    list_select_related = ["feedback", "made_by"]
    exclude = ["content_hash"]
    operator_columns = ()
    operator_filters = (("feedback__tenant", admin.RelatedOnlyFieldListFilter),)
