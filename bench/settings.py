"""The product's settings as in production, with the variants' addresses beside the product's."""

import os

os.environ.setdefault("DEBUG", "false")
os.environ.setdefault("SECRET_KEY", "-".join(["only", "for", "the", "benchmark"] * 5))
os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1")
os.environ.setdefault("SSL_REDIRECT", "false")
os.environ.setdefault("EMAIL_URL", "smtp://127.0.0.1:25")

from everyskill.settings import *  # noqa: F403 - that is what a variant of settings is

ROOT_URLCONF = "bench.urls"
# The benchmark serves no page.
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
