"""One number for one example's text: what makes two examples the same, and how a withdrawn one is named in public."""

import hashlib
import json
import unicodedata
from uuid import UUID


def content_hash(*, skill_id: UUID, example_input: str, output: str) -> str:
    """SHA-256, as 64 hexadecimal digits, of the JSON array `[skill id, input, output]` in UTF-8, both texts normalized.

    The skill's id is in it so that nobody outside, who sees only the hash of a withdrawn example in the public list,
    can try guesses at its text.
    """
    parts = [str(skill_id), normalize(example_input), normalize(output)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def normalize(text: str) -> str:
    """The text as a reader sees it: Unicode NFC, every run of white space one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())
