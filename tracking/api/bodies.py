"""A request's body, strictly: JSON of RFC 8259 in UTF-8, without what no database or reader could keep."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Protocol

from tracking.api.problems import FieldError, ProblemError, malformed
from tracking.api.schema import KNOWN_NAMES

CONTENT_TYPE = "application/json"

# The parser recurses in C. Twice this depth is safe on a server's small thread stacks; no event needs ten.
MAX_DEPTH = 100


class Readable(Protocol):
    """A request's headers, as WSGI names them, and its body."""

    META: dict[str, Any]

    def read(self) -> bytes:
        """The whole body. Raises OSError when it did not arrive."""


def read_json_object(request: Readable, *, max_bytes: int) -> dict[str, Any]:
    """The body as a dict.

    Raises `ProblemError`: 415 for another content type, 413 for more than `max_bytes` (judged by Content-Length,
    before anything is read), 400 for anything but one JSON object in UTF-8 with unique names, finite numbers, at
    most `MAX_DEPTH` levels, and no NUL character or lone surrogate in any text.
    """
    content_type = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if content_type != CONTENT_TYPE:
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
        body = request.read()
    except OSError:  # the client went away in the middle of it
        raise _wrong("The body did not arrive whole.") from None
    document = parse(body)
    if not isinstance(document, dict):
        raise _wrong("Send a JSON object.")
    return document


def parse(body: bytes) -> Any:
    """Any JSON value, under the rules of `read_json_object`. Raises `ProblemError` (400)."""
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _depth(body) > MAX_DEPTH:
        raise _wrong(f"Nest at most {MAX_DEPTH} levels.")
    try:
        document = _decoder.decode(body.decode())
    except UnicodeDecodeError:
        raise _wrong("The body is not UTF-8.") from None
    except _DuplicateName:
        raise _wrong("An object has the same name twice.") from None
    except ValueError:
        raise _wrong("The body is not JSON.") from None
    # Both can only come from an escape: JSON forbids a raw NUL, and UTF-8 a raw surrogate.
    if b"\\u0000" in body or b"\\ud" in body or b"\\uD" in body:
        _refuse_unstorable(document)
    return document


def _depth(body: bytes) -> int:
    """The deepest level of brackets outside strings."""
    level = deepest = 0
    in_string = is_escaped = False
    for byte in body:
        if in_string:
            if is_escaped:
                is_escaped = False
            elif byte == 0x5C:
                is_escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in b"[{":
            level += 1
            deepest = max(deepest, level)
        elif byte in b"]}":
            level -= 1
    return deepest


class _DuplicateName(ValueError):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _DuplicateName
    return members


def _no_constant(_name: str) -> None:
    raise ValueError("NaN and Infinity are not JSON.")


_decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def _refuse_unstorable(document: Any) -> None:
    for pointer, text in _texts(document, ""):
        if "\0" in text:
            raise malformed(FieldError("NUL characters cannot be stored.", pointer))
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise malformed(FieldError("A surrogate stands alone.", pointer))


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
