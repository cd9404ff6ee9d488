"""Where an expression is asked only before certain characters, it can match before no other."""

import re

from tests.sanitizer.first_characters import characters_behind
from training.sanitizer import expressions, fields, groups, keyed, labels, places, quoting

LETTERS = set("abcdefghijklmnopqrstuvwxyz")
WORD = {c for c in map(chr, range(256)) if c.isalnum() or c == "_"}
# The expression, what a match begins with, and the set in which the next character must be.
GUARDS = [
    (keyed._LINE_WITHOUT_VALUE, "", keyed._ENDERS),
    (keyed._QUICK, "", keyed._QUICK_FOLLOWERS),
    (keyed._QUICK, " ", keyed._QUICK_AFTER_BLANK),
    (keyed._WORDS_FOLLOW, "", {" "}),
    (keyed._WORDS_FOLLOW, " ", LETTERS),
    (keyed._VERBS, "", set("gflr")),
    (expressions._RETURNED, "", expressions._RETURN_FOLLOWERS),
    (expressions._RETURNED, " ", expressions._EXPECTED_AFTER_BLANK),
    (expressions._EXPECTED, "", expressions._RETURN_FOLLOWERS),
    (expressions._EXPECTED, " ", expressions._EXPECTED_AFTER_BLANK),
    (groups._GROUP, "", keyed._GROUP_FOLLOWERS),
    (places._BLOCK, "", places._BLOCK_OPENERS),
    (places._YAML_TAG, "", places._BLOCK_OPENERS),
    (labels.LABEL_TAIL, " ", labels.TAIL_SECOND),
    (places._SEPARATOR, "", places._SIGN_OPENERS),
    (places._ANNOTATION, "", places._NOTE_OPENERS | {"{"}),
    (places._BLANKS, "", set(" \t")),
    *((fields._TYPED, quote, fields._TYPED_SECOND) for quote in "\"'"),
    *((fields._DEFAULT, quote, {","}) for quote in "\"'"),
    *((fields._FALLBACK, quote, fields._FALLBACK_SECOND) for quote in "\"'"),
    (fields._MEMBER_FALLBACK, " ", fields._FALLBACK_SIGNS),
    (quoting._PLAIN, "", WORD),
    (quoting._QUOTE, "", quoting._QUOTE_OPENERS | quoting._QUOTE_PREFIXES),
]


def test_every_guard_lets_through_all_that_its_expression_may_match():
    refused = [
        (pattern.pattern[:60], before, sorted(characters_behind(pattern, before) - allowed))
        for pattern, before, allowed in GUARDS
        if not characters_behind(pattern, before) <= allowed
    ]
    assert refused == []


def test_the_characters_are_those_of_every_branch():
    pattern = re.compile(r"(?:[bc]?x|[0-3]{0,2}-|é)(?=q)y")
    assert characters_behind(pattern, "") == set("bcx0123-é")
    assert characters_behind(pattern, "2") == set("0123-")
    assert characters_behind(re.compile("ab{0,3}c"), "a") == set("bc")
    assert characters_behind(re.compile("(?i)a|[k-l]"), "") == set("aAkKlL")
