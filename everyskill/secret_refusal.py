"""A validator for texts that people write to be shared: what looks like a secret is refused, not redacted.

An agent's output is redacted, because nobody is there to ask. The author of a skill is: told the line and the kind,
they can put a placeholder there. See docs/decisions/0020-secrets-in-authored-text-are-refused.md.
"""

from django.core.exceptions import ValidationError

from training.sanitizer import SanitizerError, sanitize_payload

MAX_LINES_NAMED = 5


def refuse_secrets(text: str) -> None:
    """Raise `ValidationError` naming line and kind of each secret found, never its value.

    Also when the text could not be judged: what is not known to be clean is not stored.
    """
    try:
        findings = sanitize_payload(text).findings
    except SanitizerError:
        raise ValidationError(
            "This text could not be checked for secrets, so it was not saved. Try a shorter one.",
            code="unchecked",
        ) from None
    if findings:
        places = dict.fromkeys(
            f"line {text.count('\n', 0, finding.start) + 1} ({in_words(finding.type)})"
            for finding in findings
        )
        named = ", ".join(list(places)[:MAX_LINES_NAMED])
        more = f" and {len(places) - MAX_LINES_NAMED} more" if len(places) > MAX_LINES_NAMED else ""
        raise ValidationError(
            f"This looks like a secret: {named}{more}. Nothing was saved. Put a placeholder in its place; "
            "if it is a real one, renew it.",
            code="secret",
        )


def in_words(kind: str) -> str:
    return kind.replace("_", " ").replace("-", " ").lower()
