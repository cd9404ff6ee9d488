"""The site map."""

from django.contrib import admin
from django.urls import include, path

from everyskill import health

urlpatterns = [
    # First: agents call it far more often than people call anything else.
    path("", include("tracking.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("settings/", include("training.consent.urls")),
    path("admin/", admin.site.urls),
    path("skills/<slug:slug>/training/", include("training.urls")),
]
