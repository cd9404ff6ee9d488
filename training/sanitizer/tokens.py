"""Tokens that show what they are: a vendor's prefix or shape, then random characters.

One alternation finds where a token may begin; the rule's character class then says how far it goes,
and a check whether it looks random. Minimum lengths are about half the real ones, since snippets
get cut. Sources of the formats: the vendors' own documentation.
"""

from __future__ import annotations

import re

from .engine import compile_rule
from .randomness import is_monotonous, is_varied, is_wordy
from .rules import RULES
from .structure import is_jwt

BODIES = {
    "alnum": "0-9A-Za-z",
    "word": "0-9A-Za-z_",
    "urlsafe": "0-9A-Za-z_-",
    "dotted": "0-9A-Za-z_.=-",
    "dashed": "0-9A-Za-z-",
    "base64": "0-9A-Za-z+/=",
    "base64url": "0-9A-Za-z_=+/-",
    "percented": "0-9A-Za-z_%/+=.-",
    "hex": "0-9a-fA-F",
    "HEX": "0-9A-F",
    "upper": "0-9A-Z",
    "upper_": "0-9A-Z_",
    "lower": "0-9a-z",
    "any": "0-9A-Za-z_./+=*#^!:~-",
}
_BODY_MATCH = {name: re.compile("[" + chars + "]+") for name, chars in BODIES.items()}
_ALNUM = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def _prefix_pattern(prefixes):
    """One pattern for all prefixes, factored like a trie, so that backtracking engines stay fast."""
    tree = {}
    for prefix in prefixes:
        node = tree
        for character in prefix:
            node = node.setdefault(character, {})
        node[""] = {}
    return _trie_pattern(tree)


def _trie_pattern(node):
    # Longest first: an alternation takes the first that fits.
    branches = [
        re.escape(character) + _trie_pattern(child)
        for character, child in sorted(node.items())
        if character
    ]
    if not branches:
        return ""
    joined = branches[0] if len(branches) == 1 else "(?:" + "|".join(branches) + ")"
    if "" not in node:
        return joined
    return "(?:" + "|".join(branches) + ")?"


_PREFIX_RULES = {}
_SHAPE_RULES = []
for _rule in RULES["tokens"]:
    for _prefix in _rule.get("prefixes", ()):
        _PREFIX_RULES[_prefix] = _rule
    if "pattern" in _rule:
        _SHAPE_RULES.append((re.compile(_rule["pattern"], re.ASCII), _rule))
_LONGEST_PREFIX = max(map(len, _PREFIX_RULES))
_LENGTHS = sorted({len(prefix) for prefix in _PREFIX_RULES}, reverse=True)

_TOKEN_START = compile_rule(
    "|".join([_rule["pattern"] for _, _rule in _SHAPE_RULES] + [_prefix_pattern(_PREFIX_RULES)])
)


def find_tokens(view, found, clock):
    """Add (kind, start, end) for each token in the view to `found`."""
    text = view.text
    position = 0
    while True:
        match = _TOKEN_START.search(view.subject, position)
        if match is None:
            return
        clock.check()
        start, end = match.span()
        position = max(end, start + 1)
        token = _shaped(text, start, end) or _prefixed(text, start, end)
        if token is not None:
            kind, end = token
            found.append((kind, start, end))
            position = end
        elif end - start > 1:
            position = start + 1 if end - start < 64 else end


def _shaped(text, start, end):
    for pattern, rule in _SHAPE_RULES:
        match = pattern.match(text, start)
        if match and match.end() >= end and _is_token(rule, text, start, start, match.end()):
            return rule["kind"], match.end()
    return None


def _prefixed(text, start, end):
    for length in _LENGTHS:
        rule = _PREFIX_RULES.get(text[start : start + length])
        if rule is None:
            continue
        begin = start + length
        body = _BODY_MATCH[rule["body"]].match(text, begin)
        if body is None:
            continue
        stop = body.end()
        while stop > begin and text[stop - 1] in ".-:!#" and text[stop - 1] != rule.get("last"):
            stop -= 1
        if stop - begin >= rule["min"] and _is_token(rule, text, start, begin, stop):
            return rule["kind"], stop
    return None


def _is_token(rule, text, start, begin, end):
    if (rule.get("edge") or begin - start < 4) and start and text[start - 1] in _ALNUM:
        return False
    if rule.get("exact") and end < len(text) and text[end] in _ALNUM:
        return False
    body = text[begin:end]
    if is_monotonous(body):
        return False
    check = rule.get("check")
    if check == "jwt":
        return is_jwt(body)
    if check == "mixed":
        return is_varied(body) and not is_wordy(body)
    return not is_wordy(body)
