"""URLs of what agents report and what people see of it."""

from django.urls import path

from tracking import views

app_name = "tracking"
urlpatterns = [
    path("api/track", views.track, name="track"),
]
