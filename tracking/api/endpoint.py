"""The frame around an API view: method, key, rate limit, and every failure as a problem answer."""

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Protocol, cast

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from accounts.callers import Caller, identify
from everyskill.after_response import HandOverResponse
from everyskill.answers import Answer
from everyskill.late_metrics import late_counter
from tracking.api.problems import ProblemError, unauthorized, unavailable
from tracking.api.rate_limits import NOT_COUNTED, Allowance, spend
from tracking.outages import breaker, drop_dead_connections

logger = logging.getLogger(__name__)

ANSWERS = late_counter(
    "everyskill_api_answers", "Answers of the API by view and status.", ["view", "status"]
)

_STATUSES = {status: str(status.value) for status in HTTPStatus}


class ApiRequest(Protocol):
    """What an API view gets of a request: Django's own, or a server's with nothing around it."""

    META: dict[str, Any]
    method: str | None
    api_key: Caller
    allowance: Allowance

    def read(self) -> bytes:
        """The body. Raises OSError when it did not arrive whole."""


type ApiView = Callable[[ApiRequest], Answer]


def api_view(method: str) -> Callable[[ApiView], Callable[[HttpRequest], HttpResponse]]:
    """Make a view of one method that needs a key: it finds the caller at `request.api_key`.

    Each request spends one unit of the key's rate limit. Every answer says what is left, in the fields of
    draft-ietf-httpapi-ratelimit-headers. A view's failure is answered 503, so that the client keeps its event, and
    logged by its type: an exception's message may hold a person's text. While the database is out, the answer is
    503 without asking it. The view's `answer` attribute is the same without Django's request and response around it.
    """

    def decorate(view: ApiView) -> Callable[[HttpRequest], HttpResponse]:
        def answer(request: ApiRequest) -> Answer:
            answer = _answer(view, method, request)
            ANSWERS.inc(view.__name__, _STATUSES[answer.status])
            return answer

        @csrf_exempt
        @login_not_required
        @wraps(view)
        def endpoint(request: HttpRequest) -> HttpResponse:
            return _as_response(answer(cast(ApiRequest, request)))

        endpoint.answer = answer  # type: ignore[attr-defined]  # a function may have attributes
        return endpoint

    return decorate


def _answer(view: ApiView, method: str, request: ApiRequest) -> Answer:
    request.allowance = NOT_COUNTED
    try:
        _admit(request, method)
        answer = view(request)
    except ProblemError as problem:
        answer = problem.as_answer()
    except Exception as error:
        logger.error("%s failed: %s", view.__name__, type(error).__name__)
        if isinstance(error, OperationalError | InterfaceError):
            breaker.note_failure()
            drop_dead_connections()
        answer = unavailable().as_answer()
    else:
        breaker.note_success()
    answer.headers |= request.allowance.as_headers()
    return answer


def _as_response(answer: Answer) -> HttpResponse:
    response = HandOverResponse(answer.body, status=answer.status)
    del response.headers["Content-Type"]
    for name, value in answer.headers.items():
        response.headers[name] = value
    response.jobs = answer.jobs
    return response


def _admit(request: ApiRequest, method: str) -> None:
    if request.method != method:
        raise ProblemError(
            HTTPStatus.METHOD_NOT_ALLOWED, f"Use {method}.", headers={"Allow": method}
        )
    if not breaker.lets_through():
        raise unavailable()
    caller = identify(request.META.get("HTTP_AUTHORIZATION", ""))
    if caller is None:
        raise unauthorized()
    request.api_key = caller
    request.allowance = spend(caller, 1)
    if not request.allowance.granted:
        raise over_limit(request.allowance)


def over_limit(allowance: Allowance) -> ProblemError:
    return ProblemError(
        HTTPStatus.TOO_MANY_REQUESTS,
        "This key has used up its minute. Keep the events and send them later.",
        headers={"Retry-After": str(allowance.reset_seconds)},
    )
