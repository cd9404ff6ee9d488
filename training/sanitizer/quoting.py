"""Reading a value: to its closing quote, or as far as its place lets a bare value reach."""

from __future__ import annotations

import re

_QUOTE = re.compile(r"(?:[bfruBFRUN@$L]{1,2}#{0,2}(?=[\"']))?(\"\"\"|'''|[\"'`])")
_TO_QUOTE = {
    '"': re.compile(r"[^\"\\\n]*(?:\\.[^\"\\\n]*)*"),
    "'": re.compile(r"[^'\\\n]*(?:(?:\\.|'')[^'\\\n]*)*"),
    "`": re.compile(r"[^`\\\n]*(?:\\.[^`\\\n]*)*"),
}
# A literal `\n` or `\"` ends a bare value: it stands in a string of a program.
_AMPERSAND = r"&(?![A-Za-z_][\w.\[\]-]{0,40}=|&|amp;|quot;|[lg]t;|nbsp;|[lr][sd]quo;|#x?[0-9a-fA-F]{2,5};|\s|$)"
_BARE = re.compile(r"(?:[^\s\"'`,;&<>(){}\[\]|\\]|\\(?![nrt\"'`\\])|" + _AMPERSAND + ")+")
_BARE_TIGHT = re.compile(r"(?:[^\s\"'`;&<>|\\]|\\(?![nrt\"'`\\])|" + _AMPERSAND + ")+")
_TO_LINE_END = re.compile(
    r"(?:[^\s\"'`&\\]|\\(?![nrt\"'`\\])|" + _AMPERSAND + r")+(?=[ \t]*(?:[\n\r]|$)|[ \t]+#)"
)
# What nine of ten bare values are: nothing else to the line's end, and no sign that needs a thought.
_PLAIN = re.compile(
    r"(?!base64:|pass:)[A-Za-z0-9_][A-Za-z0-9_.+/=@%^*~!#-]*[A-Za-z0-9_+/=@%^*~!#-](?=[ \t]*(?:[\r\n]|$))"
)
_WRAPPER = re.compile(
    r"\[\](?:byte|rune|string)[({]\s{0,10}(?=[\"'`])"
    r"|[\[({]?[ \t]{0,4}(?:(?:new |await |&|\*)?[\w.:$]{1,60}[!]?(?:<[\w<>, ]{1,40}>)?\(\s{0,10}){1,3}"
    r"(?:(?:default(?:_value)?|value|initial|fallback)\s{0,4}[=:]\s{0,4})?[bruN@]?(?=[\"'`])"
    r"|<<\s{0,4}(?=\")|<[A-Za-z\[\]]{1,20}>(?=[\"'`])|%[qQ][({\[|/!](?=[^\s(){}\[\]|/!]{3,}[)}\]|/!])|\bqq?[({|/!](?=[^\s(){}|/!]{3,}[)}|/!])"
    r"|[\[({]{1,2}\s{0,10}[bru@]?(?=[\"'`])"
    r"|(?:\$\(|`)\s{0,4}(?:echo|printf)(?: -\w+)?\s{1,4}(?:'%s'\s{1,4}|\"%s\"\s{1,4})?"
)
_IS_NONE = re.compile(r"\s{0,4}(?::|=>|,\s{0,9}[\"'][^\"'\n]{0,99}[\"']\s{0,4},)")
_TO_TAG = re.compile(r"[^<\n\]]*(?:\](?!\]>)[^<\n\]]*)*")
_TAGS = ("base64:", "pass:")
# `;User=`, `,user:`: the next pair of a list.
_NEXT_PAIR = re.compile(r"[;,][ \t]?-{0,2}[A-Za-z][\w .-]{0,40}[=:]")
_QUERY_MARK = re.compile(r"#|(?<==),|(?<=%3D),", re.IGNORECASE)
_QUERY_NAME = re.compile(r"[?&][\w.\[\]%-]{1,80}=$")
_IN_QUERY = re.compile(r"://[^\s\"'<>]{1,580}$")
_QUOTE_OPENERS = frozenset("\"'`@$")
_QUOTE_PREFIXES = frozenset("bfruBFRUNL")
# What stands behind the parenthesis of a call that is given no text.
_NO_ARGUMENT = frozenset(")[]{};,=+/")
# A value is judged by its beginning; `read_value` reads on only for one that was accepted.
JUDGED_VALUE = 200
MAX_VALUE = 65_536
# Calls of which the argument says where the value is.
_READERS = re.compile(
    r"(?:(?<![a-z])(?:input|prompt|ask|getpass|environ|getenv|config|param|args|field|column|label|t|_|gettext|translate|require|import|open|select|querySelector|ById|ByName|log|print|println|f|format|File|Path|path|url|join)"
    r"|(?<![A-Za-z0-9])(?:get|read|load|fetch|find|lookup|query|retrieve|resolve|decrypt|parse|hash|sha|md)\w{0,40}"
    r"|(?:get|read|load|fetch|find|lookup|query|retrieve|resolve|decrypt)_\w{1,40}|[a-z](?:Get|Read|Load|Fetch|Find|Lookup)\w{0,40}"
    r"|(?<![A-Za-z0-9])(?:with|add|has|is|for)_\w{1,40})\W*$",
    re.IGNORECASE,
)


