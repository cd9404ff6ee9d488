"""Sanitizing JSON values: each string is judged with its key's name beside it.

The name may also stand in a field of its own (`{"name": "DB_PASSWORD", "value": …}`), above the
value (`{"password": {"value": …}}`), or before it in a list of arguments.
"""

from __future__ import annotations

from typing import Any

from .acceptance import judge_pair
from .core import SanitizerError, sanitize_payload
from .names import NONE, STRONG, judge_name
from .spans import placeholder

MAX_DEPTH = 100
_TOLD_FIELDS = frozenset(
    ("name", "key", "variable", "parameter", "parameterkey", "header", "field", "setting")
)
_VALUE_FIELDS = frozenset(
    (
        "value",
        "parametervalue",
        "val",
        "default",
        "current",
        "plaintext",
        "content",
        "data",
        "text",
        "string",
        "raw",
    )
)
_NUMBER_NAMES = frozenset(("pin", "pincode", "otp", "passcode", "cvv", "cvc", "tan"))
_MAX_ARGUMENTS = 4000


def sanitize_object(value: Any, *, personal_data: bool = False) -> Any:
    """A copy of a JSON value (dict, list, str, number, bool, None) without secrets.

    Keys are sanitized too. A number becomes a placeholder when its key asks for a password or a
    PIN. Raises `SanitizerError` for a value nested deeper than 100 levels, and whenever
    `sanitize_payload` does; `TypeError` for anything that JSON has not.
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
        return _sanitize_fields(value, name, depth, personal_data)
    if isinstance(value, (list, tuple)):
        items = [_sanitize(item, name, depth + 1, personal_data) for item in value]
        return _without_arguments(value, items, personal_data)
    if value is None or isinstance(value, (bool, int, float)):
        return placeholder("PASSWORD") if _is_secret_number(name, value) else value
    raise TypeError("sanitize_object takes JSON values")


def _sanitize_fields(fields, name, depth, personal_data):
    if not all(isinstance(key, str) for key in fields):
        raise TypeError("the keys of a JSON object are strings")
    named = _name_told(fields)
    is_manifest = fields.get("kind") == "Secret"
    sanitized = {}
    for key, item in fields.items():
        beside = key
        if key.lower() in _VALUE_FIELDS:
            # The value of what a neighbour or the key above names.
            beside = named or (name if judge_name(name)[0] != NONE else key)
        if is_manifest and key in ("data", "stringData") and isinstance(item, dict):
            # A Kubernetes Secret's values are secrets whatever they are called.
            item = {k: placeholder("SECRET") if isinstance(v, str) else v for k, v in item.items()}
        clean_key = sanitize_payload(key, personal_data=personal_data).sanitized
        sanitized[clean_key] = _sanitize(item, beside, depth + 1, personal_data)
    return sanitized


def _name_told(fields):
    """What a field such as `name` says its neighbour is, when that promises a secret."""
    for key, told in fields.items():
        is_name = key.lower() in _TOLD_FIELDS and isinstance(told, str) and len(told) <= 100
        if is_name and judge_name(told)[0] != NONE:
            return told
    return ""


def _is_secret_number(name, value):
    if isinstance(value, bool) or not isinstance(value, int) or not 1000 <= abs(value) < 10**20:
        return False
    return judge_name(name) == (STRONG, "PASSWORD") or name.lower() in _NUMBER_NAMES


def _without_arguments(given, items, personal_data):
    """A list of strings may be a command line: read as one, each finding is taken from its item."""
    if len(given) < 2 or not all(isinstance(item, str) for item in given):
        return items
    line = " ".join(given)
    if len(line) > _MAX_ARGUMENTS or not any(item.startswith("-") for item in given):
        return items
    findings = sanitize_payload(line, personal_data=personal_data).findings
    offset = 0
    for index, item in enumerate(given):
        inside = [f for f in findings if f.start < offset + len(item) and f.end > offset]
        if inside and items[index] == item:
            items[index] = _replaced(item, offset, inside)
        offset += len(item) + 1
    return items


def _replaced(item, offset, findings):
    pieces, position = [], 0
    for kind, start, end in findings:
        pieces += (item[position : max(0, start - offset)], placeholder(kind))
        position = max(0, end - offset)
    return "".join(pieces) + item[position:]
