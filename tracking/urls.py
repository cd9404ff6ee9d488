"""URLs of what agents report and what people see of it."""

from django.urls import path

from tracking import api_doc_views, hook_views, usage_views, views

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
]
