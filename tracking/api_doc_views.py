"""The API's description: for programs as JSON, for people as a page."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tracking.api.openapi import document


@login_not_required
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 document. It holds nothing secret, so tools may read it without a key."""
    return JsonResponse(document(), content_type="application/vnd.oai.openapi+json;version=3.1")


@require_safe
def api_page(request: HttpRequest) -> HttpResponse:
    """The same document as a page: each operation, its fields and its answers."""
    api = document()
    schemas = api["components"]["schemas"]
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, item in api["paths"].items()
        for method, operation in item.items()
    ]
    context = {
        "info": api["info"],
        "operations": operations,
        "fields": _fields(schemas["TrackEvent"]),
        "site": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "tracking/api.html", context)


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "is_required": name in schema["required"],
            "rule": _rule(field),
            "description": field.get("description", ""),
        }
        for name, field in schema["properties"].items()
    ]


def _rule(field: dict[str, Any]) -> str:
    """A field's type and limits in words."""
    if field["type"] == "integer":
        return f"whole number, {field['minimum']:,} to {field['maximum']:,}"
    if "format" in field:
        return "date and time"
    return f"text, {field.get('minLength', 0)} to {field['maxLength']:,} characters"
