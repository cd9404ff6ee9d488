"""/settings/: the pages of a tenant's administrators."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import PageRequest
from settings_app import decisions, wording
from settings_app.models import ConsentRecord, SiteSettings, Surface, UserPreferences
from training.consent.assurance import figures_of, verify_and_remember
from training.consent.erasure import decide_examples, switch_off_and_decide, undecided_since
from training.consent.forms import CaptureForm
from training.consent.history import named
from training.consent.views import settings_tabs
from training.models import SkillFeedback

SHOWN_DECISIONS = 20


def tenant_admin_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """403 for whoever is not an administrator of their tenant."""

    @wraps(view)
    def wrapped(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_tenant_admin:
            raise PermissionDenied("Only your organisation's administrators may see this page.")
        return view(request, *args, **kwargs)

    return wrapped


@require_http_methods(["GET", "POST"])
@tenant_admin_required
def capture_edit(request: PageRequest) -> HttpResponse:
    """The tenant's switch, and at switching off the question what becomes of what was captured."""
    form = CaptureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act(request, form.cleaned_data["action"])
        return redirect("settings:capture-edit")
    tenant = request.tenant
    examples = SkillFeedback.objects.captured().filter(tenant=tenant)
    tenants_own = ConsentRecord.objects.filter(tenant_id=tenant.pk, subject_id=None)
    captured_count = examples.count()
    context = {
        "form": form,
        "site_settings": SiteSettings.of(tenant),
        "captured_count": captured_count,
        "purge_question": f"{captured_count:,} captured examples are deleted at once, for good.",
        "person_count": examples.values("user").distinct().count(),
        "member_note": f"of {tenant.users.filter(is_active=True).count():,}",
        "consent_count": UserPreferences.objects.filter(
            user__tenant=tenant, training_data_consent=True, consent_record__tenant_id=tenant.pk
        ).count(),
        "undecided_since": undecided_since(tenant),
        "records": named(tenants_own.order_by("-sequence")[:SHOWN_DECISIONS]),
        "wordings": wording,
        "section": "preferences",
        "tabs": settings_tabs(request.user, "capture-edit"),
    }
    return render(request, "settings/capture.html", context, status=422 if form.errors else 200)


def act(request: PageRequest, action: str) -> None:
    who: dict[str, Any] = {
        "tenant": request.tenant,
        "actor": request.user,
        "surface": Surface.CAPTURE_PAGE,
    }
    try:
        if action == "on":
            decisions.switch_capture_on(**who)
            messages.success(request, "Capture is on, for those who have consented themselves.")
        elif action in ("off_keep", "off_purge"):
            record = switch_off_and_decide(**who, purge=action == "off_purge")
            messages.success(request, f"Capture is off. {outcome(record)}")
        else:
            record = decide_examples(**who, purge=action == "purge")
            messages.success(request, outcome(record))
    except decisions.DecisionRefused as refusal:
        messages.error(request, str(refusal))


def outcome(record: ConsentRecord) -> str:
    if "deleted" not in record.effect:
        return "What was captured is kept."
    return f"Deleted: {record.effect['deleted']:,} captured examples."


@require_GET
@tenant_admin_required
def assurance(request: PageRequest) -> HttpResponse:
    context = {
        "verification": request.tenant.verifications.order_by("-verified_at").first(),
        "records": ConsentRecord.objects.filter(tenant_id=request.tenant.pk).count(),
        "figures": figures_of(request.tenant),
        "tabs": settings_tabs(request.user, "assurance"),
        "section": "preferences",
    }
    return render(request, "settings/assurance.html", context)


@require_POST
@tenant_admin_required
def assurance_verify(request: PageRequest) -> HttpResponse:
    proof = verify_and_remember(request.tenant.pk)
    if proof.problems:
        messages.error(request, f"Verified: {len(proof.problems)} problems, listed below.")
    else:
        messages.success(
            request, "Verified: the chain is whole and every example has both consents."
        )
    return redirect("settings:assurance")
