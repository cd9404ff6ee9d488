"""The admin site's list of tenants' settings, with the switch of capture in it.

Switching goes through the same decisions as on the capture page: with the locks, the ledger row and, when it is
switched off, the question what becomes of what was captured. It is here and not in `settings_app` because that
question is about examples.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from accounts.models import Tenant, User
from accounts.tenant_admin import TenantScopedAdmin
from settings_app import decisions
from settings_app.models import SiteSettings, Surface
from training.consent.erasure import decide_examples
from training.models import SkillFeedback

SWITCH = "training_data_capture_enabled"
QUESTION_URL = "admin:settings_app_sitesettings_examples"


class SwitchForm(forms.ModelForm):
    """The switch remembers what it showed, so that saving another row never turns it back on or off."""

    training_data_capture_enabled = forms.BooleanField(
        required=False, show_hidden_initial=True, label="capture training data"
    )


@admin.register(SiteSettings)
class SiteSettingsAdmin(TenantScopedAdmin):
    may_change = True
    form = SwitchForm
    list_display = ["tenant", SWITCH, "switched_at", "switched_by", "redact_personal_data"]
    list_editable = [SWITCH]
    list_display_links = ["tenant"]
    list_filter = [SWITCH, "redact_personal_data"]
    list_select_related = ["tenant", "capture_record"]
    search_fields = ["tenant__name", "tenant__slug"]
    ordering = ["tenant__name"]
    fields = [
        "tenant",
        SWITCH,
        "switched_at",
        "switched_by",
        "history",
        "redact_personal_data",
        "key_expiry_days",
        "rate_limit_per_minute",
        "event_retention_days",
        "updated_at",
    ]
    readonly_fields = ["tenant", "switched_at", "switched_by", "history", "updated_at"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[SiteSettings]:
        switcher = User.objects.filter(pk=models.OuterRef("capture_record__actor_id"))
        return super().get_queryset(request).annotate(switcher=switcher.values("username"))

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[forms.ModelForm]:
        return SwitchForm

    def get_urls(self) -> list[URLPattern]:
        question = path(
            "examples/",
            self.admin_site.admin_view(self.examples_view),
            name="settings_app_sitesettings_examples",
        )
        return [question, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        make_missing_rows(request.user)
        response = super().changelist_view(request, extra_context)
        return self.question_or(request, response)

    def response_change(self, request: HttpRequest, obj: SiteSettings) -> HttpResponse:
        return self.question_or(request, super().response_change(request, obj))

    def question_or(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """The question, if this request switched off where something was captured; else the answer given."""
        ids = [str(site_settings.pk) for site_settings in _switched_off(request)]
        if not ids:
            return response
        return HttpResponseRedirect(f"{reverse(QUESTION_URL)}?ids={','.join(ids)}")

    def save_model(
        self, request: HttpRequest, obj: SiteSettings, form: forms.ModelForm, change: bool
    ) -> None:
        """Save the changed columns, and switch through the decisions, which lock and record."""
        plain = [name for name in form.changed_data if name != SWITCH]
        if plain:
            obj.save(update_fields=[*plain, "updated_at"])
        if SWITCH not in form.changed_data:
            return
        who = {"tenant": obj.tenant, "actor": request.user, "surface": Surface.ADMIN_SITE}
        if form.cleaned_data[SWITCH]:
            decisions.switch_capture_on(**who)
        elif decisions.switch_capture_off(**who) and captured_in(obj.tenant).exists():
            _switched_off(request).append(obj)

    def examples_view(self, request: HttpRequest) -> HttpResponse:
        """Ask whether to keep or purge what was captured in the tenants just switched off; do it on POST."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        asked = [
            site_settings
            for site_settings in self.get_queryset(request).select_related("tenant")
            if str(site_settings.pk) in request.GET.get("ids", "").split(",")
        ]
        if request.method == "POST" and request.POST.get("choice") in ("keep", "purge"):
            for site_settings in asked:
                self.decide(request, site_settings, purge=request.POST["choice"] == "purge")
            return HttpResponseRedirect(reverse("admin:settings_app_sitesettings_changelist"))
        rows = [(site.tenant, captured_in(site.tenant).count()) for site in asked]
        context = {
            **self.admin_site.each_context(request),
            "title": "What becomes of the captured examples?",
            "opts": self.opts,
            "rows": rows,
        }
        return render(request, "admin/settings_app/sitesettings/examples.html", context)

    def decide(self, request: HttpRequest, site_settings: SiteSettings, *, purge: bool) -> None:
        try:
            record = decide_examples(
                tenant=site_settings.tenant,
                actor=request.user,
                surface=Surface.ADMIN_SITE,
                purge=purge,
            )
        except decisions.DecisionRefused as refusal:
            messages.error(request, f"{site_settings.tenant}: {refusal}")
            return
        said = f"deleted {record.effect['deleted']:,} captured examples" if purge else "kept"
        messages.success(request, f"{site_settings.tenant}: {said}.")

    @admin.display(description="last switched", ordering="capture_record__recorded_at")
    def switched_at(self, site_settings: SiteSettings) -> object:
        return site_settings.capture_record and site_settings.capture_record.recorded_at

    @admin.display(description="by", empty_value="a command, or a deleted account")
    def switched_by(self, site_settings: SiteSettings) -> str | None:
        return site_settings.switcher if site_settings.capture_record else "never switched"

    @admin.display(description="all switches")
    def history(self, site_settings: SiteSettings) -> str:
        url = reverse("admin:settings_app_consentrecord_changelist")
        query = f"tenant_id__exact={site_settings.tenant_id}&subject_id__isnull=True"
        return format_html('<a href="{}?{}">Who switched it, and when</a>', url, query)


def make_missing_rows(user: User) -> None:
    """A tenant without settings has the defaults; it gets a row so that the list has a switch for it."""
    tenants = Tenant.objects.filter(site_settings=None)
    if not user.is_superuser:
        tenants = tenants.filter(pk=user.tenant_id)
    SiteSettings.objects.bulk_create(
        [SiteSettings(tenant=tenant) for tenant in tenants], ignore_conflicts=True
    )


def captured_in(tenant: Tenant) -> models.QuerySet[SkillFeedback]:
    return SkillFeedback.objects.captured().filter(tenant=tenant)


def _switched_off(request: HttpRequest) -> list[SiteSettings]:
    """What this request switched off, noted on the request itself."""
    if not hasattr(request, "switched_off"):
        request.switched_off = []
    return request.switched_off
