"""The one way of text into a training example: redact, then cut."""

from collections import Counter
from dataclasses import dataclass
from itertools import chain

from training.sanitizer import SANITIZER_VERSION, sanitize_payload

MAX_EXAMPLE_CHARACTERS = 5_000
PLACEHOLDER_OPENING = "[REDACTED:"


@dataclass(frozen=True, slots=True)
class Redacted:
    """Clean texts in the order given, what was removed from them (kind to count), and by which rules."""

    texts: tuple[str, ...]
    redactions: dict[str, int]
    sanitizer_version: str = SANITIZER_VERSION


def redact(*texts: str, personal_data: bool) -> Redacted:
    """Sanitize each text and cut it to 5,000 characters.

    Raises `SanitizerError` when a text could not be judged; then nothing may be stored.
    """
    results = [sanitize_payload(text, personal_data=personal_data) for text in texts]
    kinds = Counter(finding.type for finding in chain(*(result.findings for result in results)))
    return Redacted(
        texts=tuple(cut(result.sanitized) for result in results),
        redactions=dict(sorted(kinds.items())),
    )


def cut(text: str) -> str:
    """The first 5,000 characters; a placeholder that would be cut in two is left out whole."""
    if len(text) <= MAX_EXAMPLE_CHARACTERS:
        return text
    kept = text[:MAX_EXAMPLE_CHARACTERS]
    opening = kept.rfind("[")
    tail = kept[opening:]
    is_cut_placeholder = "]" not in tail and (
        tail.startswith(PLACEHOLDER_OPENING) or PLACEHOLDER_OPENING.startswith(tail)
    )
    return kept[:opening] if opening >= 0 and is_cut_placeholder else kept
