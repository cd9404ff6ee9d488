"""/connect/: from no key to the first event seen; and the skill bundles."""

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.forms import KeyForm
from accounts.models import ApiKey
from accounts.requests import PageRequest
from settings_app.consent import read_gate
from tracking.bundle import make_bundle
from tracking.hook_file import served_hook_file
from tracking.models import UsageEvent

# The page looks for events since it was opened, and no further back: a look stays cheap however many there are.
LOOK_BACK = timedelta(hours=1)


@require_GET
@never_cache
def connect(request: PageRequest) -> HttpResponse:
    form = KeyForm(initial={"name": unused_name(request)}, user=request.user)
    return render_connect(request, {"form": form, "key": None, "secret": ""})


@require_POST
@never_cache
def connect_key(request: PageRequest) -> HttpResponse:
    """Make the key and show it in this one, uncached, answer; it cannot be shown again."""
    form = KeyForm(request.POST, user=request.user)
    if not form.is_valid():
        return render_connect(request, {"form": form, "key": None, "secret": ""}, status=422)
    key, secret = ApiKey.issue(user=request.user, name=form.cleaned_data["name"])
    return render_connect(request, {"form": None, "key": key, "secret": secret}, status=201)


@require_GET
@never_cache
def first_event(request: PageRequest) -> HttpResponse:
    """The part of the page that waits for an event of this person's."""
    return render(request, "tracking/_first_event.html", arrival(request))


@require_GET
def skill_bundle(request: PageRequest, *, slug: str, with_hooks: bool) -> HttpResponse:
    skill = get_object_or_404(request.tenant.skills, slug=slug)
    content = make_bundle(skill, site=site_address(request), with_hooks=with_hooks)
    name = f"{slug}-with-hooks.zip" if with_hooks else f"{slug}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/zip", headers=headers)


def render_connect(
    request: PageRequest, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    gate = read_gate(tenant_id=request.tenant.pk, user_id=request.user.pk)
    context |= {
        "section": "connect",
        "site": site_address(request),
        "digest": served_hook_file().sha256,
        "gate": gate.value,
        **arrival(request),
    }
    return render(request, "tracking/connect.html", context, status=status)


def arrival(request: PageRequest) -> dict[str, object]:
    """This person's newest event since the page was opened, if it has come."""
    since = opened_at(request)
    found = request.user.usage_events.filter(tenant=request.tenant, created_at__gt=since)
    event: UsageEvent | None = found.select_related("skill").order_by("-created_at").first()
    return {"event": event, "since": since.isoformat()}


def opened_at(request: PageRequest) -> datetime:
    now = timezone.now()
    try:
        said = parse_datetime(request.GET.get("since", ""))
    except ValueError:
        said = None
    if said is None or timezone.is_naive(said):
        return now
    return max(said, now - LOOK_BACK)


def unused_name(request: PageRequest) -> str:
    taken = {name.lower() for name in request.user.api_keys.values_list("name", flat=True)}
    names = ["My machine", *(f"My machine {number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name.lower() not in taken)


def site_address(request: PageRequest) -> str:
    """The address that this person's browser reached the site at, without a last slash."""
    return request.build_absolute_uri("/").rstrip("/")
