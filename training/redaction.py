"""The one way of text into a training example: redact, then cut."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import chain

from training.sanitizer import SANITIZER_VERSION, sanitize_payload

MAX_EXAMPLE_CHARACTERS = 5_000
PLACEHOLDER_OPENING = "[REDACTED:"
MARK = re.compile(r"\[REDACTED:([A-Z0-9_]+)\]")


@dataclass(frozen=True, slots=True)
class Redacted:
    """Clean texts in the order given, what was removed from them (kind to count), and by which rules."""

    texts: tuple[str, ...]
    redactions: dict[str, int]
    sanitizer_version: str = SANITIZER_VERSION


def redact(
    *texts: str, personal_data: bool, limit: int | None = MAX_EXAMPLE_CHARACTERS
) -> Redacted:
    """Sanitize each text and cut it to `limit` characters.

    `limit=None` is for text that a person typed into a form, which has measured it already: a placeholder may be
    longer than what it stands for, and must not cost the text its end.
    Raises `SanitizerError` when a text could not be judged; then nothing may be stored.
    """
    results = [sanitize_payload(text, personal_data=personal_data) for text in texts]
    kinds = Counter(finding.type for finding in chain(*(result.findings for result in results)))
    return Redacted(
        texts=tuple(cut(result.sanitized, limit) for result in results),
        redactions=dict(sorted(kinds.items())),
    )


def count_marks(*texts: str) -> dict[str, int]:
    """How many placeholders of each kind stand in the texts."""
    kinds = Counter(kind for text in texts for kind in MARK.findall(text))
    return dict(sorted(kinds.items()))


def cut(text: str, limit: int | None = MAX_EXAMPLE_CHARACTERS) -> str:
    """The first `limit` characters; a placeholder that would be cut in two is left out whole."""
    if limit is None or len(text) <= limit:
        return text
    kept = text[:limit]
    opening = kept.rfind("[")
    tail = kept[opening:]
    is_cut_placeholder = "]" not in tail and (
        tail.startswith(PLACEHOLDER_OPENING) or PLACEHOLDER_OPENING.startswith(tail)
    )
    return kept[:opening] if opening >= 0 and is_cut_placeholder else kept
