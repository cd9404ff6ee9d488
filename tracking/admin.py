"""The admin site of what agents reported: to be read, but for a tenant's own token prices."""

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from accounts.tenant_admin import OperatorsSee, TenantScopedAdmin
from skills.models import Skill
from tracking.models import SkillDailyUsage, TokenMeasurement, TokenPrice, UsageEvent

# An event's skill may have gone since; its id stays.
SKILL_IS_HERE = Exists(Skill.objects.filter(pk=OuterRef("skill_id")))


class KnownSkillFilter(admin.SimpleListFilter):
    """Events of a skill that is here, or of one that never was or is no more."""

    title = "known skill"
    parameter_name = "known"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "No")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[UsageEvent]
    ) -> QuerySet[UsageEvent]:
        if self.value() in {"yes", "no"}:
            return queryset.filter(is_skill_here=self.value() == "yes")
        return queryset


@admin.register(UsageEvent)
class UsageEventAdmin(OperatorsSee, TenantScopedAdmin):
    list_display = ["id", "created_at", "skill_ref", "tool_name", "user", "is_known"]
    list_filter = [KnownSkillFilter, "created_at"]
    search_fields = ["=id", "=event_id", "skill_ref", "tool_name", "user__username"]
    list_select_related = ["user", "tenant"]
    date_hierarchy = "created_at"

    @admin.display(boolean=True, description="known skill")
    def is_known(self, event: UsageEvent) -> bool:
        return event.is_skill_here

    def get_queryset(self, request: HttpRequest) -> QuerySet[UsageEvent]:
        return super().get_queryset(request).annotate(is_skill_here=SKILL_IS_HERE)


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
