"""Log-in and passwords are Django's own views (see urls.py); here are the account's page and the API keys."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import KeyForm, ProfileForm
from accounts.models import ApiKey
from accounts.requests import PageRequest


@require_http_methods(["GET", "POST"])
def profile(request: PageRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your name is saved.")
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form})


@require_GET
def key_list(request: PageRequest) -> HttpResponse:
    return render_keys(request, KeyForm(user=request.user))


@require_POST
@never_cache
def key_create(request: PageRequest) -> HttpResponse:
    """Answer with the new key itself: it then exists nowhere but in this one, uncached, answer.

    A redirect would need a place to keep the key until the next request. Sending the form again, by reloading,
    makes no second key: the name is taken.
    """
    if request.user.tenant is None:
        raise Http404
    form = KeyForm(request.POST, user=request.user)
    if not form.is_valid():
        return render_keys(request, form, status=422)
    key, secret = ApiKey.issue(user=request.user, name=form.cleaned_data["name"])
    return render(request, "accounts/key_created.html", {"key": key, "secret": secret}, status=201)


@require_POST
def key_revoke(request: PageRequest, *, key_id: UUID) -> HttpResponse:
    key = get_object_or_404(request.user.api_keys, pk=key_id)
    key.revoke()
    messages.success(request, f"The key “{key.name}” is revoked. Agents that send it are refused.")
    return redirect("accounts:key-list")


def render_keys(request: PageRequest, form: KeyForm, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    keys = list(request.user.api_keys.all())
    context = {
        "form": form,
        "usable": [key for key in keys if key.is_usable_at(now)],
        "ended": [key for key in keys if not key.is_usable_at(now)],
        "expiry_days": request.user.tenant.key_expiry_days if request.user.tenant else None,
    }
    return render(request, "accounts/key_list.html", context, status=status)