def read_value(text, place, most=JUDGED_VALUE):
    """(begin, end, quoted) of the value at a place, of `most` characters at most, or None."""
    begin = place.begin
    if place.sign == ">":
        return _element(text, begin, most)
    if text.startswith("'\"'\"'", begin) or text.startswith("'\\''", begin):
        return _shell_quoted(text, begin, most)
    first = text[begin : begin + 1]
    is_word = first.isalnum() or first == "_"
    plain = _PLAIN.match(text, begin, begin + most) if is_word else None
    if plain and plain.end() - begin < most:
        return begin, _query_end(text, begin, plain.end()), False
    quote = None
    if first in _QUOTE_OPENERS or (is_word and first in _QUOTE_PREFIXES):
        quote = _QUOTE.match(text, begin)
    if quote and not (quote.group(1) == "`" and text.startswith("`echo", begin)):
        return _quoted(text, quote.group(1), quote.end(), most)
    wrapper = None
    if not is_word or _opens_later(text, first, begin):
        wrapper = _WRAPPER.match(text, begin)
    if wrapper and wrapper.end() > begin:
        if _READERS.search(text[begin : wrapper.end()].rstrip("\"'`bru@( ")):
            return None
        quote = _QUOTE.match(text, wrapper.end())
        if quote:
            value = _quoted(text, quote.group(1), quote.end(), most)
            # In `{"a": …}` it is a name, in `Credentials("realm", "bob", …)` the first of many.
            return None if value and _IS_NONE.match(text, value[1] + 1) else value
        begin = wrapper.end()
        bare = _BARE.match(text, begin, begin + most)
        return (begin, bare.end(), False) if bare else None
    for tag in _TAGS:
        if text.startswith(tag, begin):
            begin += len(tag)
            break
    return _bare(text, begin, place, most)


def _opens_later(text, first, begin):
    """Whether the word at `begin` may be what wraps a quoted value: a call, or Perl's `q{…}`."""
    opening = text.find("(", begin, begin + 260)
    if opening >= 0 and text[opening + 1 : opening + 2] not in _NO_ARGUMENT:
        return True
    return first == "q"


def _shell_quoted(text, begin, most):
    """`'"'"'…'"'"'`: a quote inside a quoted text of the shell."""
    mark = "'\"'\"'" if text[begin + 1] == '"' else "'\\''"
    stop = text.find(mark, begin + len(mark), begin + len(mark) + most)
    return (begin + len(mark), stop, True) if stop > begin + len(mark) else None


def _element(text, begin, most):
    """The text of an XML or HTML element."""
    stop = _TO_TAG.match(text, begin, begin + most).end()
    while stop > begin and text[stop - 1] in " \t\r\n]":
        stop -= 1
    closed = stop >= min(len(text), begin + most) or text[stop] in "<]\n"
    if stop <= begin or text[begin] in "\"'`@(" or not closed or text[stop - 1] in ";,{(":
        return None
    return begin, stop, True


def _quoted(text, mark, inside, most):
    if len(mark) == 3:
        stop = text.find(mark, inside, inside + most)
        stop = stop if stop >= 0 else min(len(text), inside + most)
    else:
        stop = _TO_QUOTE[mark].match(text, inside, inside + most).end()
    while inside < stop and text[stop - 1] in "\\\n\r":
        stop -= 1
    if len(mark) == 3:
        # A text of several lines may hold nothing but the value.
        while inside < stop and text[inside] in " \t\n\r":
            inside += 1
        while inside < stop and text[stop - 1] in " \t":
            stop -= 1
    elif stop - inside > 4 and text[inside] in "\"'`" and text[inside] == text[stop - 1]:
        # `'"…"'`: quotes within quotes.
        return inside + 1, stop - 1, True
    return (inside, stop, True) if stop > inside else None


def _bare(text, begin, place, most):
    limit = begin + most
    match = None
    if place.whole_line and place.takes_words:
        match = _TO_LINE_END.match(text, begin, limit)
    if match is None and place.sign == "=" and place.takes_words and not place.is_code:
        match = _BARE_TIGHT.match(text, begin, limit)
        if match and match.group()[0] in "({[":
            return None
    if match is None:
        match = _BARE.match(text, begin, limit)
    if match is None:
        return None
    stop = match.end()
    if text.find(",", begin, stop) >= 0 or text.find(";", begin, stop) >= 0:
        following = _NEXT_PAIR.search(text, begin, stop)
        if following:
            stop = following.start()
    stop = _query_end(text, begin, stop)
    while stop > begin and text[stop - 1] in ",;.:":
        stop -= 1
    stop = _before_unopened(text, begin, stop)
    return (begin, stop, False) if stop > begin else None


def _query_end(text, begin, stop):
    """In a URL's query a value ends at the fragment, and a list of URLs goes on at a comma."""
    if text.find("#", begin, stop) < 0 and text.find(",", begin, stop) < 0:
        return stop
    mark = _QUERY_MARK.search(text, begin, stop)
    if mark is None or not _QUERY_NAME.search(text, max(0, begin - 82), begin):
        return stop
    if text[mark.start()] == "#" and not _IN_QUERY.search(text, max(0, begin - 600), begin):
        return stop
    return mark.start()


def _before_unopened(text, begin, stop):
    """Closing brackets that were opened before the value are not the value's."""
    for opening, closing in ("()", "[]", "{}"):
        first = text.find(closing, begin, stop)
        if first >= 0 and text.find(opening, begin, first) < 0:
            stop = first
    while stop > begin and text[stop - 1] in ",;":
        stop -= 1
    return stop
