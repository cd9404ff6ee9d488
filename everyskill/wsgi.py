"""The WSGI application that the server imports."""

import atexit
import os
import sys

from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everyskill.settings")
application = get_wsgi_application()
# Seconds that a thread which computes may keep the others waiting, a tenth of Python's default: an answer needs the
# interpreter several times, and would wait so long each time while a capture is at work.
sys.setswitchinterval(0.0005)


@atexit.register
def close_pools() -> None:
    """Return the database's connections. Runs after the capture threads have drained, which still need them."""
    for connection in connections.all():
        connection.close_pool()  # type: ignore[attr-defined]  # only PostgreSQL's has it
