"""Structured logs: one JSON object a line on standard error, with the request's id, without a person's text.

Log messages are the usual way for text to leak: a rejected value in an exception, a search in a path, a
database's "Key (…)=(…)". So the formatter writes only what cannot hold any:

- of the project's own loggers the message, with such arguments only that look like an id, a name or a number;
- of other loggers the level, the logger's name and the HTTP status;
- of an exception its type, and where it passed: never its message.
"""

import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from random import getrandbits
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from everyskill.middleware import SHORT_WAYS

logger = logging.getLogger(__name__)

OWN_LOGGERS = {"everyskill", "accounts", "skills", "settings_app", "training", "tracking"}
# Servers and commands that speak of themselves only.
OTHER_TRUSTED_LOGGERS = {"_granian", "granian"}
PLAIN = re.compile(r"[\w.:/<>-]{1,100}", re.ASCII)
REQUEST_ID = re.compile(r"[0-9a-fA-F-]{16,64}")

request_id: ContextVar[str] = ContextVar("request_id", default="")


class RequestLogMiddleware:
    """Give each request an id, return it as `X-Request-ID`, and log pages and whatever failed.

    A proxy's own `X-Request-ID` is kept if it is hexadecimal, so that nobody's words get in this way.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        current = choose_request_id(request.META)
        token = request_id.set(current)
        begun = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = current
            if is_worth_a_line(request, response.status_code):
                route = request.resolver_match.route if request.resolver_match else None
                log_request(
                    request.method, route, response.status_code, time.perf_counter() - begun
                )
            return response
        finally:
            request_id.reset(token)


def is_worth_a_line(request: HttpRequest, status: int) -> bool:
    """API calls come by the thousand and the metrics count them; probes and static files say nothing."""
    is_page = request.resolver_match and not request.path_info.startswith(SHORT_WAYS)
    return status >= 400 or bool(is_page)


def choose_request_id(headers: Mapping[str, Any]) -> str:
    """The proxy's, or a new one. `headers` are named as WSGI names them."""
    sent = headers.get("HTTP_X_REQUEST_ID", "")
    return sent if sent and REQUEST_ID.fullmatch(sent) else f"{getrandbits(64):016x}"


def log_request(method: str | None, route: str | None, status: int, seconds: float) -> None:
    """One line: the route's pattern, not its path, because a path may be anything a person typed."""
    logger.info(
        "request",
        extra={
            "fields": {
                "method": method if method in HTTP_METHODS else "other",
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 1),
            }
        },
    )


HTTP_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON, see the module's docstring."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        package = record.name.partition(".")[0]
        if package in OWN_LOGGERS | OTHER_TRUSTED_LOGGERS:
            line["message"] = safe_message(record)
            line |= getattr(record, "fields", {})
        elif isinstance(status := getattr(record, "status_code", None), int):
            line["status"] = status
        if current := request_id.get():
            line["request_id"] = current
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__qualname__
            line["at"] = frames(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def safe_message(record: logging.LogRecord) -> str:
    """The message with its arguments, those left out that could be a person's words."""
    arguments = record.args if isinstance(record.args, tuple) else ()
    try:
        return str(record.msg) % tuple(safe_argument(argument) for argument in arguments)
    except (TypeError, ValueError):
        return str(record.msg)


def safe_argument(argument: object) -> object:
    if argument is None or isinstance(argument, int | float):
        return argument
    text = str(argument)
    return text if PLAIN.fullmatch(text) else "[left out]"


def frames(traceback: Any) -> list[str]:
    """The places an exception passed, outermost first: file, line and function; no source, no values."""
    places = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_filename}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return places
