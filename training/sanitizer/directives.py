"""A value that only blanks part from its name: flags of commands, directives, lines of a configuration."""

from __future__ import annotations

import re

from .fields import Place
from .line_heads import head_of, is_line_head
from .randomness import is_wordy
from .rules import RULES
from .values import is_strongly_password_like

_IDENTIFIED_BY = re.compile(r"\s{1,9}(?:BY|AS)\s{1,9}(?:PASSWORD\s{1,9})?(?=\S)", re.IGNORECASE)
_DIRECTIVES = frozenset(RULES["words"]["directives"].split())
# `login bob password …`: a word, and its argument, before the name.
_PAIRED_DIRECTIVES = frozenset(("login", "user", "username", "put", "set", "HSET", "hset"))
_LINE_DIRECTIVES = re.compile(
    r"(?:requirepass|masterauth|primaryauth|bindpw|rootpw|password|passwd|AuthLDAPBindPassword|rpcpassword|secret|psk|pass)$",
    re.IGNORECASE,
)
_SPOKEN_OF = re.compile(
    r"(?:^|[\s\"'`(*])(?:the|and|or|via|with|use|using|a|an|of|by|to|no|both|but|is|if|passing|option|flag|Use|The|Using)"
    r"\s{1,3}[`'\"]?-{1,2}$"
)
# A name of a configuration's, and nothing but a value behind it.
_SEVERAL_WORDS = re.compile(r"_|[a-z][A-Z]")
_ALONE = re.compile(r"[^\s\"'`,;(){}]{5,200}[ \t]{0,8}(?:[\r\n;]|$)")
_LABEL_WORDS = re.compile(r"[ \t>|*+-]{0,20}(?:[A-Z][A-Za-z]{0,20}[ \t]){1,4}$")
_WORD_HERE = re.compile(r"[A-Za-z]+(?![^\s,.;:)])")
# A sentence goes on, or speaks of the flag: "--ask-password now wins over …".
_SENTENCE = re.compile(
    r"(?:(?:flags?|options?|arguments?|parameters?|switch(?:es)?|commands?|is|are|was|were|will|can|may|must|should|when|which|to|now|"
    r"works?|instead|takes?|support|descriptions?|settings?|modes?|helpers?)(?![\w=@!#$%^&*-])"
    r"|[a-z]{2,14},?(?: |[ \t]?\n[ \t#*]{0,40})(?:[a-z]{1,14},?[ \n]){2})"
)
# "the user is prompted by password helpers"
_IN_SENTENCE = re.compile(
    r"[A-Za-z]{2,} [a-z]{2,} (?:the |a )?(?:by|with|set|encrypted) $|API to set $"
)
_PLAIN_WORD = re.compile(r"[A-Za-z][a-z-]+(?:[:.,;)]|[ \t]*\n| [a-z])")
_SQL_BEFORE = re.compile(r"\b(?:user|role|grant|mapping)\b", re.IGNORECASE)
# Words that are verbs too: `pass "flags" to it`. And what quotes the name of a secret, as tools do.
_VERBS_TOO = frozenset(("pass", "passes", "Pass", "Passes"))
_NAMED_IN_QUOTES = frozenset(("secret", "secrets", "credential", "credentials", "token", "key"))
_QUOTED = re.compile(r"[\"']([^\"'\s]{3,80})[\"']")
_NAME_QUOTED = re.compile(r"[\"'][A-Za-z][A-Za-z_.-]*[0-9]{0,3}[\"']")


def find_after_blanks(text, start, end, begin):
    """The `Place` of a value at `begin`, which blanks part from the name at [start, end), or None."""
    before = text[max(0, start - 110) : start]
    opens_quote = text[begin : begin + 1] in ("'", '"') or text.startswith('@"', begin)
    opens_brace = text[begin : begin + 1] == "{"
    if text[begin - 1] == "\t" and (text[end] in "\"']" or is_line_head(head_of(text, start))):
        return Place(begin, " ", text[end] in "\"']", False, False)
    if before.endswith("-") and _SPOKEN_OF.search(before) and _WORD_HERE.match(text, begin):
        # "Use the --password option": a sentence about a flag.
        return None
    name = text[start:end]
    if before.endswith("-") and (name == "Pw" or _SENTENCE.match(text, begin)):
        return None
    if before.endswith("-") or (before.endswith("/") and before[-2:-1] in (" ", "")):
        return Place(begin, " ", True, False, False)
    if text[end] == "*" and text[start - 1 : start] != "*":
        # A pointer's type; not a word in bold.
        return None
    if name.lower() == "identified":
        by = _IDENTIFIED_BY.match(text, end)
        if by is None or _WORD_HERE.match(text, by.end()) or not _SQL_BEFORE.search(before):
            return None
        return Place(by.end(), " ", True, False, False)
    if name.isalpha() and name.istitle() and before[-3:-1] in ("by", "th", "BY"):
        # A word of a sentence: "by Secret Labs".
        return None
    if _is_directive(before):
        if _IN_SENTENCE.search(before) and _PLAIN_WORD.match(text, begin):
            return None
        if opens_brace:
            begin += 1
        return Place(begin, " ", True, False, False)
    if begin - end > 1 and _LABEL_WORDS.match(head_of(text, start)) and _ALONE.match(text, begin):
        # `Key password       …`, as tools align what they tell.
        return Place(begin, " ", False, False, False)
    if name.isalpha() and name.istitle() and before[-1:] == " ":
        # A word of a sentence.
        return None
    if name in _VERBS_TOO and not _is_passed_alone(text, start, begin):
        return None
    if opens_quote and name in _NAMED_IN_QUOTES and before[-1:] not in ("", "\n"):
        named = _NAME_QUOTED.match(text, begin)
        if named and is_wordy(named.group()[1:-1]):
            # `secret "app-db" not found`
            return None
    if opens_quote and (name.isupper() or before[-1:] in ("", "\n", "{", ",", "(", " ", ":")):
        return Place(begin, " ", False, True, False)
    head = head_of(text, start)
    if not head.strip(" \t+-") and (
        _LINE_DIRECTIVES.match(name)
        or begin - end > 2
        or (_SEVERAL_WORDS.search(name) and _ALONE.match(text, begin))
    ):
        return Place(begin, " ", False, False, False)
    return None


def _is_passed_alone(text, start, begin):
    """`pass "…"` and nothing else on the line, or a value that is no word."""
    quoted = _QUOTED.match(text, begin)
    if quoted and is_strongly_password_like(quoted.group(1)):
        return True
    return is_line_head(head_of(text, start)) and bool(_ALONE.match(text, begin))


def _is_directive(before):
    if before[-1:] not in (" ", "\t"):
        return False
    last = before.rstrip(" \t")
    word = last[max(last.rfind(" "), last.rfind("\n"), last.rfind("\t")) + 1 :]
    if word.lstrip(";{\"'(").lower() in _DIRECTIVES:
        return True
    words = last[-80:].split()
    if words and words[-1] in ("and", "or", "/", "&", "und", "et", "y", "e", "en", "og"):
        return False
    return len(words) > 1 and words[-2] in _PAIRED_DIRECTIVES and "\n" not in before[-40:]
