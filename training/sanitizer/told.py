"""Whether a word of a sentence about a secret is that secret."""

from __future__ import annotations

import re

from .acceptance import is_member, is_serial, names_secret
from .names import MEDIUM, STRONG
from .no_values import PATTERN_TEXT, is_type
from .values import (
    is_machine_made,
    is_name,
    is_password_like,
    is_placeholder,
    is_random_enough,
    is_strongly_password_like,
    seems_named,
)

NO_PASSWORD = re.compile(
    r"[-:})\]]|#[a-z]{2,9}$|//|(?:[0-9A-Fa-f]{2}:){4,}|[*&][A-Za-z_]\w*$|[\w.:-]{1,60}=(?!=?$)|[\w.$&*:@>-]{0,60}[(\[{\"']|\.{2}|~/|[^:]{1,20}://|&[A-Za-z_]+::"
)
# Pieces of a program or of markup.
MARKUP = re.compile(
    r"[\"'`]\)|\([\"']|[<>]|%\(|\)\.|&(?:quot|lt|gt|[lr][sd]quo|#x?[0-9A-Fa-f]{2,5})(?:;|$)|%%?0[Aa]"
    r"|\\(?:\*[(\[]|&|f[A-Z]|s[-0-9])|\|[A-Za-z_]\w*\||[A-Z]<[$\w]"
)
# What OpenPGP calls a key by.
_KEY_ID = re.compile("(?:[0-9A-F]{8}|[0-9A-F]{16}|[0-9A-F]{40})$")
_NUMBERED = re.compile(r"[0-9]{2}[^0-9A-Za-z]?$")
_NUMBERS = frozenset(("pin", "passcode", "otp", "code"))
# What a person chooses: `dragon1043`, `r0ck3t_38`.
CHOSEN_WORD = re.compile(r"(?=[a-z]+[0-9])[a-z0-9]{4,30}[_-]?[0-9]{2,4}$", re.IGNORECASE)


def is_told(value, raw, gap, copula, strength, name):
    """Whether the value, `gap` words behind the name, is the secret; `copula` says that an `is` stands between."""
    if value.isdigit():
        return (copula or name in ("otp", "passcode")) and name in _NUMBERS and 4 <= len(value) <= 8
    quoted = raw[:1] in "\"'`" and raw[:2] not in ("''", '""')
    # What most words fail comes first: they are no passwords.
    if not _is_likely(value, gap, copula, quoted, strength):
        return False
    if is_name(value) and (names_secret(value) or is_member(value)):
        return False
    if is_placeholder(value) or NO_PASSWORD.match(value) or MARKUP.search(value):
        return False
    if PATTERN_TEXT.search(raw):
        return False
    if name in ("pin", "otp") or (name == "key" and _KEY_ID.match(value)) or is_serial(name, value):
        return False
    if gap and not quoted and "_" in value and seems_named(value):
        return False
    if (quoted and (copula or not gap)) or (copula and gap <= 1):
        return True
    return not is_type(value, gap)


def _is_likely(value, gap, copula, quoted, strength):
    if strength == STRONG:
        if copula or (gap == 0 and quoted):
            return is_password_like(value)
        if gap == 0 and CHOSEN_WORD.match(value):
            return is_password_like(value)
        return is_strongly_password_like(value)
    if strength == MEDIUM and (copula or quoted):
        if len(value) < 8 or not is_password_like(value):
            return False
        return is_random_enough(value) or (copula and bool(_NUMBERED.search(value)))
    return len(value) >= 16 and is_machine_made(value)
