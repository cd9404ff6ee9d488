"""Middleware: the API's short way out, and the tenant of a signed-in person."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse

type GetResponse = Callable[[HttpRequest], HttpResponseBase]

API_PREFIX = "/api/"


class ApiMiddleware:
    """Answer `/api/` before sessions, CSRF, messages and HTML headers are touched.

    The API authenticates by key and renders no HTML; those layers would cost it half of its time.
    A path that matches no API view goes on to the ordinary 404.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(API_PREFIX):
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.resolver_match = match
        return match.func(request, *match.args, **match.kwargs)


class TenantMiddleware:
    """Set `request.tenant`, where every lookup of a page starts.

    A platform operator without a tenant has no pages of its own and is sent to the admin site.
    """

    tenantless_prefixes = ("/admin/", "/accounts/", "/static/", "/healthz", "/readyz", "/metrics")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        request.tenant = user.tenant if user.is_authenticated else None
        if (
            user.is_authenticated
            and request.tenant is None
            and not request.path_info.startswith(self.tenantless_prefixes)
        ):
            return redirect(reverse("admin:index"))
        return self.get_response(request)
