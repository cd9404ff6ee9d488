"""Values beside a name that promises a secret, in every syntax that people paste.

A scanner, not one expression: find a stem, widen it to the identifier, judge the name, read a
separator, read the value as its quotes or its place say, judge the value.
"""

from __future__ import annotations

import re

from .engine import compile_rule
from .names import MEDIUM, NONE, STEMS, STRONG, judge_name
from .values import is_code, is_machine_made, is_path, is_placeholder, is_random_enough

_STEM = compile_rule("(?:" + STEMS + ")", ignore_case=True)
_WIDEN_RIGHT = re.compile(r"[A-Za-z0-9_\x80-\xff]*(?:[-.][A-Za-z0-9_\x80-\xff]+)*", re.ASCII)
_WIDEN_LEFT = re.compile(r"[A-Za-z0-9_\x80-\xff]*(?:[-.$][A-Za-z0-9_\x80-\xff]+)*", re.ASCII)
_MAX_NAME = 80
_MAX_VALUE = 8192

_CLOSERS = re.compile(r"[\"'`\])}*_?!]{0,5}")
_ANNOTATION = re.compile(
    r" ?\([^()\n]{1,40}\)(?=\s{0,4}[:=])|:[ \t]{0,4}[\w\[\]<>.,|?*&' ]{1,50}?[ \t]{0,8}=(?![=>])"
)
_SEPARATOR = re.compile(
    r"[ \t]{0,40}(?::=|=>|->|<-|===?|!==?|\?\?=?|\|\||\?=|\+=|:-|::|=|:(?!/)|,|\|)[ \t]{0,40}"
)
_NEXT_LINE = re.compile(r"\n[ \t]{0,40}(?=\S)")
_XML = re.compile(r"(?: [^<>\n]{0,200})?>\s{0,20}(?:<!\[CDATA\[)?")
_PAIRED = re.compile(
    r"[\"'`]{0,3}\s{0,20}[,;]?\s{0,40}[\"'`]{0,3}(?:value|content|default|defaultvalue)[\"'`]{0,3}\s{0,10}[:=]\s{0,10}",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"[ \t]{1,40}")
_DIRECTIVE_BEFORE = re.compile(
    r"(?:^|[\s;{\"'(])(?:ENV|ARG|export|set|setx|setenv|SetEnv|login \S{1,80}|identified by|"
    r"with|-{1,2}|requirepass|masterauth|user|encrypted)[ \t]*$",
    re.IGNORECASE,
)
_QUOTE = re.compile(r"[bfrulBFRUL@$]{0,2}(\"\"\"|'''|[\"'`])")
_ENDS = {
    '"': re.compile(r"(?:[^\"\\\n]|\\.)*"),
    "'": re.compile(r"(?:[^'\\\n]|\\.)*"),
    "`": re.compile(r"(?:[^`\\\n]|\\.)*"),
}
_BARE = re.compile(r"[^\s\"'`,;&<>(){}\[\]|\\]+")
_BARE_LINE = re.compile(r"[^\s\"'`\\&][^\s\"'`\\&]*(?=[ \t]*(?:$|\n|#))")
_WRAPPED = re.compile(r"[\w.:$ ]{0,60}\([\w.:$ ]{0,40}\(?\s{0,10}[bru]?([\"'])")


def find_keyed_values(view, found, clock):
    """Add each value that stands beside a telling name."""
    text = view.text
    done = 0
    for match in _STEM.finditer(view.subject):
        if match.start() < done:
            continue
        clock.check()
        start, end = _widen(text, match.start(), match.end())
        done = end
        strength, kind = judge_name(text[start:end])
        if strength == NONE:
            continue
        for begin, quoted in _value_places(text, start, end):
            span = _value(text, begin, start, quoted)
            if span is None:
                continue
            if _is_secret_value(text, strength, start, span, quoted):
                found.append((kind, span[0], span[1]))
                done = max(done, span[1])
            break


def _widen(text, start, end):
    before = text[max(0, start - _MAX_NAME) : start][::-1]
    start -= _WIDEN_LEFT.match(before).end()
    end = _WIDEN_RIGHT.match(text, end, end + _MAX_NAME).end()
    while start < end and text[start] in "-.$":
        start += 1
    return start, end


