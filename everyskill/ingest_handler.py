"""Django's WSGI handler, with a short way for the two addresses that agents call at every use of a tool.

The views are the same. What the short way leaves out is what these requests never need and what would cost more than
their own work: the layers for HTML, the resolver, Django's request and response, and the signals at a request's
beginning and end, which visit each of the thread's database connections. The request's id and log line stay.
"""

import os
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.urls import resolve

from everyskill.after_response import hand_over
from everyskill.answers import Answer
from everyskill.own_connection import own_connection
from everyskill.own_core import OwnCore
from everyskill.request_log import choose_request_id, log_request, request_id

_STATUS_LINES = {status: f"{status.value} {status.phrase}" for status in HTTPStatus}

INGEST_PATHS = ("/api/track", "/api/track/batch")


class WireRequest:
    """A request as the server gives it, with the part of Django's interface that an API view uses."""

    __slots__ = ("META", "allowance", "api_key", "method")

    def __init__(self, environ: dict[str, Any]) -> None:
        self.META = environ
        self.method = environ["REQUEST_METHOD"]

    def read(self) -> bytes:
        """The body, as long as Content-Length says; without one there is none. Raises OSError."""
        try:
            length = int(self.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return b""
        return self.META["wsgi.input"].read(length) if length > 0 else b""


class IngestHandler(WSGIHandler):
    """The WSGI application, PEP 3333."""

    def __init__(self) -> None:
        super().__init__()
        self._views: dict[str, Callable[[WireRequest], Answer]] = {
            path: resolve(path).func.answer  # type: ignore[attr-defined]  # every API view has it
            for path in INGEST_PATHS
        }
        claims = os.environ.get("CORE_CLAIMS")
        self._own_core = OwnCore(Path(claims)) if claims else None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if self._own_core is not None:
            self._own_core.keep_thread()
        view = self._views.get(environ["PATH_INFO"])
        if view is None or not _is_secure_enough(environ):
            return super().__call__(environ, start_response)
        current = choose_request_id(environ)
        token, begun = request_id.set(current), time.perf_counter()
        try:
            answer = view(WireRequest(environ))
            if answer.status >= HTTPStatus.BAD_REQUEST:
                route, seconds = environ["PATH_INFO"].lstrip("/"), time.perf_counter() - begun
                log_request(environ["REQUEST_METHOD"], route, answer.status, seconds)
        finally:
            request_id.reset(token)
            if own_connection().connection is not None:
                # A block of the rate limit or prices have been asked for with Django's own connection.
                close_old_connections()
        headers = [
            *answer.headers.items(),
            ("Content-Length", str(len(answer.body))),
            ("X-Request-ID", current),
        ]
        start_response(_STATUS_LINES[answer.status], headers)
        if answer.jobs:
            return _Body(answer)
        hand_over(())
        return [answer.body]


def _is_secure_enough(environ: dict[str, Any]) -> bool:
    """Whether the request came by https, where that is asked for; who did not is told so by the ordinary way."""
    if not settings.SECURE_SSL_REDIRECT:
        return True
    header, value = settings.SECURE_PROXY_SSL_HEADER or ("wsgi.url_scheme", "https")
    return bool(environ.get(header) == value)


class _Body:
    """An answer's body. The server calls `close` once it is sent."""

    __slots__ = ("_answer",)

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return iter((self._answer.body,))

    def close(self) -> None:
        jobs, self._answer.jobs = self._answer.jobs, ()
        hand_over(jobs)
