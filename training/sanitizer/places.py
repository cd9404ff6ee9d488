"""Where the value of a name begins, in the syntaxes of languages, formats and command lines."""

from __future__ import annotations

import re

from .directives import find_after_blanks
from .fields import Place, find_described, find_field, find_moved
from .labels import LABEL_TAIL, TAIL_SECOND, find_answer, find_in_markup
from .line_heads import HEAD_MARKS, head_of, is_line_head
from .unpacking import find_unpacked

_CLOSERS = re.compile(r"[\"'`\])}*_?!]{0,6}")
_ANNOTATION = re.compile(
    r"\??:[ \t]{0,8}&?(?:'static )?[\[A-Za-z_][\w\[\]<>.,|?*&' \t]{0,60}?(?:; ?\d{1,5}\])?"
    r"(?:[ \t]{1,8}:?=(?![=>])[ \t]{0,8}(?=\S)|=(?=[\"'`]))"
    r"| {1,4}(?:As )?(?:string|String|str|text|std::string|&str|\[\]byte|char|interface\{\})\*?"
    r"[ \t]{1,8}=(?!=)[ \t]{0,8}"
    r"|\[\d{0,6}\](?: PROGMEM)?[ \t]{0,8}=[ \t]{0,8}"
    r"| {1,4}[A-Za-z]\w{2,20}(?:\(\d{1,5}(?: \w{1,9})?\))[ \t]{1,4}:?=[ \t]{0,8}"
    r"| ?\{ {0,2}(?=\"|'[^'\n]{3,200}' ?\})| do\s{1,20}(?=[\"'][^\"'\n]{3,200}[\"']\s)"
    r"| [A-Za-z]{3,9} (?:[XA9]\([0-9]{1,4}\)) VALUE (?=[\"'])"
    r"| TYPE \w{1,20}(?:\([0-9]{1,4}\))? VALUE (?=[\"'])"
    r"| \*?string {1,8}`[^`\n]{0,80}?[dD]efault:(?=\")| = [0-9]{1,5} \[default = (?=\")"
)
_SEPARATOR = re.compile(
    r"[ \t]{0,60}(:{1,3}=|=>|->|<-|===?|!==?|=~|\?\?=?|\|\|=?|\?:|\?=|\+=|\.=|:-|::|=|:(?!//)|,|\||\xa4(?=[ \t]))"
    r"[ \t]{0,60}(?:\+(?=[\"']))?"
)
_DEFAULT_FILTER = re.compile(r"d(?:efault)?(?:\(|: ?| )(?=[\"'])")
_NEXT_PAIR_HERE = re.compile(r"[A-Za-z_][\w.-]{0,40}=")
_VALUE_AND_QUOTE = re.compile(r"([\"'`])[A-Za-z0-9][^\s\"'`]{2,200}\1")
_NEXT_LINE = re.compile(r"[ \t]{0,8}\n(?:[ \t]{0,40}\n)?[ \t>+|-]{0,40}(?=\S)")
_BLOCK = re.compile(r"[|>][+-]?\d?[ \t]{0,8}\n\+?[ \t]{1,40}(?=\S)")
_YAML_TAG = re.compile(
    r"(?:!!?(?!vault|Ref|Sub|ENV|env|secret)[\w/.]{1,40}|&[\w-]{1,40})[ \t]{1,8}(?=\S)"
)
_CALL = re.compile(
    r"(?:\(\)\)?\.(?:thenReturn|willReturn|returns?|mockReturnValue))?"
    r"\(\s{0,20}(?:Encoding\.\w{1,10}\.GetBytes\()?(?=[bru@]?[\"'`])"
)
_BLANKS = re.compile(r"[ \t]{1,60}(?:[0-9] )?")
_MARKS_OF_STRESS = ("**", "__", "* ", "_ ")
_BLOCK_OPENERS = frozenset("|>!&")
_QUOTES = ('"', "'", "`")
_ALONE_AFTER = re.compile(r"[^\s\"'`,;(){}]{5,400}[ \t]*(?:[\r\n]|$)")
_CODE_HINT = re.compile(r"[;{}()]")
_CODE_ENDS = frozenset(";,{(")
_NOTE_OPENERS = frozenset(":? [")
_MARKUP_OPENERS = frozenset(": <")
_LINE_ENDERS = frozenset("\n\"'}]) ")
_CLOSING = frozenset("\"'`])}*_?!")
_SIGN_OPENERS = frozenset(" \t:=<-!?|+.,\xa4")
_SPECIAL_FOLLOWERS = frozenset("<>\"'`] \n\r\t")
# What may stand behind a name that has a value: a closing mark, a blank, or the beginning of a sign.
_FOLLOWERS = frozenset("\"'`])}*_?! \t\n\r=:-<>|+,({[~.")


