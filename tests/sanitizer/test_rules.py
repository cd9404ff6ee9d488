"""Every rule of the table has a hit and a near miss, made from its own line."""

import random
import re

from tests.sanitizer.corpus import Maker
from training.sanitizer import sanitize_payload
from training.sanitizer.bodies import BODY_CHARS
from training.sanitizer.core import KINDS
from training.sanitizer.rules import RULES
from training.sanitizer.tokens import LOOSE_SHAPES

TOKENS = RULES["tokens"]
# Hundreds of rules: looped over in one test each, since a test of its own would cost more than it checks.
PREFIXED = [(rule, prefix) for rule in TOKENS for prefix in rule.get("prefixes", ())]
SHAPED = [(rule, Maker(7).fill(rule["hit"])) for rule in TOKENS if "hit" in rule]


def characters(body):
    """The alphanumeric characters of a rule's class: separators alone would not look random."""
    return [
        c for c in map(chr, range(33, 127)) if c.isalnum() and re.match(f"[{BODY_CHARS[body]}]", c)
    ]


def random_body(rule, length, seed):
    made = Maker(seed)
    return made.run("".join(characters(rule["body"])), length)


def test_it_finds_every_token_of_its_vendors_length():
    missed = []
    for rule, prefix in PREFIXED:
        token = prefix + random_body(rule, rule["real"], seed=len(prefix))
        if token in sanitize_payload(f"see {token} there").sanitized:
            missed.append((rule["of"], prefix))
    assert missed == []


def test_it_leaves_every_prefix_with_too_little_behind_it():
    taken = []
    for rule, prefix in PREFIXED:
        text = f"see {prefix}{random.Random(1).choice('abcdef')} there"
        if sanitize_payload(text).findings:
            taken.append((rule["of"], prefix))
    assert taken == []


def test_it_finds_every_shape():
    missed = [
        rule["of"]
        for rule, token in SHAPED
        if token in sanitize_payload(f"see {token} there").sanitized
    ]
    assert missed == []


def test_it_leaves_every_shape_that_breaks_off():
    taken = [
        rule["of"] for rule, token in SHAPED if sanitize_payload(f"see {token[:7]} there").findings
    ]
    assert taken == []


def test_every_kind_is_named_in_capitals():
    assert all(re.fullmatch("[A-Z][A-Z0-9_]+", kind) for kind in KINDS)


def test_no_shape_without_a_prefix_may_begin_anywhere():
    # The automaton's states for a counted run that may begin at every letter never come to an end.
    anywhere = [
        rule["of"]
        for _, rule in LOOSE_SHAPES
        if not (rule.get("edge") or "mark" in rule or rule["pattern"].startswith("\\*"))
    ]
    assert anywhere == []
