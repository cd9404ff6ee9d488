"""The product's addresses and the variants'."""

from django.urls import include, path

from bench import variants

urlpatterns = [
    path("", include("everyskill.urls")),
    *(path(f"api/variants/{name}", view) for name, view in variants.VIEWS.items()),
]
