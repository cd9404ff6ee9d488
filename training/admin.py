"""The admin site of examples and their history: to be read and deleted. Texts are edited in the review."""

from django.contrib import admin

from accounts.tenant_admin import OperatorsSee, TenantScopedAdmin
from training.consent.admin import SiteSettingsAdmin
from training.models import CaptureCount, Release, Revision, SkillFeedback, Verification

__all__ = [
    "CaptureCountAdmin",
    "ReleaseAdmin",
    "RevisionAdmin",
    "SiteSettingsAdmin",
    "SkillFeedbackAdmin",
    "VerificationAdmin",
]


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


@admin.register(CaptureCount)
class CaptureCountAdmin(OperatorsSee, TenantScopedAdmin):
    list_display = ["day", "what", "count"]
    list_filter = ["day"]
    search_fields = ["what"]
    ordering = ["-day", "what"]


@admin.register(Verification)
class VerificationAdmin(OperatorsSee, TenantScopedAdmin):
    list_display = ["verified_at", "records", "examples", "is_clean", "sanitizer_version"]
    list_filter = ["verified_at"]
    ordering = ["-verified_at"]

    @admin.display(boolean=True, description="clean")
    def is_clean(self, verification: Verification) -> bool:
        return verification.is_clean


@admin.register(Release)
class ReleaseAdmin(OperatorsSee, TenantScopedAdmin):
    """A release never changes, and is made by the skill's author. It goes with its skill."""

    tenant_lookup = "skill__tenant_id"
    list_display = ["name", "skill", "created_by", "created_at", "sanitizer_version"]
    list_filter = ["created_at"]
    search_fields = ["name", "skill__slug"]
    list_select_related = ["skill", "created_by"]
    operator_columns = ()
    operator_filters = (("skill__tenant", admin.RelatedOnlyFieldListFilter),)
