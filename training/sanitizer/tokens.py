"""Tokens that show what they are: a vendor's prefix or shape, then random characters.

One alternation finds where a token may begin; the rule's character class then says how far it goes,
and a check whether it looks random. Minimum lengths are about half the real ones, since snippets
get cut. Sources of the formats: the vendors' own documentation and the patterns that scanners of
public repositories publish.
"""

from __future__ import annotations

import re

from .engine import compile_rule
from .randomness import case_changes, is_monotonous, is_random_run, is_varied, is_word, is_wordy
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
    "any": "0-9A-Za-z_./+=*#^!:,~-",
}
_BODIES = {name: re.compile("[" + chars + "]+") for name, chars in _BODY_CHARS.items()}
_ALNUM = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_CORE_BEFORE = re.compile(r"[0-9A-Za-z+/]*")
_CORE_AFTER = re.compile(r"[0-9A-Za-z+/]*={0,2}")
# Words, with a number at most at their end: no random body of a token's length reads so.
_SPELLED = re.compile(r"[^0-9]*[0-9]{0,4}$")
_PARTS = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2,}(?![0-9A-Za-z])|[_-]")
_MIXED = re.compile(r"(?=[^0-9]*[0-9])(?=[^a-z]*[a-z])[^A-Z]*[A-Z]")
# A body is read and judged by its first characters, so that a long run costs no more than a short
# one; only an accepted token is read to its end.
_READ = 400
# A shorter prefix may stand inside a word.
_DISTINCT = 5
_JUDGED = 64
_REPEATED = re.compile(r"(.)\1{60,}")
_REPEATED_SHOWN = 40


def _trie(literals):
    """One pattern for all literals, factored like a trie, so that backtracking engines stay fast."""
    tree = {}
    for literal in literals:
        node = tree
        for character in literal:
            node = node.setdefault(character, {})
        node[""] = {}
    return _trie_pattern(tree)


def _trie_pattern(node):
    branches = [
        re.escape(character) + _trie_pattern(child)
        for character, child in sorted(node.items())
        # What begins with a literal that ends here is found by that literal.
        if character and "" not in node
    ]
    return "(?:" + "|".join(branches) + ")" if branches else ""


_CANDIDATES = {}
_LOOSE_SHAPES = []
_AT_EDGES, _ANYWHERE, _INSIDE = set(), set(), set()
for _rule in RULES["tokens"]:
    for _prefix in _rule.get("prefixes", ()):
        _CANDIDATES.setdefault(_prefix, []).append(("prefix", _rule, None))
        (_AT_EDGES if _rule.get("edge") or len(_prefix) < _DISTINCT else _ANYWHERE).add(_prefix)
    for _core in _rule.get("cores", ()):
        _CANDIDATES.setdefault(_core, []).append(("core", _rule, None))
        _INSIDE.add(_core)
    if "pattern" in _rule:
        _shape = re.compile(_rule["pattern"], re.ASCII)
        for _anchor in _rule.get("anchors", ()):
            _CANDIDATES.setdefault(_anchor, []).append(("shape", _rule, _shape))
            _free = _INSIDE if "back" in _rule else _ANYWHERE
            (_AT_EDGES if _rule.get("edge") and "back" not in _rule else _free).add(_anchor)
        if "anchors" not in _rule:
            _LOOSE_SHAPES.append((_shape, _rule))
# By the first two characters, the longest first: where one is the beginning of another, it wins.
_BUCKETS = {}
for _literal in sorted(_CANDIDATES, key=len, reverse=True):
    _BUCKETS.setdefault(_literal[:2], []).append((_literal, _CANDIDATES[_literal]))
# A token goes on for some characters at least; most places where a short prefix stands do not.
_TOKEN_MARK = compile_rule(
    r"(?:(?:^|[^0-9A-Za-z])" + _trie(_AT_EDGES) + "|" + _trie(_ANYWHERE) + r")[!#-&*-~]{5}"
    "|" + _trie(_INSIDE)
)
_LOOSE = compile_rule("|".join(_rule["pattern"] for _, _rule in _LOOSE_SHAPES))

