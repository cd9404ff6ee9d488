"""What a request is once the middleware has seen it, for the types of views."""

from django.conf import settings
from django.http import HttpRequest

from accounts.models import Tenant, User


class PageRequest(HttpRequest):
    """A signed-in person's request of a page: LoginRequiredMiddleware and TenantMiddleware let it through.

    Never made as such; views name it as their parameter's type.
    """

    user: User
    tenant: Tenant


def address_of(request: HttpRequest) -> str:
    """The client's address; behind a proxy, the last one of `X-Forwarded-For`, which the proxy itself appended."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
