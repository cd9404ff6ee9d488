"""The frame around an API view: method, key, rate limit, and every failure as a problem answer."""

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from prometheus_client import Counter

from accounts.callers import Caller, identify
from tracking.api.problems import ProblemError, unauthorized, unavailable
from tracking.api.rate_limits import NOT_COUNTED, Allowance, spend
from tracking.outages import breaker, drop_dead_connections

logger = logging.getLogger(__name__)

ANSWERS = Counter(
    "everyskill_api_answers", "Answers of the API by view and status.", ["view", "status"]
)


class ApiRequest(HttpRequest):
    """What an API view gets: a request whose caller is known."""

    api_key: Caller
    allowance: Allowance


type ApiView = Callable[[ApiRequest], HttpResponse]


def api_view(method: str) -> Callable[[ApiView], Callable[[HttpRequest], HttpResponse]]:
    """Make a view of one method that needs a key: it finds the caller at `request.api_key`.

    Each request spends one unit of the key's rate limit. Every answer says what is left, in the fields of
    draft-ietf-httpapi-ratelimit-headers. A view's failure is answered 503, so that the client keeps its event, and
    logged by its type: an exception's message may hold a person's text. While the database is out, the answer is
    503 without asking it.
    """

    def decorate(view: ApiView) -> Callable[[HttpRequest], HttpResponse]:
        @csrf_exempt
        @login_not_required
        @wraps(view)
        def endpoint(request: ApiRequest) -> HttpResponse:
            request.allowance = NOT_COUNTED
            try:
                _admit(request, method)
                response = view(request)
            except ProblemError as problem:
                response = problem.as_response()
            except Exception as error:
                logger.error("%s failed: %s", view.__name__, type(error).__name__)
                if isinstance(error, OperationalError | InterfaceError):
                    breaker.note_failure()
                    drop_dead_connections()
                response = unavailable().as_response()
            else:
                breaker.note_success()
            for name, value in request.allowance.as_headers().items():
                response.headers[name] = value
            ANSWERS.labels(view.__name__, response.status_code).inc()
            return response

        return endpoint  # type: ignore[return-value]  # the frame makes an ApiRequest of the request

    return decorate


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
