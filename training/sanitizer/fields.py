"""Values that stand in another field, element, argument or line than right beside their names."""

from __future__ import annotations

import re
from collections import namedtuple

Place = namedtuple("Place", ("begin", "sign", "takes_words", "is_code", "whole_line"))
Place.__doc__ = """Where a value begins, and what its surroundings allow it to be.

`takes_words`: a plain word may be a password here (`PASSWORD=letmein`); `is_code`: the line looks
like a program's; `whole_line`: nothing else stands on the line, so the value reaches to its end.
"""

_FALLBACK = re.compile(r"[\"'][ \t]{0,4}\)?\]?[ \t]{0,4}(?:\|\||\?\?|\?:|or|,)[ \t]{0,4}(?=[\"'`])")
_MEMBER_FALLBACK = re.compile(r"[ \t]{1,4}(?:\|\||\?\?|or)[ \t]{1,4}(?=[\"'`])")
_TAG_END = re.compile(
    r"[\"']?(?:[ \t][^<>\n]{0,200}[^/=<>\n])?>\s{0,40}(?:<[Vv]alue>\s{0,9})?(?:<!\[CDATA\[)?(?=[^\s<])"
)
_PLIST = re.compile(
    r"</(?:[A-Za-z:-]{0,20}(?:[nN]ame|[kK]ey)|id|th|dt|td|label|strong|b|string)>\s{0,40}"
    r"<[A-Za-z:-]{1,20}(?: [^<>\n]{0,80})?>\s{0,20}"
    r"(?:<(?:code|b|strong|tt|kbd|span|p|pre)(?: [^<>\n]{0,80})?>\s{0,20})?(?=[^\s<])"
)
_PAIRED = re.compile(
    r"[\"'`]?(?:\s{0,40}[,;])?[\s+]{0,40}(?:[\"']?[A-Za-z][\w-]{0,19}[\"']?\s{0,4}[:=]\s{0,4}[\"']?"
    r"[\w.-]{1,40}(?: [\w.-]{1,30}){0,3}[\"']?(?:\s{0,9}[,;]\s{0,40}|\s{1,40})){0,3}?"
    r"[\"'`]{0,2}(?:Parameter)?(?:value|content|default|defaultvalue|example|plaintext|secretstring|string)"
    r"[\"'`]{0,2}\s{0,10}[:=]\s{0,10}",
    re.IGNORECASE,
)
# `"label": "Smtp password"`
_LABEL_FIELD = re.compile(
    r"(?:name|key|label|title|field|variable|setting)[\"']?\s{0,4}[:=]\s{0,4}\Z", re.IGNORECASE
)
_MENTIONING = re.compile(
    r"\s(?:aria-[a-z]+|data-[a-z-]+|title|placeholder|for|href|class|alt|action|src|style|on[a-z]+|role|autocomplete)"
    r"=[\"'][^\"'<>]{0,80}\Z"
)
_WORDS_OF_LABEL = re.compile(r"(?:[\w-]{1,20} ){1,4}\Z")
_NAME_FIELDS = (
    "name", "key", "id", "field", "variable", "var", "property", "header", "setting", "label", "option",
    "type", "format",
)  # fmt: skip
_TERRAFORM = re.compile(
    r"\"\s{0,4}\{[^{}\n]{0,80}(?:\n[^{}\n]{0,120}){0,4}?\n?\s{0,40}(?:default|value)\s{0,10}=\s{0,10}"
)
# An argument or a field further on: `add_argument("--token", default="…")`, `variable "x" { default = "…"`.
_DEFAULT = re.compile(
    r"[\"'](?:,\s{0,20}(?:\w{1,20}\s{0,3}=\s{0,3})?(?:\"[^\"\n]{0,80}\"|'[^'\n]{0,80}'|[\w.]{1,40})){0,5}"
    r",\s{0,20}(?:default|default_value|defaultValue|value|initial|fallback)\s{0,4}[:=]\s{0,4}(?=[\"'`])"
)
# A field of what is described below: OpenAPI, CloudFormation, JSON schemas, `{"secret": {"value": "…"}}`.
_DESCRIBED = re.compile(
    r"[\"']?:[ \t]{0,4}(?:\{\s{0,40}|\s{1,40})(?:[\"']?[\w-]{1,30}[\"']?:[^\n{},:]{0,84}[,\n]\s{0,40}){0,6}"
    r"[\"']?(?:default|value|example|const|plaintext|secretvalue)[\"']?:[ \t]{0,4}(?=\S)"
    r"|[\"']:[ \t]{0,4}\{[ \t]{0,4}[\"'](?:default|value|example|const|plaintext)[\"']:[ \t]{0,4}(?=[\"'])",
    re.IGNORECASE,
)
# Typing into a field: Selenium, Playwright, Cypress, Capybara.
_TYPED = re.compile(
    r"[\"'\])]{1,6}(?:\.\w{1,20}\([^()\n]{0,20}\)){0,2}"
    r"(?:\.(?:type|typeText|send_?keys|fill|setValue|set_value|pressSequentially|replaceText|enterText|input|val)\("
    r"|, with: ?)\s{0,10}(?=[\"'`])",
    re.IGNORECASE,
)
# The value's field stands before the name's.
_VALUE_BEFORE = re.compile(
    r"(?:value|content|default|secret_?string|plaintext)[\"'`]{0,2}\s{0,9}[:=]\s{0,9}([\"'])([^\"'\n]{3,200})\1(?:\s{0,9}[,;]|\s{1,9}where\b)?\s{0,40}"
    r"(?:[\"']?[\w-]{1,20}[\"']?\s{0,4}[:=]\s{0,4}[\"']?[\w-]{1,30}[\"']?(?:\s{0,9}[,;]\s{0,40}|\s{1,40})){0,3}"
    r"[\"'`]{0,2}(?:Parameter|Option)?(?:name|key|id|type|var|variable|field|header|setting|label)[\"'`]{0,2}\s{0,9}[:=]\s{0,9}[\"'`]$",
    re.IGNORECASE,
)
# `MOVE "…" TO WS-PASSWORD`.
_MOVED = re.compile(
    r"(?:MOVE|PUT|STORE|SET|move)\s{1,9}([\"'])([^\"'\n]{3,200})\1\s{1,9}(?:TO|INTO|to|into)\s{1,9}$"
)
_FORM_DATA = re.compile(r"\"(?:; [^\n]{0,80})?\n(?:[\w-]{1,40}: [^\n]{0,80}\n)?\n(?=\S)")
_DUMP = re.compile(r"\"\]=>\s{1,20}string\(\d{1,6}\) ")

