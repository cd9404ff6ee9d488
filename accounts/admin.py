"""The admin site of tenants, people and API keys."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from accounts.models import ApiKey, Tenant, User
from accounts.tenant_admin import OperatorsSee, TenantScopedAdmin

# Permissions are a matter of tenants here, not of groups.
admin.site.unregister(Group)


@admin.register(Tenant)
class TenantAdmin(TenantScopedAdmin):
    """Staff may rename their organisation; making and deleting organisations is an operator's."""

    tenant_lookup = "id"
    may_change = True
    list_display = ["name", "slug", "people", "created_at"]
    search_fields = ["name", "slug"]
    readonly_fields = ["id", "created_at"]
    fields = ["name", "slug", "id", "created_at"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Tenant]:
        return super().get_queryset(request).annotate(people=models.Count("users"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return request.user.is_superuser

    def get_readonly_fields(self, request: HttpRequest, obj: Tenant | None = None) -> list[str]:
        return (
            self.readonly_fields if request.user.is_superuser else [*self.readonly_fields, "slug"]
        )

    @admin.display(ordering="people")
    def people(self, tenant: Tenant) -> int:
        return tenant.people


class PersonCreationForm(AdminUserCreationForm):
    class Meta(AdminUserCreationForm.Meta):
        model = User
        fields = ("username", "email", "first_name", "last_name", "is_staff")


@admin.register(User)
class UserAdmin(OperatorsSee, TenantScopedAdmin, DjangoUserAdmin):
    """People never change tenants: their keys, examples and consent belong to the one they are in."""

    may_add = may_change = may_delete = True
    add_form = PersonCreationForm
    list_display = ["username", "email", "get_full_name", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff", "last_login"]
    search_fields = ["username", "email", "first_name", "last_name"]
    ordering = ["username"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> list[tuple[Any, Any]]:
        roles = ["is_active", "is_staff"]
        if request.user.is_superuser:
            roles = ["is_superuser", *roles, "tenant"]
        names = ["email", "first_name", "last_name"]
        if obj is None:
            secret = ["usable_password", "password1", "password2"]
            return [
                (None, {"fields": ["username", *names, *secret]}),
                ("Role", {"fields": [name for name in roles if name != "is_active"]}),
            ]
        return [
            (None, {"fields": ["username", "password", *names]}),
            ("Role", {"fields": roles}),
            ("Dates", {"fields": ["last_login", "date_joined"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        if obj is None:
            return self.readonly_fields
        names = [*self.readonly_fields, "tenant"]
        return names if self.may_log_in_as(request, obj) else [*names, "email"]

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponseBase:
        person = self.get_object(request, unquote(id))
        if person is not None and not self.may_log_in_as(request, person):
            raise PermissionDenied("Only they can: by “Forgotten password?” on the log-in page.")
        return super().user_change_password(request, id, form_url)

    @staticmethod
    def may_log_in_as(request: HttpRequest, person: User) -> bool:
        """Who sets a person's password or e-mail address can consent in their name: a tenant's staff must not."""
        return request.user.is_superuser or person.pk == request.user.pk

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and self.may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody deletes the account they are logged in with: the deletion could not be logged under it."""
        is_own = obj is not None and obj.pk == request.user.pk
        return (
            super().has_delete_permission(request, obj)
            and self.may_touch(request, obj)
            and not is_own
        )

    @staticmethod
    def may_touch(request: HttpRequest, obj: User | None) -> bool:
        """An operator's account is an operator's, also where the operator belongs to the tenant."""
        return request.user.is_superuser or obj is None or not obj.is_superuser

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool
    ) -> None:
        if not change and not request.user.is_superuser:
            obj.tenant_id = request.user.tenant_id
        super().save_model(request, obj, form, change)


class KeyStateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("usable", "Usable"), ("expired", "Expired"), ("revoked", "Revoked")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        now = timezone.now()
        match self.value():
            case "usable":
                return queryset.filter(revoked_at=None, expires_at__gt=now)
            case "expired":
                return queryset.filter(revoked_at=None, expires_at__lte=now)
            case "revoked":
                return queryset.exclude(revoked_at=None)
        return queryset


@admin.register(ApiKey)
class ApiKeyAdmin(OperatorsSee, TenantScopedAdmin):
    """Keys are made by their people, who alone see the secret. Here they are looked at and revoked."""

    list_display = ["name", "user", "prefix", "state", "created_at", "last_used_at", "expires_at"]
    list_filter = [KeyStateFilter, "created_at"]
    search_fields = ["name", "prefix", "user__username", "user__email"]
    never_looked_up = frozenset({"secret_hash"})
    list_select_related = ["user", "tenant"]
    fields = [
        "name",
        "user",
        "prefix",
        "state",
        "created_at",
        "last_used_at",
        "expires_at",
        "revoked_at",
    ]
    actions = ["revoke"]

    @admin.display(description="state")
    def state(self, key: ApiKey) -> str:
        if key.revoked_at:
            return "Revoked"
        return "Usable" if key.is_usable_at(timezone.now()) else "Expired"

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return self.is_administrator(request)

    @admin.action(description="Revoke the selected API keys", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: models.QuerySet[ApiKey]) -> None:
        keys = list(queryset.filter(revoked_at=None))
        for key in keys:
            key.revoke()
            self.log_change(request, key, "Revoked.")
        messages.success(request, f"Revoked: {len(keys)}. Agents that send them are refused.")
