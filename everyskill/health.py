"""What an orchestrator asks: is the process alive, and can it do its work?

Both are answered before every other layer, so a probe needs no host name that the site knows, no HTTPS
and no login. Nothing of the system is told but yes or no, and which part says no.
"""

import logging

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)

# Migrations do not unapply themselves: once they were all there, a probe asks only for the connection.
_migrated = False


@never_cache
@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and every migration is applied, 503 with the reason otherwise."""
    reason = why_not_ready()
    if reason:
        logger.warning("not ready: %s", reason.replace(" ", "-"))
    return HttpResponse(
        f"{reason or 'ready'}\n", content_type="text/plain", status=503 if reason else 200
    )


def why_not_ready() -> str:
    """Empty when ready."""
    try:
        try:
            return _missing_migrations()
        except DatabaseError:
            # The pool may hold connections of before a restart of the database: sort them out, ask again.
            connection.close()
            if pool := getattr(connection, "pool", None):
                pool.check()
            return _missing_migrations()
    except DatabaseError:
        return "the database does not answer"


def _missing_migrations() -> str:
    global _migrated
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "" if _migrated else "migrations are missing"