def find_place(text, start, end):
    """The place of the value that belongs to the name at [start, end), or None."""
    following = text[end : end + 1]
    if text[start - 1 : start] in (" ", "-") and text.find("T", max(0, start - 16), start) >= 0:
        moved = find_moved(text, start)
        if moved is not None:
            return moved
    if following not in _FOLLOWERS:
        return None
    if (
        (following == "}" or text.startswith((" }", "  }"), end)) and _is_interpolated(text, start)
    ) or (following == ">" and _stands_for_a_value(text, start, end)):
        return None
    closed = end
    if following in _SPECIAL_FOLLOWERS:
        special = find_field(text, start, end, following)
        if special is not None:
            return special
    if following in _CLOSING:
        closed = _CLOSERS.match(text, end).end()
    opener = text[closed : closed + 1]
    if opener == " " and text[closed + 1 : closed + 2] in TAIL_SECOND:
        tail = LABEL_TAIL.match(text, closed)
        if tail:
            closed = _CLOSERS.match(text, tail.end()).end()
            opener = text[closed : closed + 1]
    if (opener in _NOTE_OPENERS and _is_annotated(text, opener, closed)) or (
        opener in "{ " and text.startswith(("{", " {", " do"), closed)
    ):
        note = _ANNOTATION.match(text, closed)
        if note:
            return _place(text, head_of(text, start), note.end(), "=")
    if opener in _MARKUP_OPENERS and "<" in text[closed : closed + 4]:
        inside = find_in_markup(text, closed)
        if (
            text[start:end].lower() in ("pass", "passes")
            and ":" not in text[closed : inside or closed]
        ):
            # A verb: "pass <code>…</code> to it".
            inside = None
        if inside is not None:
            return Place(inside, ">", True, False, False)
    separator = None
    if opener in _SIGN_OPENERS:
        separator = _SEPARATOR.match(text, closed)
    if separator:
        return _after_separator(text, start, end, closed, separator)
    if opener == "(":
        call = _CALL.match(text, closed)
        return Place(call.end(), "(", False, True, False) if call else None
    blanks = _BLANKS.match(text, closed) if opener in " \t" else None
    if blanks and not text.startswith("\n", blanks.end()):
        return find_after_blanks(text, start, end, blanks.end())
    if following in _LINE_ENDERS and text.find("\n", end, end + 16) >= 0:
        head = head_of(text, start)
        answer = find_answer(text, head, end)
        if answer is not None:
            return Place(answer, "\n", False, False, True)
        if following in "\n " and text[start:end] != "pass" and is_line_head(head):
            line = _NEXT_LINE.match(text, closed)
            return Place(line.end(), "\n", False, False, True) if line else None
    return None


def _is_annotated(text, opener, closed):
    """Whether an annotation may stand there: all but a block's end with a sign on the same line."""
    if opener == " " and text.startswith("=", closed + 1):
        # A number in a message's definition; else it is an assignment.
        return text[closed + 3 : closed + 4].isdigit()
    limit = text.find("\n", closed, closed + 90)
    if limit < 0:
        limit = closed + 90
    return (
        text.find("=", closed, limit) >= 0
        or text.find("`", closed, limit) >= 0
        or text.find("VALUE", closed, limit) >= 0
    )


def _is_interpolated(text, start):
    """`${NAME}`, `{{ name }}`, `#{name}`: what stands behind is no value of the name's."""
    opened = text.rfind("{", max(0, start - 60), start)
    if opened < 0 or text.find("}", opened, start) >= 0 or text.find("\n", opened, start) >= 0:
        return False
    return not (text[opened - 1 : opened].isalpha() or text[opened - 1 : opened] == ">")


def _stands_for_a_value(text, start, end):
    """`--token=<your-token> --port 80`: an element begins its line, or is closed."""
    opened = text.rfind("<", max(0, start - 30), start)
    if opened < 0 or text.find("</", end, end + 300) >= 0:
        return False
    return not is_line_head(head_of(text, opened)) and text[opened - 1] != ">"


