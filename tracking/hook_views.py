"""What the hook client asks the site for: whether text may be sent, and the client's own file."""

import msgspec
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from everyskill.answers import Answer
from settings_app.consent import Gate, read_gate
from settings_app.models import SiteSettings
from tracking.api.bodies import CONTENT_TYPE
from tracking.api.endpoint import ApiRequest, api_view
from tracking.api.schema import HookSettings
from tracking.hook_file import FILE_NAME, served_hook_file
from training.redaction import MAX_EXAMPLE_CHARACTERS

# Seconds that a client may go on by one answer. A gate that closes holds here at once: capture asks it again.
MAX_AGE = 300


@api_view("GET")
def hook_settings(request: ApiRequest) -> Answer:
    """Whether both gates are open for the key's person, which one is not, and how text must be prepared."""
    caller = request.api_key
    gate = read_gate(tenant_id=caller.tenant_id, user_id=caller.user_id)
    with_personal_data = SiteSettings.objects.filter(
        tenant_id=caller.tenant_id, redact_personal_data=False
    ).exists()
    answer = HookSettings(
        capture=gate is Gate.OPEN,
        gate=gate.value,
        personal_data=not with_personal_data,
        snippet_length=MAX_EXAMPLE_CHARACTERS,
        max_age=MAX_AGE,
    )
    headers = {"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}
    return Answer(headers=headers, body=msgspec.json.encode(answer))


def hook_file_etag(_request: HttpRequest) -> str:
    return f'"{served_hook_file().sha256}"'


@login_not_required
@require_safe
@condition(etag_func=hook_file_etag)
def hook_file(_request: HttpRequest) -> HttpResponse:
    """The client, for everyone: it holds no secret, and a machine gets it before it has a key."""
    return as_text(served_hook_file().content)


@login_not_required
@require_safe
def hook_file_digest(_request: HttpRequest) -> HttpResponse:
    """The client's SHA-256, as `sha256sum --check` reads it."""
    return as_text(f"{served_hook_file().sha256}  {FILE_NAME}\n".encode())


def as_text(content: bytes) -> HttpResponse:
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="text/plain; charset=utf-8", headers=headers)
