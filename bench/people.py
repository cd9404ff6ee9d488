"""The rows that the benchmarks need, made through the product's own models."""

from accounts.models import ApiKey, Tenant, User
from settings_app.decisions import give_consent, switch_capture_on
from settings_app.models import SiteSettings, Surface, UserPreferences
from skills.models import Skill

SKILLS = 10


PEOPLE = 16


def make_keys(name: str, *, captures: bool, rate_limit: int) -> list[str]:
    """A tenant with ten skills and sixteen people; the secrets of their keys. With `captures` the gates are open."""
    tenant = Tenant.objects.create(name=name, slug=name)
    SiteSettings.objects.create(tenant=tenant, rate_limit_per_minute=rate_limit)
    if captures:
        switch_capture_on(tenant=tenant, actor=None, surface=Surface.CAPTURE_PAGE)
    for number in range(SKILLS):
        slug = f"skill-{number}"
        Skill.objects.create(
            tenant=tenant, slug=slug, name=slug, description="Benchmark.", content="-"
        )
    return [_make_key(tenant, f"{name}-{number}", captures) for number in range(PEOPLE)]


def _make_key(tenant: Tenant, username: str, captures: bool) -> str:
    user = User.objects.create(tenant=tenant, username=username, email=f"{username}@example.com")
    UserPreferences.objects.create(user=user)
    if captures:
        give_consent(user=user, surface=Surface.PREFERENCES_PAGE)
    return ApiKey.issue(user=user, name="benchmark")[1]
