"""Judging a value: a placeholder, a template, code, a weak secret, or something random."""

from __future__ import annotations

import re

from .randomness import case_changes, is_monotonous, is_random_run, is_varied, is_wordy
from .rules import RULES
from .terms import is_term, without_filled_in

# Openings of what stands for a value: templates of every language, references to a store of secrets.
_TEMPLATE = (
    r"[$%#@&]?\{(?![A-Za-z0-9+/]{20,}=*\}$)"
    r"|\$\(|\$\[|\$[A-Za-z_][\w.:()\[\]>'\"-]*$|%[A-Za-z_]\w{0,60}%$|%\([\w.]{1,60}\)|%[-+ #0-9.*]*[a-z]$"
    r"|<[^<>\n]{0,80}>?$|<%|\[[A-Za-z_ .*-]{1,60}\]$|__[A-Za-z]\w{0,60}__$|@[\w.]{1,60}@?$"
    r"|&lt;|!(?:vault|Ref|Sub|secret|env|ENV)\b"
    r"|ENC\[|ENC\(|vault:|op://|arn:|projects/|ref\+|secretref:|env:|file:|ssm:|keyring:|sm://|awssm|\[REDACTED:|:[a-z_]+$"
    r"|[a-z_]{3,20}(?::[\w,.]{1,30})?(?:\|[a-z_]{2,20}(?::[\w,.]{1,30})?)+$"
    r"|\?$|%env\(|data\.|var\.|local\.|module\.|process\.env|os\.environ|self\.|this\.|System\.|Environment\."
)
_STAND_IN_WORDS = frozenset(RULES["words"]["stand_ins"].split())
# `change-me-in-production`
_TO_BE_CHANGED = re.compile(r"(?:please[-_ ]?)?(?:change|replace|set)[-_ ]?(?:me|this|it)(?![a-z])")
_STAND_IN_PARTS = frozenset(RULES["words"]["stand_in_parts"].split())
_LOWER_WORDS = re.compile("[a-z]+")
_MASK = r"[*.xX\u2022#?_=-]{3,}$|\.{3}$"
_VERSION = r"[\^~<>=v ]{0,4}\d{1,4}(?:\.\d{1,5}){1,3}(?:[-+.][0-9A-Za-z.-]{1,20}|[#~/].*)?$"
# Stars, dots or crosses where a secret's characters stood.
_MASKED = re.compile(
    r"\*\*\*|\x81|\xa4\xa4\xa4|^[^\xa4]{0,8}\xa4\xa4$|xxxxxx|\.\.\.$|^[A-Za-z0-9_-]{1,8}\.\.\.[A-Za-z0-9_-]{1,8}$"
)
_STAND_IN = re.compile(_TEMPLATE + "|" + _MASK + "|" + _VERSION)
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$")
_PATH = re.compile(
    r"(?:[A-Za-z]:[\\/]|\.{1,2}/|~/|/|\\\\)[\w.@ /\\:+-]*$|[a-z][a-z0-9+.-]{1,20}:/{1,2}|[\w-]+(?:/[\w.-]+)+$"
)
_FILE = re.compile(r"[\w./\\-]{1,200}\.(?:[a-z]{1,5}|p12|pkcs12|md5|sha1|sha256|mp3|mp4|7z)$")
_ROOTED = re.compile(
    r"/(?:home|Users|etc|usr|var|opt|tmp|root|srv|mnt|run|private|Library|workspace)/[\w.@ /+-]+$|~/[\w.@ /+-]*$"
)
_STORED = re.compile(
    r"[\w.-]+/[\w./-]*\.(?:csv|png|jpe?g|json|gz|zip|pdf|txt|parquet|html|js|css|log|ya?ml|xml|tgz|mp4|svg|sql|pem|crt|pub)$"
)
# base64 has capitals.
_LOWER_PATH = re.compile(r"[a-z][a-z0-9_.-]{2,40}(?:/[a-z0-9_.+-]{1,80}){1,8}$")
_PATH_MARKS = re.compile(r"[/\\]+")
_MACHINE = re.compile(r"[A-Za-z0-9+/=_.~:%!@#$^&*|,;?-]{12,}$")
_NOT_SECRET = re.compile(
    r"v?\d+(?:[.,:_-]\d+)*[a-z]{0,4}$|\d{4}-\d{2}-\d{2}|#?[0-9a-fA-F]{6}$|#[0-9a-fA-F]{8}$|[0-9.]+(?:px|em|rem|ms|s|m|h|d|kb|mb|gb|k|x|%)$"
    r"|argon2(?:i|d|id)?$|1password$"
    r"|(?:sha|md|utf|base|aes|rsa|http|ipv|oauth|python|py|es|x|ed|hs|rs|ps|win|amd|arm|i|s|ec|k|v|p|h|r|node|tls|ssl|ssh|ecdsa|cp|iso|latin|web|rfc|cve|bip|gpio|level|step|part|line|page|form|test|user|item|file|type|version|int|uint|float|str|python|java|gpt|claude)-?[0-9]{1,5}(?:[.-][0-9a-z]+)*$",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(
    r"[A-Za-z_$@][A-Za-z0-9_$]*(?:(?:\.|->|::|\?\.)[A-Za-z_$][A-Za-z0-9_$]*)*[!?]?$"
)
# A long value is judged by its beginning, so that it costs no more than a short one.
_JUDGED_VALUE = 128
_CHOSEN = re.compile(r"[A-Za-z0-9!@#$%^&*+=_.~?-]{6,64}$")
# `tiger_monkey4` is a person's.
_NUMBERED_NAME_OF_PROGRAMS = re.compile(r"[A-Za-z_]\w*?(?:[0-9][A-Za-z_]\w*|_[0-9])$")
_ANY_LETTER = re.compile("[A-Za-z\xc0-\xff]")
_ANY_DIGIT = re.compile("[0-9]")
_SPECIAL = frozenset("!@#$%^&*?+~=|")


def is_placeholder(value):
    """Stands for a secret without being one: templates, masks, and the words that people write."""
    value = value[:_JUDGED_VALUE]
    lowered = value.lower()
    if lowered in _STAND_IN_WORDS or _STAND_IN.match(value) or _TO_BE_CHANGED.match(lowered):
        return True
    if _MASKED.search(lowered) or (len(set(value[:40])) <= 6 and is_monotonous(value)):
        return True
    if not (lowered.isalpha() and len(value) <= 60) and is_term(value):
        return True
    if "{" in value or "%" in value:
        rest = without_filled_in(value)
        if rest is not None and is_wordy(rest):
            return True
    if (value[0] in "*_" or value[-1] == "*") and lowered.strip("*_") in _STAND_IN_WORDS:
        # `**REQUIRED**`
        return True
    if len(value) > 60:
        return False
    parts = (lowered,) if lowered.isalpha() else _LOWER_WORDS.findall(lowered)
    if _STAND_IN_PARTS.isdisjoint(parts):
        return False
    return is_wordy(value)


def is_path(value):
    """A file's path or a URL without credentials."""
    if _is_stored(value):
        return True
    if "/" in value or "\\" in value or value[:1] == ".":
        if _LOWER_PATH.match(value) and is_wordy(value[: value.find("/")]):
            return True
        if _FILE.match(value):
            return True
        return bool(_PATH.match(value)) and ("://" in value or _has_words(value))
    return "." in value and bool(_FILE.match(value))


def _is_stored(value):
    """Surely a file: below a folder that every system has, or in folders and with a usual ending."""
    if "/" not in value:
        return False
    return bool(_ROOTED.match(value) or _STORED.match(value))


def _has_words(path):
    """Most of a path is words; base64 has slashes too."""
    parts = [part for part in _PATH_MARKS.split(path[:_JUDGED_VALUE]) if part]
    words = sum(len(part) for part in parts if len(part) <= 2 or is_wordy(part))
    return words * 2 >= sum(map(len, parts))


def _is_measure(value):
    """A version, a date, a size, an algorithm's name. All of them are short."""
    return len(value) <= 40 and bool(_NOT_SECRET.match(value))


def is_machine_made(value):
    """Long and random: what a weak key name needs beside it, and what a scheme word needs."""
    return seems_machine_made(value) and not is_placeholder(value)


def seems_machine_made(value):
    """`is_machine_made` of what is known to be no placeholder. So with the others of this name."""
    if len(value) < 12:
        return False
    value = value[:_JUDGED_VALUE]
    if not _MACHINE.match(value):
        return False
    if _UUID.match(value):
        return True
    if _is_stored(value):
        return False
    if is_path(value) and not is_random_run(value.replace("/", "")):
        return False
    return is_varied(value) and not is_wordy(value) and not _is_measure(value)


def is_random_enough(value):
    """What stands behind `token` and `api_key`: no word, no number, no name."""
    return seems_random_enough(value) and not is_placeholder(value)


def seems_random_enough(value):
    """`is_random_enough` of what is known to be no placeholder."""
    if len(value) < 6 or value.isdigit():
        return False
    value = value[:_JUDGED_VALUE]
    if _is_measure(value) or _is_stored(value):
        return False
    if is_path(value) and not is_random_run(value.replace("/", "")):
        return False
    return (len(value) >= 20 or is_varied(value)) and not is_wordy(value)


def is_password_like(value):
    """Looks like a password even in a sentence: letters mixed with digits or signs, and no term."""
    return seems_password_like(value) and not is_placeholder(value)


def seems_password_like(value):
    """`is_password_like` of what is known to be no placeholder."""
    if not 5 <= len(value) <= 200 or not _ANY_LETTER.search(value):
        return False
    if _is_measure(value) or is_path(value):
        return False
    if _ANY_DIGIT.search(value):
        return True
    return not _SPECIAL.isdisjoint(value[:-1]) or (case_changes(value) >= 3 and not is_wordy(value))


def seems_chosen(value):
    """What a person would choose where a token is asked for: one word of letters with digits or signs."""
    if not _CHOSEN.match(value) or seems_named(value):
        return False
    return seems_password_like(value)


def seems_named(value):
    """`symbol2label`, `subject_token_0`: words and a number, as identifiers have it. People put it last."""
    return bool(_NUMBERED_NAME_OF_PROGRAMS.match(value)) and is_wordy(value)


def is_strongly_password_like(value):
    """A password without anyone saying so: three kinds of characters, or a machine's."""
    if not is_password_like(value):
        return False
    kinds = (
        any(c.isdigit() for c in value)
        + any(c.islower() for c in value)
        + any(c.isupper() for c in value)
        + (not _SPECIAL.isdisjoint(value))
    )
    return (kinds >= 3 and len(value) >= 7) or is_machine_made(value)


def is_name(value):
    """An identifier or a chain of them, as code has on the right of an assignment."""
    return bool(_IDENTIFIER.match(value))
