"""The WSGI application that the server imports."""

import atexit
import os

import django
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everyskill.settings")
django.setup(set_prefix=False)

from everyskill.ingest_handler import IngestHandler  # noqa: E402 - it imports what needs the settings

application = IngestHandler()


@atexit.register
def close_pools() -> None:
    """Return the database's connections. Runs after the capture threads have drained, which still need them."""
    for connection in connections.all():
        connection.close_pool()  # type: ignore[attr-defined]  # only PostgreSQL's has it
