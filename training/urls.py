"""Below /skills/<slug>/training/."""

from django.urls import path

from training.views import (
    bulk,
    dataset,
    examples,
    exports,
    imports,
    queue,
    releases,
    review,
    sanitizer,
)

app_name = "training"

urlpatterns = [
    path("", examples.example_list, name="example-list"),
    path("new/", examples.example_create, name="example-create"),
    path("<uuid:example_id>/", examples.example_detail, name="example-detail"),
    path("<uuid:example_id>/edit/", review.example_edit, name="example-edit"),
    path("<uuid:example_id>/decide/", review.example_decide, name="example-decide"),
    path("<uuid:example_id>/delete/", review.example_delete, name="example-delete"),
    path("queue/", queue.queue_show, name="queue"),
    path("queue/undo/", queue.queue_undo, name="queue-undo"),
    path("bulk/", bulk.bulk_decide, name="bulk"),
    path("bulk/<uuid:batch_id>/undo/", bulk.bulk_undo, name="bulk-undo"),
    path("dataset/", dataset.dataset_show, name="dataset"),
    path("sanitizer/", sanitizer.sanitizer_try, name="sanitizer-try"),
    path("import/", imports.import_examples, name="import"),
    path("export/<slug:format_name>/", exports.export_now, name="export-now"),
    path("releases/", releases.release_list, name="release-list"),
    path("releases/<str:name>/", releases.release_detail, name="release-detail"),
    path("releases/<str:name>/manifest.json", exports.release_manifest, name="release-manifest"),
    path(
        "releases/<str:name>/export/<slug:format_name>/",
        exports.export_release,
        name="release-export",
    ),
    path(
        "releases/<str:name>/since/<str:older>/", releases.release_compare, name="release-compare"
    ),
]