def _after_separator(text, start, end, closed, separator):
    sign = separator.group(1)
    after = separator.end()
    head = head_of(text, start)
    if sign in "|\xa4":
        return _after_bar(text, start, after, head, sign)
    if sign == ":" and text.startswith("?", after):
        # `${NAME:?missing}`: a message.
        return None
    if (
        sign == "="
        and text[after - 1] in " \t"
        and text[closed] == "="
        and _NEXT_PAIR_HERE.match(text, after)
    ):
        # `password= user=bob`: nothing is given.
        return None
    if text.startswith("\\\n", after):
        after = _skip(text, after + 2)
    if sign == "," or (sign in ("=", ":=") and head.endswith((",", ", "))):
        unpacked = find_unpacked(text, end, head, sign, after)
        if unpacked is not None:
            return Place(unpacked, "=", False, True, False)
    if sign == ",":
        if text.startswith("{", start - 1) and text[after : after + 1] in ("<", '"'):
            # A tuple of Erlang or Elixir.
            return Place(after, "=", False, True, False)
        if is_line_head(head) and _ALONE_AFTER.match(text, after):
            return Place(after, sign, False, False, False)
        # A list of names, unless name and value are a call's two arguments.
        if text[end : end + 1] not in ("'", '"') or text[after : after + 1] not in ("'", '"', "`"):
            return None
        if not _opens_call(text, start):
            return None
        return Place(after, sign, False, True, False)
    quote = text[after : after + 1]
    if (
        quote in _QUOTES
        and not text.startswith("'\"'\"'", after)
        and text[end : end + 1] not in _QUOTES
        and closes_text(text, head, after)
    ):
        return None
    if sign in (":", "=", "=>", ":="):
        while text[after : after + 2] in _MARKS_OF_STRESS:
            after = _skip(text, after + 2)
        if text[after : after + 1] in _BLOCK_OPENERS:
            for pattern in (_BLOCK, _YAML_TAG):
                match = pattern.match(text, after)
                if match:
                    after = match.end()
        if sign == ":" and text[after : after + 1] in ("\n", "{"):
            described = find_described(text, end)
            if described is not None:
                return described
        if text[after : after + 1] == "\n":
            line = _NEXT_LINE.match(text, after)
            if line is None or text.startswith("-", line.end() - 1):
                return None
            if sign == "=" and text[line.end()] in _QUOTES:
                # As formatters break a long assignment.
                return _place(text, head, line.end(), sign)
            if sign != ":" or _CODE_HINT.search(head):
                return None
            return Place(line.end(), "\n", False, False, True)
    return _place(text, head, after, sign)


def _after_bar(text, start, after, head, sign):
    """A table's next cell, or a default that a template's filter gives."""
    default = _DEFAULT_FILTER.match(text, after)
    if default:
        return Place(default.end(), "=", False, True, False)
    bare = head.strip(HEAD_MARKS)
    if (
        text[start - 1 : start] in ("'", '"')
        and text[after : after + 1] in ("'", '"')
        and bare[:1] != "|"
    ):
        # 'text' | 'password' | 'email': what a type allows.
        return None
    if sign == "\xa4" and bare[:1] != sign:
        # An arrow, not the side of a cell.
        return None
    if bare and not (bare[0] in "|\xa4" or (bare[-1] == "|" and bare[-2:] != "||")):
        return None
    return _place(text, head, after, "|")


def closes_text(text, head, quote):
    """Whether the quote at `quote` closes the string that holds the name: in `"Password: "` it does.

    An odd number of quotes before the name says so, unless a value and its own quote follow: within a string
    of JSON all quotes of a program's line are escaped ones, and the string's own quote is one too many.
    """
    return head.count(text[quote]) % 2 == 1 and not _VALUE_AND_QUOTE.match(text, quote)


def _place(text, head, begin, sign):
    marks_only = not head.strip(HEAD_MARKS)
    alone = marks_only or is_line_head(head)
    tight = begin > 0 and text[begin - 1] in "=:"
    is_code = not marks_only and bool(_CODE_HINT.search(head))
    is_code = is_code or _last_on_line(text, begin) in _CODE_ENDS
    pair = head[-1:] in ("?", "&", ";") or (head.endswith(" ") and tight and not is_code)
    takes_words = (
        sign in ("=", ":", "=>", ":=")
        and not is_code
        and ((alone and (sign == ":" or tight)) or (pair and tight))
    )
    if pair and tight and sign == "=":
        takes_words = True
    return Place(begin, sign, takes_words, is_code and not pair, alone and sign in ("=", ":", ":="))


def _last_on_line(text, begin):
    """The last visible character of the line, as far as 300 characters on."""
    limit = begin + 300
    end = text.find("\n", begin, limit)
    if end < 0:
        end = min(len(text), limit)
    while end > begin and text[end - 1] in " \t\r":
        end -= 1
    return text[end - 1] if end > begin else ""


def _skip(text, position):
    match = _BLANKS.match(text, position)
    return match.end() if match else position


def _opens_call(text, start):
    before = text[max(0, start - 3) : start].rstrip("\"'`@bru ")
    return before.endswith(("(", "[", "{"))