def _value_places(text, start, end):
    """Where the value may begin: at most one place, and how it was reached."""
    position = _CLOSERS.match(text, end).end()
    note = _ANNOTATION.match(text, position)
    if note and note.group()[-1] == ")":
        position = note.end()
    elif note:
        yield _skip_blanks(text, note.end()), "="
        return
    paired = _PAIRED.match(text, end)
    if paired:
        yield paired.end(), "="
        return
    xml = _XML.match(text, end)
    if xml and text[max(0, start - 1) : start] in ("<", ":"):
        yield xml.end(), ">"
        return
    separator = _SEPARATOR.match(text, position)
    if separator:
        sign = separator.group().strip()
        if sign == "," and text[end : end + 1] not in ("'", '"'):
            return
        after = separator.end()
        line = _NEXT_LINE.match(text, after)
        if line and sign in (":", "=", "=>", ":="):
            after = line.end()
        yield after, sign
        return
    blanks = _BLANKS.match(text, position)
    if blanks:
        before = text[max(0, start - 100) : start]
        opens_quote = text[blanks.end() : blanks.end() + 1] in ("'", '"')
        if opens_quote or before.endswith("-") or _DIRECTIVE_BEFORE.search(before):
            yield blanks.end(), " "


def _skip_blanks(text, position):
    match = _BLANKS.match(text, position)
    return match.end() if match else position


def _value(text, begin, start, sign):
    """The value's span without its quotes, or None."""
    quote = _QUOTE.match(text, begin)
    if quote:
        mark = quote.group(1)
        inside = quote.end()
        if len(mark) == 3:
            stop = text.find(mark, inside, inside + _MAX_VALUE)
            return (inside, stop) if stop > inside else None
        stop = _ENDS[mark].match(text, inside, inside + _MAX_VALUE).end()
        return (inside, stop) if stop > inside else None
    wrapped = _WRAPPED.match(text, begin)
    if wrapped:
        inside = wrapped.end()
        stop = _ENDS[wrapped.group(1)].match(text, inside, inside + _MAX_VALUE).end()
        if stop > inside and is_machine_made(text[inside:stop]):
            return inside, stop
        return None
    line = _BARE_LINE.match(text, begin, begin + _MAX_VALUE)
    if line and _starts_line(text, start) and sign in ("=", ":", ":="):
        stop = line.end()
    else:
        bare = _BARE.match(text, begin, begin + _MAX_VALUE)
        if not bare:
            return None
        stop = bare.end()
    while stop > begin and text[stop - 1] in ",;.:)":
        stop -= 1
    return (begin, stop) if stop > begin else None


def _starts_line(text, start):
    head = text[text.rfind("\n", 0, start) + 1 : start][-40:].strip(" \t+->*#\"'")
    return not head or head in ("export", "set", "ENV", "ARG", "$", "SET")


def _is_secret_value(text, strength, start, span, sign):
    begin, end = span
    value = text[begin:end]
    if is_placeholder(value):
        return False
    quoted = begin > 0 and text[begin - 1] in "\"'`"
    if strength == STRONG:
        if quoted:
            return _is_weak_secret(value)
        return not is_code(value, text[end : end + 2], sign) and _is_weak_secret(value)
    if is_path(value) and not is_machine_made(value):
        return False
    if strength == MEDIUM:
        return (quoted or not is_code(value, text[end : end + 2], sign)) and is_random_enough(value)
    return is_machine_made(value) and len(value) >= 16


def _is_weak_secret(value):
    if len(value) < 3 or (" " in value and len(value.split()) > 6):
        return False
    return not is_path(value) or is_machine_made(value)


def judge_pair(name, value):
    """The kind of secret that `value` is beside a JSON key called `name`, or None."""
    strength, kind = judge_name(name)
    if strength == NONE or not value or is_placeholder(value):
        return None
    if strength == STRONG:
        accepted = _is_weak_secret(value)
    elif strength == MEDIUM:
        accepted = is_random_enough(value)
    else:
        accepted = is_machine_made(value) and len(value) >= 16
    return kind if accepted else None
