"""Judging an identifier: does its name promise a secret, and how surely?"""

from __future__ import annotations

import re

from .randomness import is_random_run
from .rules import RULES
from .tries import one_of

STRONG = 3  # password, secret: even a weak value is one
MEDIUM = 2  # token, api key: a random value, or one word with digits or signs
WEAK = 1  # any other key, signature, session: only a value that a machine made
NONE = 0

_VENDORS = frozenset(RULES["words"]["vendors"].split())
STEMS = RULES["words"]["stems"] + "|" + one_of(_VENDORS)
_NAME_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|\x80+|\x83+")
_SEGMENTS = re.compile(r"[.\[\]]+")
# A page of a manual.
_PAGE = re.compile("[a-z_]+[.][1-9][a-z]{0,4}$")
_LETTERS_AND_DIGITS = re.compile("[0-9A-Za-z]+$")
_PASSWORDS = frozenset(RULES["words"]["passwords"].split())
_TOKENS = frozenset(RULES["words"]["tokens"].split())
_SINGULARS = (_PASSWORDS | _TOKENS) - {"pas", "key"}
_KEY_MAKERS = frozenset(RULES["words"]["key_makers"].split())
_WEAK_WORDS = frozenset(RULES["words"]["weak"].split())
_VETOES = frozenset(RULES["words"]["vetoes"].split())
_NOT_KEPT = frozenset(
    (
        "is",
        "has",
        "no",
        "use",
        "max",
        "min",
        "num",
        "public",
        "get",
        "show",
        "hide",
        "reset",
        "recv",
        "find",
        "check",
        "existing",
        "update",
        "enable",
        "disable",
        "ask",
        "prompt",
        "require",
        "allow",
        "skip",
        "rotate",
        "expire",
        "remember",
    )
)
_ID_WORDS_OF_NAMES = frozenset(RULES["words"]["ids"].split())
_PASSAGES = frozenset(("pass", "passe"))
_PASSED = frozenset(RULES["words"]["passed"].split())
NEVER_KEPT = frozenset(RULES["words"]["never_kept"].split())
_COMPLETED = frozenset(("key", "keys", "token", "tokens"))
_NO_PASSWORDS = frozenset(RULES["words"]["no_passwords"].split())
_LICENSES = frozenset(("license", "licence"))
_FOR = frozenset(("for", "of"))
_GENERIC = frozenset(RULES["words"]["generic"].split())


# Verdicts by the hashes of names, since what looks like a name may be a secret: no text is kept.
_VERDICTS = {}
_MOST_VERDICTS = 20_000


def judge_name(identifier):
    """(strength, kind) for an identifier in any case style; strength NONE when it promises nothing."""
    key = hash(identifier)
    verdict = _VERDICTS.get(key)
    if verdict is None:
        if len(_VERDICTS) >= _MOST_VERDICTS:
            _VERDICTS.clear()
        verdict = _VERDICTS[key] = read_name(identifier)
    return verdict


def read_name(identifier):
    """`judge_name` without its memory."""
    if (
        len(identifier) >= 32
        and _LETTERS_AND_DIGITS.match(identifier)
        and is_random_run(identifier)
    ):
        # A line of base64.
        return NONE, ""
    if len(identifier) < 30 and identifier[-2:-1] == "." and _PAGE.match(identifier):
        return NONE, ""
    words = []
    for segment in reversed(_SEGMENTS.split(identifier)):
        words = [word.lower() for word in _NAME_WORDS.findall(segment)] + words
        if len(words) == 1 and words[0] in _COMPLETED:
            # `api.key`, `secret.key`: the segment before says of what sort.
            continue
        while words and (words[-1].isdigit() or words[-1] in _GENERIC):
            if "".join(words[-2:]) in _PASSWORDS:
                break
            words.pop()
        if words:
            return _judge_words(words)
    return _judge_words(words) if words else (NONE, "")


def _judge_words(words):
    if len(words) > 2 and words[-2] in _FOR:
        # `password_for_maria`
        words = words[:-2]
    last = words[-1]
    if last[-1] == "s" and last[:-1] in _SINGULARS:
        last = last[:-1]
        words = [*words[:-1], last]
    if last == "pat" and len(words) == 1:
        # Alone it is a pattern far more often than a personal access token.
        return WEAK, "TOKEN"
    if last[0] == "\x83":
        return MEDIUM, "TOKEN"
    joined = "".join(words[-2:])
    if last in _PASSAGES and (words[-2:-1] and words[-2] in _PASSED):
        # `render_pass`, `should_pass`, `low-pass`: not a word's short form.
        return NONE, ""
    if last in _VETOES and not {joined} & (_PASSWORDS | _TOKENS | _WEAK_WORDS):
        return NONE, ""
    if last in _COMPLETED and not NEVER_KEPT.isdisjoint((*words[-2:-1], "".join(words[-3:-1]))):
        # `cache_key`, `nextPageToken`, `PublicKeyToken`: however random, no secret.
        return NONE, ""
    if words[0] in _NOT_KEPT:
        return (WEAK, "SECRET") if last in _PASSWORDS or last in _TOKENS else (NONE, "")
    if last in _PASSWORDS or joined in _PASSWORDS or "\x80" in last:
        if last in ("secret", "secrets") or "secret" in joined:
            return STRONG, "SECRET"
        return STRONG, "PASSWORD"
    if "".join(words[-3:]) in _PASSWORDS:
        # `secret_key_base`
        return STRONG, "SECRET"
    if last in ("key", "keys"):
        if len(words) > 1 and (words[-2] in _KEY_MAKERS or "secret" in words):
            if words[-2] in ("primary", "secondary", "public") and len(words) == 2:
                return WEAK, "KEY"
            return MEDIUM, "API_KEY" if words[-2] in ("api", "app") else "KEY"
        return WEAK, "KEY"
    if last in _TOKENS or joined in _TOKENS:
        return MEDIUM, "TOKEN" if "key" not in last else "API_KEY"
    for strong in ("password", "passwd", "passphrase", "passwort"):
        if last.endswith(strong) or last.startswith(strong):
            return STRONG, "PASSWORD"
    if last.endswith("secret") and not last.startswith("lib"):
        return STRONG, "SECRET"
    if last.endswith(("token", "apikey")):
        return MEDIUM, "TOKEN"
    if last.endswith("pwd") and last not in ("cwd", "getpwd"):
        return STRONG, "PASSWORD"
    if last.endswith("pass") and last not in _NO_PASSWORDS:
        return STRONG, "PASSWORD"
    if last in _LICENSES:
        # `NEW_RELIC_LICENSE`; alone it names what one may do.
        return (WEAK, "KEY") if len(words) > 1 else (NONE, "")
    if last in _WEAK_WORDS or joined in _WEAK_WORDS:
        return WEAK, "SECRET"
    if not _VENDORS.isdisjoint(words) and last not in _ID_WORDS_OF_NAMES:
        # `deepgram = …`, `DEEPGRAM_API: …`, `AGORA_APP_CERTIFICATE = …`
        return WEAK, "SECRET"
    if last.endswith(("key", "token")) and last[:-3] in NEVER_KEPT:
        return NONE, ""
    if last.endswith("key") and last not in (
        "monkey",
        "turkey",
        "hotkey",
        "whiskey",
        "donkey",
        "jockey",
        "hockey",
    ):
        return WEAK, "KEY"
    if any(word in _PASSWORDS or word in _TOKENS for word in words):
        return WEAK, "SECRET"
    return NONE, ""
