"""Tokens of any vendor: behind a prefix with a telling word, or behind one as vendors choose them."""

from __future__ import annotations

import re

from .bodies import ALNUM, BODIES, JUDGED, MIXED, READ
from .engine import compile_rule
from .public_runs import is_camel, is_id_of_object, is_public, is_slug
from .randomness import case_changes, is_random_run, is_wordy
from .rules import RULES

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


def find_vendors_tokens(view, found, clock):
    """Add the span of each long random run behind such a prefix."""
    text = view.text
    for match in _TELLING_RUN.finditer(view.subject):
        clock.check()
        token = _with_telling_prefix(text, match.start() + 1)
        if token is not None:
            found.append(token)


def _with_telling_prefix(text, start):
    """Any vendor's token: a prefix that tells of a key, or a short one that is no identifier's and
    no object's id, a separator, and a long random run. Publishable keys are no secrets."""
    run = BODIES["alnum"].match(text, start + 1, start + READ).group()[:JUDGED]
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
    stop = BODIES["urlsafe"].match(text, start + 1).end()
    while text[stop - 1] in "_-":
        stop -= 1
    words = re.split("[_-]", head.lower())
    if not _PUBLIC_WORDS.isdisjoint(words):
        return None
    if is_public(text, begin, stop) or is_camel(run):
        return None
    if text[begin - 1 : begin] == "/" and is_slug(words, run, _TELLING_WORDS):
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
        len(run) >= 24 and bool(MIXED.match(run)) and case_changes(run) >= 5 and not is_wordy(run)
    )


def _is_vendors(text, begin, head, rest, run):
    """A prefix as vendors choose them, before a body in which capitals, small letters and digits
    are mixed as in no name, or before a long hash; ids of objects (`user_2NN…`) are no secrets."""
    if begin and (text[begin - 1] in ALNUM or text[begin - 1] in "._\\$@"):
        return False
    if is_id_of_object(text, begin):
        return False
    if MIXED.match(run) and case_changes(run) >= 3:
        prefix = _VENDOR_PREFIX.match(head)
        if prefix is None and len(run) >= 24:
            prefix = _DASHED_PREFIX.match(head)
    else:
        prefix = _HASH_PREFIX.fullmatch(head) if _HASH.match(rest) else None
    return bool(prefix) and _ID_WORDS.isdisjoint(re.split("[_-]", prefix.group()[:-1].lower()))
