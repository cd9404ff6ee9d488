"""What a request is once the middleware has seen it, for the types of views."""

from django.http import HttpRequest

from accounts.models import Tenant, User


class PageRequest(HttpRequest):
    """A signed-in person's request of a page: LoginRequiredMiddleware and TenantMiddleware let it through.

    Never made as such; views name it as their parameter's type.
    """

    user: User
    tenant: Tenant