# The second characters of what may stand behind a name in quotes, and behind one without.
_TYPED_SECOND = frozenset("\"'].),")
_FALLBACK_SECOND = frozenset(" \t)]|?o,")
_FALLBACK_SIGNS = frozenset(" \t|?o")
_BEFORE_FIELD = frozenset(" \t\"'`:=")
_TWO_PART = ((_FORM_DATA, '"'), (_DUMP, '"]'), (_TERRAFORM, '"'))


def find_field(text, start, end, following):
    """The place of a value whose name stands in one field, element or line, itself in another; or None."""
    quoted = following in "\"'"
    second = text[end + 1 : end + 2]
    if quoted and _is_field_of_a_name(text, start):
        # An attribute's value, before the text of the element that it stands in.
        match = _PAIRED.match(text, end)
        if match:
            return Place(match.end(), ":", True, False, True)
        place = _value_before(text, start)
        if place is not None:
            return place
    if following == "<" or (following in "\"' >" and "<" in text[max(0, start - 80) : start]):
        match = _PLIST.match(text, end) or _TAG_END.match(text, end)
        if match and not _is_void(text, start) and not _is_mentioned(text, start):
            return Place(match.end(), ">", True, False, False)
    if following == " " and second in _FALLBACK_SIGNS:
        match = _MEMBER_FALLBACK.match(text, end)
        if match:
            return Place(match.end(), "||", False, True, False)
    if following in ">]":
        match = _TYPED.match(text, end) if following == "]" else None
        return Place(match.end(), "=", False, True, False) if match else None
    if following == '"':
        for pattern, opening in _TWO_PART:
            if not text.startswith(opening, end):
                continue
            match = pattern.match(text, end)
            if match and (pattern is not _FORM_DATA or text.endswith('name="', 0, start)):
                return Place(match.end(), ":", True, False, pattern is _FORM_DATA)
    if not quoted:
        if not _is_field_of_a_name(text, start):
            return None
        match = _PAIRED.match(text, end)
        if match:
            return Place(match.end(), ":", True, False, True)
        return _value_before(text, start)
    return _argument_on(text, end, second)


