"""The admin site of what agents reported: to be read, but for a tenant's own token prices."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.tenant_admin import OperatorsSee, TenantScopedAdmin
from tracking.models import SkillDailyUsage, TokenMeasurement, TokenPrice, UsageEvent


@admin.register(UsageEvent)
class UsageEventAdmin(OperatorsSee, TenantScopedAdmin):
    list_display = ["id", "created_at", "skill_ref", "tool_name", "user", "is_known"]
    list_filter = [("skill", admin.EmptyFieldListFilter), "created_at"]
    search_fields = ["=id", "=event_id", "skill_ref", "tool_name", "user__username"]
    list_select_related = ["user", "tenant"]
    date_hierarchy = "created_at"

    @admin.display(boolean=True, description="known skill")
    def is_known(self, event: UsageEvent) -> bool:
        return event.skill_id is not None


@admin.register(TokenMeasurement)
class TokenMeasurementAdmin(OperatorsSee, TenantScopedAdmin):
    list_display = [
        "id",
        "created_at",
        "model_name",
        "input_tokens",
        "cache_read_input_tokens",
        "cache_creation_input_tokens",
        "output_tokens",
        "cost_microdollars",
        "user",
    ]
    list_filter = [("cost_microdollars", admin.EmptyFieldListFilter), "created_at"]
    search_fields = ["=id", "=message_id", "=usage_event_id", "model_name", "user__username"]
    list_select_related = ["user", "tenant"]


@admin.register(TokenPrice)
class TokenPriceAdmin(OperatorsSee, TenantScopedAdmin):
    """A tenant's own prices win over the list; staff set those of their tenant."""

    may_add = may_change = may_delete = True
    list_display = ["model_name", "since", "input", "cache_read", "cache_write", "output"]
    list_filter = ["since"]
    search_fields = ["model_name"]

    def get_readonly_fields(self, request: HttpRequest, obj: TokenPrice | None = None) -> list[str]:
        return ["tenant"] if obj else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, object]:
        return super().get_changeform_initial_data(request) | {"tenant": request.user.tenant_id}


@admin.register(SkillDailyUsage)
class SkillDailyUsageAdmin(OperatorsSee, TenantScopedAdmin):
    list_display = ["skill", "user", "day", "uses"]
    list_filter = ["day"]
    search_fields = ["skill__slug", "user__username"]
    list_select_related = ["skill", "user", "tenant"]
    date_hierarchy = "day"
