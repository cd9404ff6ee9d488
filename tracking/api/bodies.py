"""A request's body, strictly: JSON of RFC 8259 in UTF-8, without what no database or reader could keep."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Protocol

from jiter import from_json

from tracking.api.problems import FieldError, ProblemError, malformed
from tracking.api.schema import KNOWN_NAMES

CONTENT_TYPE = "application/json"

# The parser's own; no event needs ten.
MAX_DEPTH = 200

# What the parser's errors contain, and what of it is told.
_REASONS = (
    ("duplicate key", "An object has the same name twice."),
    ("recursion limit", f"Nest at most {MAX_DEPTH} levels."),
    ("invalid unicode code point", "The body is not UTF-8."),
    ("hex escape", "A surrogate stands alone."),
)


class Readable(Protocol):
    """A request's headers, as WSGI names them, and its body."""

    META: dict[str, Any]

    def read(self) -> bytes:
        """The whole body. Raises OSError when it did not arrive."""


def read_body(request: Readable, *, max_bytes: int) -> bytes:
    """The body, unread.

    Raises `ProblemError`: 415 for another content type, 413 for more than `max_bytes` (judged by Content-Length,
    before anything is read), 400 when it did not arrive whole.
    """
    content_type = request.META.get("CONTENT_TYPE", "")
    if (
        content_type != CONTENT_TYPE
        and content_type.partition(";")[0].strip().lower() != CONTENT_TYPE
    ):
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send Content-Type: {CONTENT_TYPE}.")
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > max_bytes:
        raise ProblemError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Send at most {max_bytes:,} bytes at a time."
        )
    try:
        return request.read()
    except OSError:  # the client went away in the middle of it
        raise _wrong("The body did not arrive whole.") from None


def read_json_object(body: bytes) -> dict[str, Any]:
    """The body as a dict.

    Raises `ProblemError` (400) for anything but one JSON object in UTF-8 with unique names, no NaN or Infinity literal,
    about `MAX_DEPTH` levels at most, and no NUL character or lone surrogate in any text.
    """
    try:
        # Without its cache of strings, which would outlive the request.
        document = from_json(
            body, allow_inf_nan=False, catch_duplicate_keys=True, cache_mode="none"
        )
    except ValueError as error:
        raise _wrong(_reason(str(error))) from None
    if not isinstance(document, dict):
        raise _wrong("Send a JSON object.")
    if b"\\u0000" in body:  # JSON forbids a raw one
        _refuse_nul(document)
    return document


def _reason(error: str) -> str:
    """What the parser found, without the value that it quotes."""
    return next((reason for mark, reason in _REASONS if mark in error), "The body is not JSON.")


def _refuse_nul(document: Any) -> None:
    for pointer, text in _texts(document, ""):
        if "\0" in text:
            raise malformed(FieldError("NUL characters cannot be stored.", pointer))


def _texts(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Every text with its place. A member's name may be a value in disguise, so it is not shown."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{pointer}/{index}")
    elif isinstance(value, dict):
        for name, item in value.items():
            yield pointer, name
            yield from _texts(item, f"{pointer}/{name}" if name in KNOWN_NAMES else pointer)


def _wrong(detail: str) -> ProblemError:
    return malformed(FieldError(detail, ""))
