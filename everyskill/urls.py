"""The site map."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from everyskill import health, metrics

urlpatterns = [
    # First: agents call it far more often than people call anything else.
    path("", include("tracking.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("settings/", include("training.consent.urls")),
    path("", RedirectView.as_view(pattern_name="skills:skill-list"), name="home"),
    path("accounts/", include("accounts.urls")),
    path("skills/", include("skills.urls")),
    path("skills/<slug:slug>/training/", include("training.urls")),
    path("", include("training.public_urls")),
    # One door to log in by: the throttled one.
    path(
        "admin/login/",
        login_not_required(RedirectView.as_view(pattern_name="accounts:login", query_string=True)),
    ),
    path("admin/", admin.site.urls),
]
