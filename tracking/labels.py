"""The short strings of an event are kept; a secret that was put into one is not."""

import hashlib
import re
from functools import lru_cache

from training.sanitizer import sanitize_payload

# Ids as agents make them: a UUID, or a type and a random part. They hold no room for a password.
_PLAIN_ID = re.compile(
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?:toolu|msg)_[0-9A-Za-z_]{1,40}"
)
_HASH_MARK = "sha256:"


def clean_label(text: str) -> str:
    """The text with any secret in it replaced by its placeholder, at most 200 characters."""
    try:
        return _harmless(text)
    except _Harmful:
        return sanitize_payload(text).sanitized[:200]


def clean_id(text: str) -> str:
    """The id as sent or, when it looks like a secret, its SHA-256: still the same for the same id."""
    if _PLAIN_ID.fullmatch(text) or sanitize_payload(text).sanitized == text:
        return text
    return _HASH_MARK + hashlib.sha256(text.encode()).hexdigest()


class _Harmful(Exception):
    pass


@lru_cache(maxsize=10_000)
def _harmless(text: str) -> str:
    """The text; raises `_Harmful` for one with a secret. Labels repeat (tools, models, skills), so the harmless ones
    are remembered; what raises is not, and must not be."""
    if sanitize_payload(text).sanitized != text:
        raise _Harmful
    return text
