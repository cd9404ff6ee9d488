"""Granian, the application server, with the flags that EverySkill was measured with.

docs/decisions/ has the measurement. One process with some blocking threads is faster than two processes on two
cores; on more cores, more workers.
"""

import logging
import multiprocessing
import os
import tempfile

from django.conf import settings
from django.db import connections
from granian import Granian
from granian.constants import Interfaces

# How long a worker may finish its requests and captures when it is told to stop; then it is killed.
STOP_SECONDS = 30
# A request's statement is given up after this time, and a wait for a lock after a fifth of it.
STATEMENT_TIMEOUT_MS = "15000"


def serve(*, host: str, port: int, workers: int) -> None:
    """Serve until SIGTERM or SIGINT. `port` is 1–65535; raises OSError when it is taken."""
    os.environ.setdefault("STATEMENT_TIMEOUT_MS", STATEMENT_TIMEOUT_MS)
    os.environ.setdefault("CAPTURE_PROCESS", "true")
    with tempfile.TemporaryDirectory(prefix="everyskill-metrics-") as metrics:
        # The workers count into files there, so that each can tell of all.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics
        if settings.SERVER_KEEPS_CORES:
            os.environ["CORE_CLAIMS"] = metrics
        _serve(host=host, port=port, workers=workers)


def _serve(*, host: str, port: int, workers: int) -> None:
    # Workers start afresh. A forked one would share this process's database connections and threads.
    multiprocessing.set_start_method("spawn", force=True)
    for connection in connections.all():
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # only PostgreSQL's has it, and it is the only one
    logging.getLogger("_granian").addFilter(is_no_advice_on_threads)
    Granian(
        "everyskill.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=settings.SERVER_THREADS,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_dictconfig={
            "formatters": settings.LOGGING["formatters"],
            "handlers": settings.LOGGING["handlers"],
            "loggers": {"_granian": {"handlers": ["stderr"], "propagate": False}},
        },
    ).serve()


def is_no_advice_on_threads(record: logging.LogRecord) -> bool:
    """Granian advises against more than two threads a core, at every start. Ours wait for the database."""
    return "Python threads" not in str(record.msg)