def _argument_on(text, end, second):
    """The place of a value in a call that names it in quotes."""
    if second in _TYPED_SECOND:
        match = _TYPED.match(text, end)
        if match:
            return Place(match.end(), "=", False, True, False)
    if second == ",":
        match = _DEFAULT.match(text, end)
        if match:
            return Place(match.end(), "=", False, True, False)
    if second in _FALLBACK_SECOND:
        match = _FALLBACK.match(text, end)
        if match:
            return Place(match.end(), ",", False, True, False)
    return None


def _is_void(text, start):
    """In an element that has no text, such as HTML's `<input name="password">`, or in no element at all:
    `<your password here>`."""
    opened = text.rfind("<", max(0, start - 120), start)
    if opened < 0 or text.find(">", opened, start) >= 0:
        return False
    inside = text[opened:start]
    return inside.startswith(("<input", "<meta", "<img", "<link")) or (
        " " in inside and "=" not in inside
    )


def _is_mentioned(text, start):
    """In an attribute that names nothing: `<button aria-label="Show password" data-target="#password">`."""
    return bool(_MENTIONING.search(text[max(0, start - 100) : start]))


def _value_before(text, start):
    """`{"value": "…", "name": "API_TOKEN"}`: the place of the value, which stands before the name."""
    head_start = max(0, start - 300)
    head = text[head_start:start]
    match = _VALUE_BEFORE.search(head)
    if match is None:
        return None
    return Place(head_start + match.start(1), ":", False, True, False)


def find_moved(text, start):
    """`MOVE "…" TO WS-PASSWORD`."""
    head_start = max(0, start - 240)
    match = _MOVED.search(text[head_start:start])
    return Place(head_start + match.start(1), "=", False, True, False) if match else None


def find_described(text, end):
    """`"password": {"type": "string", "example": "…"}`, in YAML on several lines."""
    match = _DESCRIBED.match(text, end)
    return Place(match.end(), ":", True, False, True) if match else None


def _is_field_of_a_name(text, start):
    """`name: DB_PASSWORD`, `"key": "api_token"`: the name is itself a value."""
    if text[start - 1 : start] not in _BEFORE_FIELD:
        return False
    if text[start - 1 : start] == " " and _is_in_label(text, start):
        return True
    before = text[max(0, start - 40) : start].rstrip(" \t\"'`")
    if not before.endswith((":", "=")):
        return False
    return before[:-1].rstrip(" \t\"'`").lower().endswith(_NAME_FIELDS)


def _is_in_label(text, start):
    """`"label": "Your API key"`: words go before the name in the text that a field holds."""
    floor = max(0, start - 80)
    quote = max(text.rfind('"', floor, start), text.rfind("'", floor, start))
    return (
        quote > floor
        and bool(_WORDS_OF_LABEL.match(text, quote + 1, start))
        and bool(_LABEL_FIELD.search(text, floor, quote))
    )