_TELLING_WORDS = frozenset(RULES["words"]["telling"].split())
_ID_WORDS = frozenset(RULES["words"]["ids"].split())
_PUBLIC_WORDS = frozenset(("pk", "pub", "public", "publishable"))
_TELLING_RUN = compile_rule("[0-9A-Za-z][_-][0-9A-Za-z]{20}")
_HEAD = re.compile("[0-9A-Za-z_-]{1,60}")
_TELLING_PREFIX = re.compile(r"[0-9A-Za-z]{1,16}(?:[_-][0-9A-Za-z]{1,16}){0,3}[_-]$")
_VENDOR_PREFIX = re.compile(r"(?:[a-z][a-z0-9]{1,11}_){1,3}|[A-Z][A-Z0-9]{1,7}_")
_DASHED_PREFIX = re.compile(r"(?:[a-z]{2,9}|[A-Z]{2,7})-")
_HASH_PREFIX = re.compile(r"[a-z]{2,5}_")
_HASH = re.compile(r"[0-9a-z]{30,}$")
_AWS_SECRET = re.compile(r"[0-9A-Za-z/+]+")
_AWS_NEAR = 100


def find_tokens(view, found, clock):
    """Add (kind, start, end) for each token in the view."""
    text, subject = view.text, view.subject
    position = 0
    while True:
        match = _TOKEN_MARK.search(subject, position)
        if match is None:
            break
        clock.check()
        start = match.start()
        token = _at_mark(text, start, position) or _at_mark(text, start + 1, position)
        if token is None:
            # Within one character repeated no token begins, but at the run's end.
            run = _REPEATED.match(text, start)
            position = max(start + 1, run.end() - _REPEATED_SHOWN) if run else start + 1
            continue
        found.append(token)
        position = token[2]
        if token[0] == "AWS_ACCESS_KEY_ID":
            _aws_secret_beside(text, token[1], token[2], found)
    for match in _LOOSE.finditer(subject):
        clock.check()
        for pattern, rule in _LOOSE_SHAPES:
            token = _shaped(text, pattern, rule, match.start(), match.end())
            if token is not None:
                found.append(token)
    for match in _TELLING_RUN.finditer(subject):
        clock.check()
        token = _with_telling_prefix(text, match.start() + 1)
        if token is not None:
            found.append(token)


def _at_mark(text, start, floor):
    """The token at a known prefix, around a known mark, or of a shape that has it."""
    for literal, candidates in _BUCKETS.get(text[start : start + 2], ()):
        if not text.startswith(literal, start):
            continue
        for manner, rule, pattern in candidates:
            if manner == "prefix":
                token = _prefixed(text, rule, start, start + len(literal))
            elif manner == "core":
                token = _around_core(text, rule, start, start + len(literal), floor)
            else:
                token = _anchored(text, pattern, rule, start, floor)
            if token is not None:
                return token
    return None


def _anchored(text, pattern, rule, start, floor):
    back = rule.get("back", 0)
    if not back:
        return _shaped(text, pattern, rule, start, start)
    match = pattern.search(text, max(floor, start - back), start + _READ)
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
    while stop > begin and text[stop - 1] in ".,-:!#":
        stop -= 1
    if stop - begin >= rule["min"] and _is_token(rule, text, start, begin, stop):
        if stop == begin + _READ:
            stop = _BODIES[rule["body"]].match(text, begin).end()
        return rule["kind"], start, _whole_end(text, stop)
    return None


