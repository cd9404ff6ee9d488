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
# A body is read and judged by its first characters, so that a long run costs no more than a short
# one; only an accepted token is read to its end.
_READ = 400
_JUDGED = 64


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
_ANCHORED_SHAPES = {}
_LOOSE_SHAPES = []
for _rule in RULES["tokens"]:
    for _prefix in _rule.get("prefixes", ()):
        _PREFIX_RULES[_prefix] = _rule
    for _core in _rule.get("cores", ()):
        _CORE_RULES[_core] = _rule
    if "pattern" in _rule:
        _shape = (re.compile(_rule["pattern"], re.ASCII), _rule)
        for _anchor in _rule.get("anchors", ()):
            _ANCHORED_SHAPES.setdefault(_anchor, []).append(_shape)
        if "anchors" not in _rule:
            _LOOSE_SHAPES.append(_shape)
_LITERALS = set(_PREFIX_RULES) | set(_CORE_RULES) | set(_ANCHORED_SHAPES)
_LENGTHS = sorted({len(_literal) for _literal in _LITERALS}, reverse=True)
_TOKEN_MARK = compile_rule(_trie(_LITERALS))
_LOOSE = compile_rule("|".join(_rule["pattern"] for _, _rule in _LOOSE_SHAPES))
_TELLING_RUN = compile_rule("[_-][0-9A-Za-z]{22}")
_TELLING_PREFIX = re.compile(r"[0-9A-Za-z]{1,16}(?:[_-][0-9A-Za-z]{1,16}){0,3}")


def find_tokens(view, found, clock):
    """Add (kind, start, end) for each token in the view."""
    text, subject = view.text, view.subject
    position = 0
    while True:
        match = _TOKEN_MARK.search(subject, position)
        if match is None:
            break
        clock.check()
        token = _at_mark(text, match.start(), position)
        if token is None:
            position = match.start() + 1
        else:
            found.append(token)
            position = token[2]
    for match in _LOOSE.finditer(subject):
        clock.check()
        for pattern, rule in _LOOSE_SHAPES:
            token = _shaped(text, pattern, rule, match.start(), match.end())
            if token is not None:
                found.append(token)
    for match in _TELLING_RUN.finditer(subject):
        clock.check()
        token = _with_telling_prefix(text, match.start())
        if token is not None:
            found.append(token)


def _at_mark(text, start, floor):
    """The token at a known prefix, around a known mark, or of a shape that has it."""
    for length in _LENGTHS:
        literal = text[start : start + length]
        if literal not in _LITERALS:
            continue
        token = None
        if literal in _PREFIX_RULES:
            token = _prefixed(text, _PREFIX_RULES[literal], start, start + length)
        if token is None and literal in _CORE_RULES:
            token = _around_core(text, _CORE_RULES[literal], start, start + length, floor)
        for pattern, rule in _ANCHORED_SHAPES.get(literal, ()):
            if token is None:
                token = _anchored(text, pattern, rule, start, floor)
        if token is not None:
            return token
    return None


def _anchored(text, pattern, rule, start, floor):
    back = rule.get("back", 0)
    if not back:
        return _shaped(text, pattern, rule, start, start)
    match = pattern.search(text, max(floor, start - back), start + 400)
    if match is None or match.start() > start:
        return None
    return _shaped(text, pattern, rule, match.start(), start)


def _shaped(text, pattern, rule, start, past):
    match = pattern.match(text, start, start + _READ)
    if match and match.end() >= past and _is_token(rule, text, start, start, match.end()):
        if match.end() == start + _READ:
            match = pattern.match(text, start)
        return rule["kind"], start, match.end()
    return None


def _prefixed(text, rule, start, begin):
    body = _BODIES[rule["body"]].match(text, begin, begin + _READ)
    if body is None:
        return None
    stop = body.end()
    while stop > begin and text[stop - 1] in ".-:!#":
        stop -= 1
    if stop - begin >= rule["min"] and _is_token(rule, text, start, begin, stop):
        if stop == begin + _READ:
            stop = _BODIES[rule["body"]].match(text, begin).end()
        return rule["kind"], start, stop
    return None


def _around_core(text, rule, start, end, floor):
    """Keys with a vendor's mark in their middle (Microsoft's identifiable keys)."""
    before = text[max(floor, start - 120) : start][::-1]
    begin = start - _CORE_BEFORE.match(before).end()
    if begin and text[begin - 1] == "\\":
        begin += 1
    stop = _CORE_AFTER.match(text, end, end + 120).end()
    if 20 <= start - begin <= 90 and 4 <= stop - end <= 60 and is_random_run(text[begin:stop]):
        return rule["kind"], begin, stop
    return None


def _with_telling_prefix(text, start):
    """Any vendor's token: words that tell of a key, a separator, and a long random run."""
    stop = _BODIES["alnum"].match(text, start + 1, start + _READ).end()
    if not is_random_run(text[start + 1 : stop][:_JUDGED]):
        return None
    before = text[max(0, start - 52) : start][::-1]
    prefix = _TELLING_PREFIX.match(before)
    if prefix is None:
        return None
    begin = start - prefix.end()
    if begin and text[begin - 1] == "\\":
        # The letter of a literal `\n` is no part of the token.
        begin += 1
    words = re.split("[_-]", text[begin:start].lower())
    if not _TELLING_WORDS.isdisjoint(words):
        stop = _BODIES["alnum"].match(text, start + 1).end()
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
    if check == "any":
        return True
    if check == "mixed":
        return is_varied(body) and not is_wordy(body)
    return not is_wordy(body)
