"""URLs of what agents report and what people see of it."""

from django.urls import path

from tracking import api_doc_views, connect_views, hook_views, usage_views, views

app_name = "tracking"
urlpatterns = [
    path("api/track", views.track, name="track"),
    path("api/track/batch", views.track_batch, name="track-batch"),
    path("api/openapi.json", api_doc_views.openapi, name="openapi"),
    path("docs/api/", api_doc_views.api_page, name="api-page"),
    path("api/hook-settings", hook_views.hook_settings, name="hook-settings"),
    path("hook/everyskill_hook.py", hook_views.hook_file, name="hook-file"),
    path("hook/everyskill_hook.py.sha256", hook_views.hook_file_digest, name="hook-file-digest"),
    path("usage/", usage_views.usage_overview, name="usage-overview"),
    path("skills/<slug:slug>/usage/", usage_views.skill_usage, name="skill-usage"),
    path("connect/", connect_views.connect, name="connect"),
    path("connect/key/", connect_views.connect_key, name="connect-key"),
    path("connect/first-event/", connect_views.first_event, name="first-event"),
    path(
        "skills/<slug:slug>/bundle.zip",
        connect_views.skill_bundle,
        {"with_hooks": False},
        name="skill-bundle",
    ),
    path(
        "skills/<slug:slug>/bundle-with-hooks.zip",
        connect_views.skill_bundle,
        {"with_hooks": True},
        name="skill-bundle-with-hooks",
    ),
]