def _whole_end(text, stop):
    """The end of the run of letters, digits, `_` and `-`: a vendor may have widened its alphabet,
    and half a token must not stay. Words that follow after a dash do."""
    rest = _BODIES["urlsafe"].match(text, stop)
    if rest is None or not is_varied(rest.group()[:_JUDGED]):
        return stop
    return stop + len(rest.group().rstrip("_-"))


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
    """Any vendor's token: a prefix that tells of a key, or a short one that is no identifier's and
    no object's id, a separator, and a long random run. Publishable keys are no secrets."""
    run = _BODIES["alnum"].match(text, start + 1, start + _READ).group()[:_JUDGED]
    if not is_random_run(run) and not _is_mixed_run(run):
        return None
    head = _HEAD.match(text[max(0, start - 59) : start + 1][::-1])
    begin = start + 1 - head.end()
    if begin and text[begin - 1] == "\\":
        # The letter of a literal `\n` is no part of the token.
        begin += 1
    while text[begin] in "_-":
        begin += 1
    head = text[begin : start + 1]
    stop = _BODIES["urlsafe"].match(text, start + 1).end()
    while text[stop - 1] in "_-":
        stop -= 1
    words = re.split("[_-]", head.lower())
    if not _PUBLIC_WORDS.isdisjoint(words):
        return None
    if not _TELLING_WORDS.isdisjoint(words):
        told = _TELLING_PREFIX.search(head[-69:])
        if told:
            return "API_KEY", begin + told.start(), stop
    if _is_vendors(text, begin, head, text[start + 1 : stop], run):
        return "API_KEY", begin, stop
    return None


def _is_mixed_run(run):
    """Long, of three classes of characters, with few digits."""
    return (
        len(run) >= 24 and bool(_MIXED.match(run)) and case_changes(run) >= 5 and not is_wordy(run)
    )


def _is_vendors(text, begin, head, rest, run):
    """A prefix as vendors choose them, before a body in which capitals, small letters and digits
    are mixed as in no name, or before a long hash; ids of objects (`user_2NN…`) are no secrets."""
    if begin and (text[begin - 1] in _ALNUM or text[begin - 1] in "._\\$@"):
        return False
    if _MIXED.match(run) and case_changes(run) >= 3:
        prefix = _VENDOR_PREFIX.match(head)
        if prefix is None and len(run) >= 24:
            prefix = _DASHED_PREFIX.match(head)
    else:
        prefix = _HASH_PREFIX.fullmatch(head) if _HASH.match(rest) else None
    return bool(prefix) and _ID_WORDS.isdisjoint(re.split("[_-]", prefix.group()[:-1].lower()))


def _is_snake(body):
    """`struct_return_8H_stdcall`: an identifier, of which most is words."""
    parts = _PARTS.findall(body)
    return len(parts) > 1 and sum(len(p) for p in parts if is_word(p)) >= 0.45 * len(body)


def _aws_secret_beside(text, start, end, found):
    """A run of 40 base64 characters close to an access key's id is its secret."""
    for run in _AWS_SECRET.finditer(text, max(0, start - _AWS_NEAR), end + _AWS_NEAR):
        begin, stop = run.span()
        if stop - begin == 40 and not start <= begin < end and is_random_run(run.group()):
            found.append(("SECRET", begin, stop))


def _is_token(rule, text, start, begin, end):
    edge = rule.get("edge") or 0 < begin - start < _DISTINCT
    if edge and start and text[start - 1] in _ALNUM:
        return False
    if edge == "word" and start and text[start - 1] in "_-":
        return False
    if rule.get("exact") and end < len(text) and text[end] in _ALNUM:
        return False
    body = text[begin : min(end, begin + _JUDGED)]
    if is_monotonous(body):
        return False
    check = rule.get("check")
    if check == "jwt":
        return is_jwt(text[begin:end])
    if check == "any":
        return True
    if check == "cases":
        return bool(_MIXED.match(body)) and case_changes(body) >= 2 and not is_wordy(body)
    if check == "mixed":
        return is_varied(body) and not is_wordy(body) and not _is_snake(body)
    return not (_SPELLED.match(body) and is_wordy(body))
