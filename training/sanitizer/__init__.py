"""Takes secrets out of text before it is stored. Imports nothing of the product, and no Django.

`sanitize_payload(text)` for text, `sanitize_object(value)` for JSON values.
"""

from training.sanitizer.core import (
    SANITIZER_VERSION,
    SanitizerError,
    SanitizeResult,
    sanitize_payload,
)
from training.sanitizer.objects import sanitize_object
from training.sanitizer.spans import Finding

__all__ = [
    "SANITIZER_VERSION",
    "Finding",
    "SanitizeResult",
    "SanitizerError",
    "sanitize_object",
    "sanitize_payload",
]
