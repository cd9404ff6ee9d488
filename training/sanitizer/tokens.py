"""Tokens that show what they are: a vendor's prefix or shape, then random characters.

One alternation finds where a token may begin; the rule's character class then says how far it goes,
and a check whether it looks random. Minimum lengths are about half the real ones, since snippets
get cut. Sources of the formats: the vendors' own documentation and the patterns that scanners of
public repositories publish.
"""

from __future__ import annotations

import re

from .bodies import ALNUM, BODIES, JUDGED, MIXED, READ
from .engine import compile_rule
from .public_runs import is_lower_identifier, is_public, is_snake
from .randomness import case_changes, is_monotonous, is_random_run, is_varied, is_wordy
from .rules import RULES
from .structure import is_jwt
from .tries import one_of

_CORE_BEFORE = re.compile(r"[0-9A-Za-z+/]*")
_CORE_AFTER = re.compile(r"[0-9A-Za-z+/]*={0,2}")
# Words, with a number at most at their end: no random body of a token's length reads so.
_SPELLED = re.compile(r"[^0-9]*[0-9]{0,4}$")
# A shorter prefix may stand inside a word.
_DISTINCT = 5
_REPEATED = re.compile(r"(.)\1{60,}")
_REPEATED_SHOWN = 40
# Verdicts by the hashes of bodies: no text is kept.
_TOKEN_FORMS = {}
_MOST_TOKEN_FORMS = 20_000


_CANDIDATES = {}
LOOSE_SHAPES = []
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
            LOOSE_SHAPES.append((_shape, _rule))
# By the first two characters, the longest first: where one is the beginning of another, it wins.
_BUCKETS = {}
for _literal in sorted(_CANDIDATES, key=len, reverse=True):
    _BUCKETS.setdefault(_literal[:2], []).append((_literal, _CANDIDATES[_literal]))
# A token goes on for some characters at least; most places where a short prefix stands do not.
_TOKEN_MARK = compile_rule(
    r"(?:(?:^|[^0-9A-Za-z])" + one_of(_AT_EDGES) + "|" + one_of(_ANYWHERE) + r")[!#-&*-~]{5}"
    "|" + one_of(_INSIDE)
)
# Shapes without a prefix. Where one may begin is part of the expression, or its `mark` stands for it: a
# counted run that may begin at every letter would have the automaton make states for ever, as each text of
# random letters brings new ones.
_EDGES = {True: "(?:^|[^0-9A-Za-z])", "word": "(?:^|[^0-9A-Za-z_-])", None: ""}
_LOOSE = compile_rule(
    "|".join(
        _EDGES[_rule.get("edge")] + "(?:" + _rule.get("mark", _rule["pattern"]) + ")"
        for _, _rule in LOOSE_SHAPES
    )
)
_MARKED_SHAPES = [(_shape, _rule) for _shape, _rule in LOOSE_SHAPES if "mark" in _rule]
_UNMARKED_SHAPES = [(_shape, _rule) for _shape, _rule in LOOSE_SHAPES if "mark" not in _rule]
_MAY_BE_EDGE = frozenset("*_-")
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
    _find_loose(text, subject, found, clock)


def _find_loose(text, subject, found, clock):
    """Add the tokens of shapes that have no prefix."""
    match = _LOOSE.search(subject)
    while match is not None:
        clock.check()
        start, end = match.span()
        first = text[start]
        if first in ALNUM or first in _MAY_BE_EDGE:
            _add_shaped(text, start, end, found)
        if first not in ALNUM:
            _add_shaped(text, start + 1, end, found)
            for pattern, rule in _MARKED_SHAPES:
                token = _anchored(text, pattern, rule, start, 0)
                if token is not None:
                    found.append(token)
        # The last character may be what the next one stands behind.
        match = _LOOSE.search(subject, end if text[end - 1] in ALNUM else end - 1)


def _add_shaped(text, start, end, found):
    for pattern, rule in _UNMARKED_SHAPES:
        token = _shaped(text, pattern, rule, start, end)
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
    match = pattern.search(text, max(floor, start - back), start + READ)
    if match is None or match.start() > start:
        return None
    return _shaped(text, pattern, rule, match.start(), start)


def _shaped(text, pattern, rule, start, past):
    match = pattern.match(text, start, start + READ)
    if match and match.end() >= past and _is_token(rule, text, start, start, match.end()):
        if match.end() == start + READ:
            match = pattern.match(text, start)
        return rule["kind"], start, match.end()
    return None


def _prefixed(text, rule, start, begin):
    body = BODIES[rule["body"]].match(text, begin, begin + READ)
    if body is None:
        return None
    stop = body.end()
    while stop > begin and text[stop - 1] in ".,-:!#":
        stop -= 1
    if stop - begin >= rule["min"] and _is_token(rule, text, start, begin, stop):
        if stop == begin + READ:
            stop = BODIES[rule["body"]].match(text, begin).end()
        return rule["kind"], start, _whole_end(text, stop)
    return None


def _whole_end(text, stop):
    """The end of the run of letters, digits, `_` and `-`: a vendor may have widened its alphabet,
    and half a token must not stay. Words that follow after a dash do."""
    rest = BODIES["urlsafe"].match(text, stop)
    if rest is None or not is_varied(rest.group()[:JUDGED]):
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


def _aws_secret_beside(text, start, end, found):
    """A run of 40 base64 characters close to an access key's id is its secret."""
    for run in _AWS_SECRET.finditer(text, max(0, start - _AWS_NEAR), end + _AWS_NEAR):
        begin, stop = run.span()
        if stop - begin == 40 and not start <= begin < end and is_random_run(run.group()):
            found.append(("SECRET", begin, stop))


def _is_token(rule, text, start, begin, end):
    return _seems_token(rule, text, start, begin, end) and not is_public(text, start, end)


def _seems_token(rule, text, start, begin, end):
    edge = rule.get("edge") or 0 < begin - start < _DISTINCT
    if edge and start and text[start - 1] in ALNUM:
        return False
    if edge == "word" and start and text[start - 1] in "_-":
        return False
    if rule.get("exact") and end < len(text) and text[end] in ALNUM:
        return False
    body = text[begin : min(end, begin + JUDGED)]
    if is_monotonous(body):
        return False
    check = rule.get("check")
    if check == "jwt":
        return is_jwt(text[begin:end])
    if len(body) < JUDGED:
        return _has_token_form(check, body)
    # The beginnings of tokens in a row have the same body, again and again.
    key = hash((check, body))
    verdict = _TOKEN_FORMS.get(key)
    if verdict is None:
        if len(_TOKEN_FORMS) >= _MOST_TOKEN_FORMS:
            _TOKEN_FORMS.clear()
        verdict = _TOKEN_FORMS[key] = _has_token_form(check, body)
    return verdict


def _has_token_form(check, body):
    if check == "any":
        return True
    if check == "cases":
        return bool(MIXED.match(body)) and case_changes(body) >= 2 and not is_wordy(body)
    if check == "mixed":
        return is_varied(body) and not is_wordy(body) and not is_snake(body)
    return not ((_SPELLED.match(body) and is_wordy(body)) or is_lower_identifier(body))
