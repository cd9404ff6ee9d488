"""/skills/. The pages below a skill that other apps fill are in their own urls.py."""

from django.urls import path

from skills import views

app_name = "skills"

urlpatterns = [
    path("", views.skill_list, name="skill-list"),
    # Without a slash at its end, so that a skill may itself be called “new”.
    path("new", views.skill_create, name="skill-create"),
    path("<slug:slug>/", views.skill_detail, name="skill-detail"),
    path("<slug:slug>/edit/", views.skill_edit, name="skill-edit"),
    path("<slug:slug>/SKILL.md", views.skill_download, name="skill-download"),
]
