"""The admin site's scoping, in one place: staff of a tenant see and touch rows of their tenant, operators all.

No per-model permission rows are needed: `is_staff` is the permission, and each `TenantScopedAdmin` says what its
model allows. Rows of other tenants are not in the queryset, so their addresses answer as if they did not exist, and
forms offer no others, so a forged choice is refused as unknown.
"""

import json
from collections.abc import Iterable
from operator import attrgetter
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, router, transaction
from django.db.models.deletion import Collector
from django.forms import ModelChoiceField
from django.http import HttpRequest

from everyskill.secret_refusal import refuse_secrets


class TenantScopedAdmin(admin.ModelAdmin):
    """`tenant_lookup` is the way from the model to its tenant's id; what may be done is closed by default."""

    tenant_lookup = "tenant_id"
    may_add = False
    may_change = False
    may_delete = False
    # Columns that the admin does not show must not be guessed from a filter in the address either.
    never_looked_up: frozenset[str] = frozenset()
    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        queryset = super().get_queryset(request)
        if request.user.is_superuser:
            return queryset
        return queryset.filter(**{self.tenant_lookup: request.user.tenant_id})

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        if lookup.partition("__")[0] in self.never_looked_up:
            return False
        return super().lookup_allowed(lookup, value, request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.is_administrator(request) and self.is_in_scope(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_add and self.is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.may_change and self.has_view_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.may_delete and self.has_view_permission(request, obj)

    @staticmethod
    def is_administrator(request: HttpRequest) -> bool:
        user = request.user
        return user.is_active and user.is_staff and (user.is_superuser or user.is_tenant_admin)

    def is_in_scope(self, request: HttpRequest, obj: models.Model | None) -> bool:
        if obj is None or request.user.is_superuser:
            return True
        return self.tenant_id_of(obj) == request.user.tenant_id

    def tenant_id_of(self, obj: models.Model) -> UUID | None:
        return attrgetter(self.tenant_lookup.replace("__", "."))(obj)

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Whatever text is typed here is refused where it looks like a secret, as on the pages of the site."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.CharField):
            field.validators.append(refuse_secrets)
        return field

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        """Offer what the related model's own admin would list to this person; nothing, if it has none."""
        related = db_field.remote_field.model
        if self.admin_site.is_registered(related):
            kwargs["queryset"] = self.admin_site.get_model_admin(related).get_queryset(request)
        else:
            kwargs["queryset"] = related._default_manager.none()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_deleted_objects(
        self, objs: Iterable[models.Model], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Count what goes along instead of listing it: a person may have a hundred thousand rows.

        What is deleted along belongs to the same tenant, so the right to delete the row itself covers it.
        """
        objs = list(objs)
        refused = {
            str(self.opts.verbose_name)
            for obj in objs
            if not self.has_delete_permission(request, obj)
        }
        collector = Collector(using=router.db_for_write(self.model), origin=objs)
        collector.collect(objs)
        counts: dict[str, int] = {}
        for model, rows in collector.data.items():
            name = str(model._meta.verbose_name_plural)
            counts[name] = counts.get(name, 0) + len(rows)
        for queryset in collector.fast_deletes:
            name = str(queryset.model._meta.verbose_name_plural)
            counts[name] = counts.get(name, 0) + queryset.count()
        counts = {name: count for name, count in counts.items() if count}
        return [f"{count:,} {name}" for name, count in counts.items()], counts, refused, []

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        self.delete_queryset(request, self.model._default_manager.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Lock the rows first: what refers to them and is being inserted meanwhile then waits, and is refused.

        Otherwise an example captured between the collecting and the deleting would make the deletion fail.
        """
        with transaction.atomic():
            ids = list(queryset.values_list("pk", flat=True))
            locked = self.model._default_manager.filter(pk__in=ids)
            list(locked.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
            locked.delete()

    # The site's own log says what was done to which id. It holds no names or titles, which would outlive their rows.

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> LogEntry:
        return self._log(request, obj, ADDITION, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> LogEntry:
        return self._log(request, obj, CHANGE, message)

    def log_deletions(
        self, request: HttpRequest, queryset: Iterable[models.Model]
    ) -> list[LogEntry]:
        return [self._log(request, obj, DELETION, "") for obj in queryset]

    def _log(self, request: HttpRequest, obj: models.Model, flag: int, message: Any) -> LogEntry:
        entry = LogEntry(
            user=request.user,
            content_type=ContentType.objects.get_for_model(obj),
            object_id=str(obj.pk),
            object_repr=f"{self.opts.verbose_name} {obj.pk}",
            action_flag=flag,
        )
        entry.change_message = message if isinstance(message, str) else json.dumps(message)
        entry.save()
        return entry


class OperatorsSee:
    """Mixed in: columns and filters that only a platform operator needs, since staff have but one tenant."""

    operator_columns: tuple[str, ...] = ("tenant",)
    operator_filters: tuple[Any, ...] = (("tenant", admin.RelatedOnlyFieldListFilter),)

    def get_list_display(self, request: HttpRequest) -> list[str]:
        shown = list(super().get_list_display(request))
        return [*shown, *self.operator_columns] if request.user.is_superuser else shown

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        filters = list(super().get_list_filter(request))
        return [*filters, *self.operator_filters] if request.user.is_superuser else filters
