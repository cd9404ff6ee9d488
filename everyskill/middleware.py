"""Middleware: the short way out of the API and the probes, and the tenant of a signed-in person."""

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseForbidden
from django.shortcuts import redirect
from django.urls import Resolver404, ResolverMatch, resolve, reverse

type GetResponse = Callable[[HttpRequest], HttpResponseBase]

API_PREFIX = "/api/"
SHORT_WAYS = (API_PREFIX, "/healthz", "/readyz", "/metrics")


@lru_cache(maxsize=100)
def _resolve_api(path: str, urlconf: str) -> ResolverMatch:
    """The API's addresses are few and have no parameters, so each is looked up once. A miss is not remembered."""
    return resolve(path, urlconf)


class ApiMiddleware:
    """Answer `/api/` and the probes before sessions, CSRF, messages and HTML headers are touched.

    The API authenticates by key and renders no HTML; those layers would cost it half of its time. A probe comes
    from inside, over plain HTTP and to no host name that the site knows.
    A path that matches no view goes on to the ordinary 404.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(SHORT_WAYS):
            return self.get_response(request)
        is_plain = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        if is_plain and request.path_info.startswith(API_PREFIX):
            # Not a redirect: a client that followed it would have sent its key in the clear each time.
            return HttpResponseForbidden("Use https.", content_type="text/plain")
        try:
            match = _resolve_api(request.path_info, settings.ROOT_URLCONF)
        except Resolver404:
            return self.get_response(request)
        request.resolver_match = match
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        return response


class TenantMiddleware:
    """Set `request.tenant`, where every lookup of a page starts.

    A platform operator without a tenant has no pages of its own and is sent to the admin site.
    """

    tenantless_prefixes = (
        "/admin/",
        "/accounts/",
        "/hook/",
        "/static/",
        "/healthz",
        "/readyz",
        "/metrics",
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        tenant = user.tenant if user.is_authenticated else None
        request.tenant = tenant  # type: ignore[attr-defined]  # views call it a PageRequest
        if (
            user.is_authenticated
            and tenant is None
            and not request.path_info.startswith(self.tenantless_prefixes)
        ):
            return redirect(reverse("admin:index"))
        return self.get_response(request)
