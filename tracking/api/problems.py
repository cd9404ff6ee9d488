"""Problem answers: RFC 9457 `application/problem+json`. No answer repeats a value that was sent."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec

from everyskill.answers import Answer

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5


class FieldError(msgspec.Struct, frozen=True):
    """One thing wrong: what, and where, as a JSON Pointer (RFC 6901) into the body; "" is the whole of it."""

    detail: str
    pointer: str


class Problem(msgspec.Struct, frozen=True):
    """A problem's body. `type` is `about:blank`: the status says what kind of problem it is."""

    title: str
    status: int
    detail: str
    errors: tuple[FieldError, ...] = ()
    type: str = "about:blank"


class ProblemError(Exception):
    """Raised to answer with a problem. Carries our own words only."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        errors: tuple[FieldError, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status.phrase)
        self.problem = Problem(
            title=status.phrase, status=status.value, detail=detail, errors=errors
        )
        self.headers = dict(headers or {})

    def as_answer(self) -> Answer:
        return Answer(
            HTTPStatus(self.problem.status),
            {"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store", **self.headers},
            msgspec.json.encode(self.problem),
        )


def unauthorized() -> ProblemError:
    """One and the same for a key that is missing, unknown, revoked, expired, or of a person switched off."""
    return ProblemError(
        HTTPStatus.UNAUTHORIZED,
        "Send a valid API key: Authorization: Bearer esk_… Keys are made on your account's API keys page.",
        headers={"WWW-Authenticate": 'Bearer realm="EverySkill"'},
    )


def malformed(*errors: FieldError) -> ProblemError:
    return ProblemError(
        HTTPStatus.BAD_REQUEST,
        "The request was not stored. Correct what `errors` names.",
        errors=errors,
    )


def unavailable() -> ProblemError:
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The event could not be stored. Keep it and send it again later.",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )
