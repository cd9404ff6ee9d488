"""Below /skills/<slug>/training/."""

from django.urls import path

from training.views import examples, review

app_name = "training"

urlpatterns = [
    path("", examples.example_list, name="example-list"),
    path("new/", examples.example_create, name="example-create"),
    path("<uuid:example_id>/", examples.example_detail, name="example-detail"),
    path("<uuid:example_id>/edit/", review.example_edit, name="example-edit"),
    path("<uuid:example_id>/decide/", review.example_decide, name="example-decide"),
    path("<uuid:example_id>/delete/", review.example_delete, name="example-delete"),
]
