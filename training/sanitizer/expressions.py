"""Values further on in a statement about a secret: the other value of a choice, what a function returns,
what a test expects."""

from __future__ import annotations

import re

from .acceptance import is_told_by_itself

# A statement is read so far, and no further than its line.
_STATEMENT = 240
_STRING = re.compile(r"([\"'`])((?:[^\"'`\\\n]|\\.){0,200}?)\1")
# Most strings of programs are words and sentences.
_TELLING = re.compile(r"[0-9!@#$%^&*?+~=|]|[a-z][A-Z]")
_ALTERNATIVE = re.compile(
    r"(?:\bor|\belse|\|\||\?\?|\?:|:-|\?|\breturn|\blazy \{|\(\) ?[-=]>"
    r"|\b(?:default|fallback|initial)(?:_value|Value)?\s{0,4}[=:(]"
    r"|\.(?:orElse|or|or_else|unwrap_or|get_or|getOrElse|withDefault)\(|\.unwrap_or_else\(\|\w{0,9}\||\) ?\{)"
    r"\s{0,4}[bru@]?$"
)
_OTHERWISE = re.compile(r"\?[^\n?]{1,80}:\s{0,4}[bru@]?$")
_LOOKED_UP = re.compile(
    r"(?:env|conf|cfg|setting|prop|option|param|fetch|lookup|get|default)\w{0,20}\(\s{0,4}"
    r"(?:\w{1,12}\s{0,2}=\s{0,2})?[\"'][^\"'\n]{0,60}[\"']\s{0,4},\s{0,4}[bru@]?$",
    re.IGNORECASE,
)
_KEY = re.compile(r"\s{0,4}(?::|=>|\])")
_EXPECTED = re.compile(
    r"(?:\(\)|[\"'`\]]{1,2})?(?:, ?[\"'](?:get|set)[\"'])?\)?(?:\.(?:not|to|should))?[ .]{1,2}(?:to[ .])?"
    r"(?:be|eq|eql|equal|equals|toBe|toEqual|toStrictEqual|toHaveValue|and_return|return|returns|isEqualTo|"
    r"mockReturnValue|mockReturnValueOnce|mockResolvedValue|thenReturn|willReturn)[( ]{1,2}(?=[\"'`])"
)
_RETURNED = re.compile(
    r" by lazy \{\s{0,4}(?=[\"'])"
    r"|\([^()\n\"']{0,60}\)[^\n\"';]{0,40}?"
    r"(?:[:{]?\s{0,40}\breturn\s{1,4}|=>\s{0,4}|(?<![=!<>])=\s{0,4}|\{\s{0,40})[bru@]?(?=[\"'])"
)
# The first characters of both.
_RETURN_FOLLOWERS = frozenset("( \"'`],).")
_EXPECTED_AFTER_BLANK = frozenset("abeimrtw. ")


def find_later(text, position, strength):
    """(begin, end) of a string of the statement that is the secret in some case, or None."""
    if text[position : position + 1] in ("'", '"'):
        # The quote that closes the name.
        position += 1
    limit = min(len(text), position + _STATEMENT)
    line_end = text.find("\n", position, limit)
    if line_end >= 0:
        limit = line_end
    if (
        text.find('"', position, limit) < 0 and text.find("'", position, limit) < 0
    ) or not _TELLING.search(text, position, limit):
        return None
    for string in _STRING.finditer(text, position, limit):
        begin, end = string.span(2)
        if end - begin < 5 or not _TELLING.search(text, begin, end):
            continue
        before = text[max(position - 12, string.start() - 90, 0) : string.start()]
        otherwise = bool(_OTHERWISE.search(before))
        if not (otherwise or _ALTERNATIVE.search(before) or _LOOKED_UP.search(before)):
            continue
        if not otherwise and _KEY.match(text, string.end()):
            continue
        if is_told_by_itself(string.group(2), strength):
            return begin, end
    return None


def find_returned(text, end, strength):
    """(begin, end) of what a function called like a secret returns, or a test expects; or None."""
    follower = text[end : end + 1]
    if follower not in _RETURN_FOLLOWERS or (
        follower == " " and text[end + 1 : end + 2] not in _EXPECTED_AFTER_BLANK
    ):
        return None
    match = _RETURNED.match(text, end) or _EXPECTED.match(text, end)
    if match is None:
        return None
    string = _STRING.match(text, match.end())
    if string and is_told_by_itself(string.group(2), strength):
        return string.span(2)
    return None
