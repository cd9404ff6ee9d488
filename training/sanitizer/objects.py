"""Sanitizing JSON values: each string is judged with its key's name beside it."""

from __future__ import annotations

from typing import Any

from .core import SanitizerError, sanitize_payload
from .keyed import judge_pair
from .spans import placeholder

MAX_DEPTH = 100


def sanitize_object(value: Any, *, personal_data: bool = False) -> Any:
    """A copy of a JSON value (dict, list, str, number, bool, None) without secrets.

    Keys are sanitized too. Raises `SanitizerError` for a value nested deeper than 100 levels, and
    whenever `sanitize_payload` does; `TypeError` for anything that JSON has not.
    """
    return _sanitize(value, "", 0, personal_data)


def _sanitize(value, name, depth, personal_data):
    if depth > MAX_DEPTH:
        raise SanitizerError("the value is nested deeper than 100 levels")
    if isinstance(value, str):
        kind = judge_pair(name, value)
        if kind:
            return placeholder(kind)
        return sanitize_payload(value, personal_data=personal_data).sanitized
    if isinstance(value, dict):
        return {
            _sanitize_key(key, personal_data): _sanitize(item, key, depth + 1, personal_data)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_sanitize(item, name, depth + 1, personal_data) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    raise TypeError("sanitize_object takes JSON values")


def _sanitize_key(key, personal_data):
    if not isinstance(key, str):
        raise TypeError("the keys of a JSON object are strings")
    return sanitize_payload(key, personal_data=personal_data).sanitized
