"""Judging a value: a placeholder, a template, code, a weak secret, or something random."""

from __future__ import annotations

import re

from .randomness import case_changes, is_monotonous, is_varied, is_wordy

_TEMPLATE = re.compile(
    r"[$%#@]?\{\{?.*|\$[A-Za-z_(][\w.:()\[\]>'\"-]*$|%\w{1,60}%$|%\([\w.]{1,60}\)s?|%[sdrvq]$|<%|<[^<>]{0,80}>?$"
    r"|\[[A-Za-z_ .-]{1,60}\]$|__\w{1,60}__$|@\w{1,60}@$|\$\{|\$\(|#\{|&lt;|!\w+|ENC\[|vault:|op://|arn:|projects/"
    r"|\[REDACTED:",
    re.ASCII,
)
_PLACEHOLDER_WORD = re.compile(
    r"(?:^|[^a-z])(?:your|my|insert|enter|replace|change|put|add|fill|redacted|masked|hidden|removed|"
    r"placeholder|example|sample|dummy|todo|tbd|fixme|fake|here|change-?me)(?:[^a-z]|$)"
    r"|^(?:x{3,}|\*{2,}|\.{2,}|-{2,}|_{2,}|#{3,}|\?{2,}|\u2022+|n/?a|none|null|nil|undefined|true|false|yes|no|on|off"
    r"|empty|unset|required|optional|default|string|str|text|int|integer|bool|boolean|number|bytes|object|any|void"
    r"|never|unknown|secret|password|passwd|token|key|value|name|user|username|admin|foo|bar|baz|self|this|changeme"
    r"|change_me|changeit|redacted|hidden|masked|test|prompt|env|data|input|abc|xyz)$",
    re.IGNORECASE | re.ASCII,
)
_MACHINE = re.compile(r"[A-Za-z0-9+/=_.~:%!@#$^&*-]{12,}$", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$")
_PATH = re.compile(
    r"(?:[A-Za-z]:)?(?:[./~\\]|\.\.)[\w.@ /\\-]*$|[a-z][a-z0-9+.-]{1,20}:/{1,2}", re.ASCII
)


def is_placeholder(value):
    """Stands for a secret without being one: templates, masks, and the words that people write."""
    return bool(_TEMPLATE.match(value)) or is_monotonous(value) or _is_placeholder_words(value)


def _is_placeholder_words(value):
    return bool(_PLACEHOLDER_WORD.search(value)) and is_wordy(value)


def is_path(value):
    return bool(_PATH.match(value))


def is_machine_made(value):
    """Long and random: what a weak key name needs beside it, and what a scheme word needs."""
    if is_placeholder(value) or is_path(value):
        return False
    if _UUID.match(value):
        return True
    return bool(_MACHINE.match(value)) and is_varied(value) and not is_wordy(value)


def is_random_enough(value):
    """Eight characters or more that are no words: what stands behind `token` and `api_key`."""
    if len(value) < 6 or is_placeholder(value):
        return False
    if value.isdigit():
        return len(value) >= 8
    return (is_varied(value) or case_changes(value) >= 2 or len(value) >= 20) and not is_wordy(
        value
    )


_IDENTIFIER = re.compile(
    r"[A-Za-z_$][A-Za-z0-9_$]*(?:(?:\.|->|::|\?\.)[A-Za-z_$][A-Za-z0-9_$]*)*[!?]?$", re.ASCII
)
_TYPE = re.compile(r"[A-Za-z_.:]+(?:\[[\w\[\], |.]*\]?|<[\w<>, ]*>?)?[?!]?$", re.ASCII)


def is_code(value, after, sign):
    """A bare value that is an expression: a name, a member, a call, an index, a number's type."""
    if after[:1] in ("(", "["):
        return True
    if _IDENTIFIER.match(value):
        if "." in value or "->" in value or "::" in value:
            return True
        if after[:1] in (",", ")", ";", "}"):
            return True
        return value.isalpha() or (is_wordy(value) and not any(c.isdigit() for c in value))
    return value.startswith(("(", "{", "[", "<")) or value in ("=", "==")
