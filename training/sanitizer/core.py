"""The sanitizer: text in, the same text without secrets out."""

from __future__ import annotations

import time
from typing import NamedTuple

from .aligned import find_in_aligned
from .commands import find_command_secrets
from .encodings import find_encoded, find_private_jwk, find_secret_manifest
from .headers import find_header_credentials
from .keyed import find_keyed_values
from .lines import find_on_lines
from .personal import find_personal_data
from .private_keys import find_private_keys
from .repeats import find_repeats
from .rules import RULES
from .spans import (
    Finding,
    add_from_sanitized,
    keep_off,
    merge,
    placeholder,
    placeholder_spans,
    replace,
)
from .tables import find_in_tables
from .tokens import find_tokens
from .urls import find_url_secrets
from .vendor_prefixes import find_vendors_tokens
from .views import decoded_view, plain_view

SANITIZER_VERSION = RULES["version"]

# A snippet has at most 16,000 characters; a whole file may come by `manage.py sanitize`.
MAX_CHARACTERS = 5_000_000
DEADLINE_SECONDS = 20.0
_MAX_ROUNDS = 4


class SanitizeResult(NamedTuple):
    """A sanitized text, and the findings (type, start, end) in the text given."""

    sanitized: str
    findings: tuple[Finding, ...]


class SanitizerError(Exception):
    """The text could not be judged, so nothing of it may be stored. Never holds any of the text."""


class Clock:
    """A deadline that detectors ask at every step: seconds of work, not of waiting for a processor."""

    __slots__ = ("_asked_next", "_seconds", "_work_end")

    def __init__(self, seconds):
        self._seconds = seconds
        # The wall clock is cheap to ask. The thread's own costs a call of the system, and most texts take no
        # second: it is asked from the first second on, and what was worked before does not count.
        self._asked_next = time.monotonic() + min(seconds, 1)
        self._work_end = None

    def check(self):
        if time.monotonic() > self._asked_next:
            worked = time.thread_time()
            if self._work_end is None:
                self._work_end = worked + self._seconds
            if worked >= self._work_end:
                raise SanitizerError("the text took too long to sanitize")
            self._asked_next = time.monotonic() + min(self._seconds, 1)


_DETECTORS = (
    find_private_keys,
    find_tokens,
    find_vendors_tokens,
    find_url_secrets,
    find_header_credentials,
    find_command_secrets,
    find_keyed_values,
    find_on_lines,
    find_in_tables,
    find_in_aligned,
    find_secret_manifest,
    find_private_jwk,
)


def sanitize_payload(text: str, *, personal_data: bool = False) -> SanitizeResult:
    """Replace every secret in `text` by a typed placeholder, `[REDACTED:KIND]`.

    With `personal_data` also e-mail addresses, telephone and card numbers and the like. Names of
    keys, hosts, users in URLs and the text's structure stay. Idempotent. Raises `SanitizerError`
    for a text over 5,000,000 characters or when 20 seconds did not suffice, and `TypeError` for
    what is no `str`; then nothing may be stored.
    """
    if not isinstance(text, str):
        raise TypeError("sanitize_payload takes a str")
    if len(text) > MAX_CHARACTERS:
        raise SanitizerError("the text is longer than 5,000,000 characters")
    clock = Clock(DEADLINE_SECONDS)
    findings = _scan(text, personal_data, clock)
    if not findings:
        return SanitizeResult(text, ())
    for _ in range(_MAX_ROUNDS):
        sanitized = replace(text, findings)
        # What was hidden may have hidden something else: only a text in which nothing more is
        # found is the answer, which makes the function idempotent by construction.
        more = _scan(sanitized, personal_data, clock)
        if not more:
            return SanitizeResult(sanitized, tuple(findings))
        findings = add_from_sanitized(findings, more)
    return SanitizeResult(placeholder("TEXT"), (Finding("TEXT", 0, len(text)),))


def _scan(text, personal_data, clock):
    protected = placeholder_spans(text, KINDS)
    detectors = _DETECTORS
    if personal_data:
        detectors = (*detectors, find_personal_data)
    spans = _found_in_views(text, protected, detectors, _holds_secret(clock), clock)
    if not spans:
        return []
    spans = merge(spans)
    repeats = find_repeats(text, spans)
    if repeats:
        spans = merge(spans + repeats)
    return keep_off(spans, protected, text)


def _found_in_views(text, hidden, detectors, holds_secret, clock):
    """The spans that any detector finds in either view, in base64 runs too."""
    plain = plain_view(text, hidden)
    spans = []
    for detect in detectors:
        detect(plain, spans, clock)
    find_encoded(plain, spans, clock, holds_secret)
    decoded = decoded_view(plain)
    if decoded is not None:
        found = []
        for detect in detectors:
            detect(decoded, found, clock)
        find_encoded(decoded, found, clock, holds_secret)
        for kind, start, end in found:
            spans.append((kind, *decoded.span_in_source(start, end)))
    return spans


def _holds_secret(clock):
    """What judges the meaning of an encoded run; a run inside it is left."""
    return lambda meaning: bool(
        _found_in_views(meaning, (), _DETECTORS, lambda deeper: False, clock)
    )


KINDS = frozenset(rule["kind"] for rule in RULES["tokens"]) | frozenset(
    (
        "PRIVATE_KEY",
        "PASSWORD",
        "SECRET",
        "TOKEN",
        "KEY",
        "API_KEY",
        "AUTHORIZATION",
        "COOKIE",
        "WEBHOOK_URL",
        "ENCODED_SECRET",
        "TEXT",
        "EMAIL",
        "PHONE",
        "CARD_NUMBER",
        "IBAN",
        "NATIONAL_ID",
        "IP_ADDRESS",
        "HOME_FOLDER",
    )
)
