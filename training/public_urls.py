"""What everybody may read without an account. The address never changes: copies of releases are checked against it."""

from django.urls import path

from training.views import tombstones

urlpatterns = [
    path("withdrawn.jsonl", tombstones.withdrawn_list, name="withdrawn-list"),
]
