"""/settings/: a person's preferences, their consent and what they can take away."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.requests import PageRequest
from settings_app import decisions, wording
from settings_app.models import ConsentRecord, Decision, SiteSettings, Surface, UserPreferences
from training.consent.downloads import captured_from, receipt_of, words_of
from training.consent.erasure import withdraw_consent
from training.consent.forms import PreferencesForm
from training.models import Release, SkillFeedback

SHOWN_DECISIONS = 10


@require_http_methods(["GET", "POST"])
def preferences_edit(request: PageRequest) -> HttpResponse:
    preferences = UserPreferences.of(request.user)
    categories = request.tenant.skills.exclude(category="").values_list("category", flat=True)
    form = PreferencesForm(
        request.POST or None, instance=preferences, categories=list(categories.distinct())
    )
    if request.method == "POST" and form.is_valid():
        form.save_preferences()
        messages.success(request, "Your preferences are saved.")
        if form.redactions:
            kinds = ", ".join(f"{count} × {kind}" for kind, count in form.redactions.items())
            messages.warning(request, f"Taken out of your notes, and kept nowhere: {kinds}.")
        return redirect("settings:preferences-edit")
    status = 422 if form.errors else 200
    context = {"form": form, "section": "preferences"} | consent_context(request, preferences)
    return render(request, "settings/preferences.html", context, status=status)


def consent_context(request: PageRequest, preferences: UserPreferences) -> dict[str, object]:
    own = ConsentRecord.objects.filter(subject_id=request.user.pk)
    return {
        "consents": preferences.consents_in(request.tenant),
        "consent_record": preferences.consent_record,
        "wording": wording.CONSENT,
        "agreed_words": words_of(record) if (record := preferences.consent_record) else None,
        "captured_count": SkillFeedback.objects.captured().filter(user=request.user).count(),
        "capture_enabled": SiteSettings.of(request.tenant).training_data_capture_enabled,
        "records": own.order_by("-recorded_at", "-sequence")[:SHOWN_DECISIONS],
        "tabs": settings_tabs(request.user, "preferences-edit"),
    }


@require_POST
def consent_give(request: PageRequest) -> HttpResponse:
    """Only the words that were shown can be agreed to: the form names their version."""
    if request.POST.get("wording_version") != str(wording.CONSENT.version):
        messages.error(request, "The words have changed meanwhile. Please read them again.")
    else:
        decisions.give_consent(user=request.user, surface=Surface.PREFERENCES_PAGE)
        messages.success(request, "You have consented. You can withdraw here at any time.")
    return redirect(f"{reverse('settings:preferences-edit')}#training-consent")


@require_POST
def consent_withdraw(request: PageRequest) -> HttpResponse:
    record = withdraw_consent(user=request.user, surface=Surface.PREFERENCES_PAGE)
    if record is None:
        messages.info(request, "There was no consent to withdraw. Nothing is captured from you.")
        return redirect("settings:preferences-edit")
    return redirect("settings:consent-receipt", record_id=record.pk)


@require_GET
def consent_receipt(request: PageRequest, *, record_id: UUID) -> HttpResponse:
    withdrawals = ConsentRecord.objects.filter(
        subject_id=request.user.pk, decision=Decision.CONSENT_WITHDRAWN
    )
    record = get_object_or_404(withdrawals, pk=record_id)
    context = {
        "record": record,
        "skills": skills_of(request, record.effect.get("skills", {})),
        "releases": releases_of(request, record.effect.get("releases", {})),
        "section": "preferences",
    }
    return render(request, "settings/receipt.html", context)


def skills_of(request: PageRequest, deleted: dict[str, int]) -> list[tuple[str, int]]:
    """Slug and number, most first. The ledger has the ids; a skill may be gone meanwhile."""
    slugs = {str(skill.pk): skill.slug for skill in request.tenant.skills.filter(pk__in=deleted)}
    named = [(slugs.get(pk, "a skill that no longer exists"), n) for pk, n in deleted.items()]
    return sorted(named, key=lambda row: -row[1])


def releases_of(request: PageRequest, deleted: dict[str, int]) -> list[tuple[str, int]]:
    releases = Release.objects.filter(pk__in=deleted, skill__tenant=request.tenant)
    names = {
        str(release.pk): f"{release.skill.slug} {release.name}"
        for release in releases.select_related("skill")
    }
    return [(names.get(pk, "a release that no longer exists"), n) for pk, n in deleted.items()]


@require_GET
@never_cache
def captured_download(request: PageRequest) -> StreamingHttpResponse:
    response = StreamingHttpResponse(captured_from(request.user), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="everyskill-captured-from-me.json"'
    return response


@require_GET
@never_cache
def ledger_download(request: PageRequest) -> JsonResponse:
    response = JsonResponse(receipt_of(request.user), json_dumps_params={"indent": 1})
    response["Content-Disposition"] = 'attachment; filename="everyskill-consent-receipt.json"'
    return response


def settings_tabs(user: User, current: str) -> list[dict[str, object]]:
    """The pages of /settings/; a person who is no administrator has but one, and sees no tabs."""
    if not user.is_tenant_admin:
        return []
    pages = {
        "preferences-edit": "Preferences",
        "capture-edit": "Capture",
        "assurance": "Assurance",
    }
    return [
        {"label": label, "url": reverse(f"settings:{name}"), "current": name == current}
        for name, label in pages.items()
    ]
