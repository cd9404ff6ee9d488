"""Tokens that show what they are: a vendor's prefix or shape, then random characters.

One alternation finds where a token may begin; the rule's character class then says how far it goes,
and a check whether it looks random. Minimum lengths are about half the real ones, since snippets
get cut. Sources of the formats: the vendors' own documentation.
"""

from __future__ import annotations

import re

from .engine import compile_rule
from .randomness import is_monotonous, is_random_run, is_varied, is_wordy
from .rules import RULES
from .structure import is_jwt

_BODY_CHARS = {
    "alnum": "0-9A-Za-z",
    "word": "0-9A-Za-z_",
    "urlsafe": "0-9A-Za-z_-",
    "dotted": "0-9A-Za-z_.=-",
    "dashed": "0-9A-Za-z-",
    "colons": "0-9A-Za-z_:.-",
    "dollared": "0-9A-Za-z$_",
    "base64": "0-9A-Za-z+/=",
    "base64url": "0-9A-Za-z_=+/-",
    "percented": "0-9A-Za-z_%/+=.-",
    "hex": "0-9a-fA-F",
    "hexdash": "0-9a-f-",
    "HEX": "0-9A-F",
    "upper": "0-9A-Z",
    "lower": "0-9a-z",
    "any": "0-9A-Za-z_./+=*#^!:~-",
}
_BODIES = {name: re.compile("[" + chars + "]+") for name, chars in _BODY_CHARS.items()}
_ALNUM = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_CORE_BEFORE = re.compile(r"[0-9A-Za-z+/]*")
_CORE_AFTER = re.compile(r"[0-9A-Za-z+/]*={0,2}")
_TELLING_WORDS = frozenset(RULES["words"]["telling"].split())
# A body is judged by its first characters, so that a long run costs no more than a short one.
_JUDGED = 160


def _trie(prefixes):
    """One pattern for all prefixes, factored like a trie, so that backtracking engines stay fast."""
    tree = {}
    for prefix in prefixes:
        node = tree
        for character in prefix:
            node = node.setdefault(character, {})
        node[""] = {}
    return _trie_pattern(tree)


def _trie_pattern(node):
    branches = [
        re.escape(character) + _trie_pattern(child)
        for character, child in sorted(node.items())
        if character
    ]
    if not branches:
        return ""
    joined = "(?:" + "|".join(branches) + ")"
    # The longest prefix wins where one is the beginning of another.
    return joined + "?" if "" in node else joined


_PREFIX_RULES = {}
_CORE_RULES = {}
_SHAPE_RULES = []
for _rule in RULES["tokens"]:
    for _prefix in _rule.get("prefixes", ()):
        _PREFIX_RULES[_prefix] = _rule
    for _core in _rule.get("cores", ()):
        _CORE_RULES[_core] = _rule
    if "pattern" in _rule:
        _SHAPE_RULES.append((re.compile(_rule["pattern"], re.ASCII), _rule))
_PREFIX_LENGTHS = sorted({len(prefix) for prefix in _PREFIX_RULES}, reverse=True)
_TOKEN_START = compile_rule(
    "|".join(
        [_rule["pattern"] for _, _rule in _SHAPE_RULES]
        + [_trie(list(_PREFIX_RULES) + list(_CORE_RULES))]
    )
)
_TELLING_RUN = compile_rule("[_-][0-9A-Za-z]{22}")
_TELLING_PREFIX = re.compile(r"[0-9A-Za-z]{1,16}(?:[_-][0-9A-Za-z]{1,16}){0,3}")


def find_tokens(view, found, clock):
    """Add (kind, start, end) for each token in the view."""
    text, subject = view.text, view.subject
    position = 0
    while True:
        match = _TOKEN_START.search(subject, position)
        if match is None:
            break
        clock.check()
        start, end = match.span()
        token = (
            _from_prefix(text, start)
            or _from_shape(text, start, end)
            or _around_core(text, start, end, position)
        )
        if token is None:
            position = start + 1
        else:
            found.append(token)
            position = token[2]
    for match in _TELLING_RUN.finditer(subject):
        clock.check()
        token = _with_telling_prefix(text, match.start())
        if token is not None:
            found.append(token)


def _from_shape(text, start, end):
    for pattern, rule in _SHAPE_RULES:
        match = pattern.match(text, start)
        if match and match.end() >= end and _is_token(rule, text, start, start, match.end()):
            return rule["kind"], start, match.end()
    return None


def _from_prefix(text, start):
    for length in _PREFIX_LENGTHS:
        rule = _PREFIX_RULES.get(text[start : start + length])
        if rule is None:
            continue
        begin = start + length
        body = _BODIES[rule["body"]].match(text, begin)
        if body is None:
            continue
        stop = body.end()
        while stop > begin and text[stop - 1] in ".-:!#":
            stop -= 1
        if stop - begin >= rule["min"] and _is_token(rule, text, start, begin, stop):
            return rule["kind"], start, stop
    return None


def _around_core(text, start, end, floor):
    """Keys with a vendor's mark in their middle (Microsoft's identifiable keys)."""
    rule = _CORE_RULES.get(text[start:end])
    if rule is None:
        return None
    before = text[max(floor, start - 120) : start][::-1]
    begin = start - _CORE_BEFORE.match(before).end()
    stop = _CORE_AFTER.match(text, end, end + 120).end()
    if 20 <= start - begin <= 90 and 4 <= stop - end <= 60 and is_random_run(text[begin:stop]):
        return rule["kind"], begin, stop
    return None


def _with_telling_prefix(text, start):
    """Any vendor's token: words that tell of a key, a separator, and a long random run."""
    stop = _BODIES["alnum"].match(text, start + 1).end()
    if not is_random_run(text[start + 1 : stop][:_JUDGED]):
        return None
    before = text[max(0, start - 52) : start][::-1]
    prefix = _TELLING_PREFIX.match(before)
    if prefix is None:
        return None
    begin = start - prefix.end()
    words = re.split("[_-]", text[begin:start].lower())
    if not _TELLING_WORDS.isdisjoint(words):
        return "API_KEY", begin, stop
    return None


def _is_token(rule, text, start, begin, end):
    edge = rule.get("edge") or begin - start < 4
    if edge and start and text[start - 1] in _ALNUM:
        return False
    if rule.get("exact") and end < len(text) and text[end] in _ALNUM:
        return False
    body = text[begin : min(end, begin + _JUDGED)]
    if is_monotonous(body):
        return False
    check = rule.get("check")
    if check == "jwt":
        return is_jwt(body)
    if check == "mixed":
        return is_varied(body) and not is_wordy(body)
    return not is_wordy(body)
