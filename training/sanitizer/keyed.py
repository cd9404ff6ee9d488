"""Values beside a name that promises a secret, in every syntax that people paste.

A scanner, not one expression: find a stem, widen it to the identifier, judge the name, find the
place of the value, read it as its quotes or its place say, judge it.
"""

from __future__ import annotations

import re

from .acceptance import is_accepted, is_no_value_of, is_secret_number, is_secret_value
from .engine import compile_names
from .expressions import find_later, find_returned
from .foreign import MARKS_OF_NAMES
from .groups import find_in_group, is_group_name
from .line_heads import head_of
from .names import NONE, STEMS, WEAK, judge_name
from .no_values import is_no_place_for
from .places import closes_text, find_place
from .prefixes import without_marks
from .prose import TOLD_NAMES, find_before, find_in_prose
from .quoting import JUDGED_VALUE, MAX_VALUE, read_value
from .stand_ins import HIDDEN
from .values import is_placeholder

_NAMES = compile_names(STEMS)
# What nine of ten names have beside them: a sign and a quoted value, or one that is hidden already.
_QUICK = re.compile(
    r"(?:[\"'`]\]?)?[ \t]{0,20}(?:=>|:=|[:=])[ \t]{0,20}"
    r"(?:\"([^\"\\\n\x81]{1,200})\"(?!\")|'([^'\\\n\x81]{1,200})'(?!'))"
)
_HIDDEN_BESIDE = re.compile(r"[^A-Za-z0-9\n]{0,16}\x81")
# Names of a user and a password in one value.
_USER_TOO = (
    "cred", "creds", "credential", "credentials", "login", "logins", "userpwd", "user_pwd", "userpw",
    "user_pw", "userpass", "user_pass", "auth", "user", "account", "accounts", "user_file",
)  # fmt: skip
_USER_SLASH = frozenset(("user/", "User/", "name/", "ogin/", "mail/", "USER/"))
_USER = re.compile(r"[\w.@+\\-]{1,60}(?::(?!//)|(?<!/)/)(?=[^/]{3,}$)(?:\{[A-Z0-9-]{3,12}\})?")
# A number of a program, bytes, a flag of a command, the scope of a signature (AWS4).
_NO_VALUE = re.compile(
    r"0x[0-9a-fA-F]{1,16}[uUlL]{0,3}$|[\w.-]{1,40}:[x*!]{0,2}:[0-9]{1,7}:"
    r"|\w{1,40}/[0-9]{8}/|\\[xsSdDwW][*+?{]?|-{1,2}[a-z][a-z0-9]*(?:[ =_-]|$)"
)
_NAME_INSIDE = re.compile(r"[?&]?([A-Za-z_][\w-]{0,40})=(?!=|[\s\"'&;,]|$)")
# The next of a list, or what the value is changed to.
_NEXT_ITEM = re.compile(
    r"[\"'`]\s{0,4}(->|,)\s{0,60}[bru@]?([\"'`])([^\"'`\n]{3,200})\2(?!\s{0,4}[:=])"
)
_MOST_ITEMS = 50
_SPACED = frozenset(("key", "Key", "KEY", "keys", "Keys"))
_LAST_WORD = re.compile(r"(?<![A-Za-z])([A-Za-z]{2,15}) \Z")
_VERBS = re.compile(r"(?:get|fetch|load|read|find)_?(?=[A-Z_]|[a-z]{4})")
_MAX_NAME = 80
# Code or a sentence in which no value can follow: nothing quoted stands on the rest of the line.
_ENDERS = frozenset(",);].-")
_QUICK_FOLLOWERS = frozenset("\"'` \t:=")
_GROUP_FOLLOWERS = frozenset("\"'] \t:=")
_QUICK_AFTER_BLANK = frozenset(" \t:=")
_LINE_END = r"[^\n\"'`=:{<\x80-\xff]{0,300}(?:\n|$)"
_LINE_WITHOUT_VALUE = re.compile(
    r",(?=\s)(?! ?\S+[ \t]*(?:\n|$))[^\n\"'`<0-9\x80-\xff]{0,300}(?:\n|$)"
    r"|[)\]](?![\"'`\])}*_]{0,4}[ \t]?[:=])[^\n\"'`<0-9\x80-\xff]{0,300}(?:\n|$)"
    r"|;" + _LINE_END + r"|(?:\.|->)[A-Za-z_]" + _LINE_END
)
_WORDS_FOLLOW = re.compile(r" (?!(?:for|of|to|on|is|by|as) )[a-z]{2,14},? [a-z]{2,14}[ ,.;)\n]")
_OVER = re.compile("(?<=[!-~])[\xa4\xff]")


def find_keyed_values(view, found, clock):
    """Add each value that stands beside a telling name."""
    text = view.text
    some_hidden = HIDDEN in text
    done = 0
    for start, end in _NAMES(view.subject):
        if start < done:
            if end <= done:
                continue
            start = done
        if text[start] == "D" and text[start - 1 : start] == "-":
            # `-DAPI_KEY=…`: a definition for a compiler, `cmake` or Java.
            start += 1
        name = text[start if end - start <= _MAX_NAME else end - _MAX_NAME : end]
        strength, kind = judge_name(name)
        if strength == NONE:
            if name.lower() in TOLD_NAMES:
                find_in_prose(text, start, end, strength, "PASSWORD", found)
            continue
        before = text[start - 1 : start]
        if strength == WEAK and before == " " and name in _SPACED:
            strength, kind = _with_word_before(text, start, kind)
        if (before == "/" and text.startswith("//", start - 2)) or (
            before == ":" and text.startswith("did:", start - 4)
        ):
            # A URL's user: `https://x-access-token:…@host` has its own rule; `did:key:…` is public.
            continue
        if some_hidden and _HIDDEN_BESIDE.match(text, end):
            # Its secret is out already.
            continue
        clock.check()
        follower = text[end : end + 1]
        if follower in _ENDERS:
            if _LINE_WITHOUT_VALUE.match(text, end):
                # A sentence may have told one before.
                find_before(text, start, strength, kind, found)
                continue
        elif (
            follower == " "
            and "a" <= text[end + 1 : end + 2] <= "z"
            and _WORDS_FOLLOW.match(text, end)
            and before not in ("-", "/")
        ):
            find_in_prose(text, start, end, strength, kind, found)
            continue
        if strength > WEAK and follower in _GROUP_FOLLOWERS and is_group_name(name):
            find_in_group(text, start, end, strength, kind, found)
        group = 0
        if follower in _QUICK_FOLLOWERS and (
            follower != " " or text[end + 1 : end + 2] in _QUICK_AFTER_BLANK
        ):
            quick = _QUICK.match(text, end)
            group = quick.lastindex if quick else 0
        if group and name != "PASS" and _opens(text, start, end, quick, group):
            begin, stop = quick.span(group)
            begin = _after_user(text, start, end, begin, stop)
            if text[begin] in "\"'" and text[begin] == text[stop - 1] and stop - begin > 4:
                begin, stop = begin + 1, stop - 1
            value = text[begin:stop]
            if is_secret_value(value, strength) and not is_no_value_of(name, value):
                found.append((kind, begin, stop))
                done = stop
                if text.startswith(" ->", stop + 1):
                    done = _others(text, end, stop, strength, kind, found)
                continue
        done = max(done, _keyed_value(text, start, end, strength, kind, found))


def _with_word_before(text, start, kind):
    """`Secret key`, `API Key`: as people write what programs write in one word."""
    word = _LAST_WORD.search(text, max(0, start - 20), start)
    told = judge_name(word.group(1) + "_key") if word else (WEAK, kind)
    return told if told[0] > WEAK else (WEAK, kind)


def _opens(text, start, end, quick, group):
    """Whether the quote after the sign opens a value: in `"Password: "` it closes the text."""
    if text[end] in "\"'`":
        return True
    return not closes_text(text, head_of(text, start), quick.start(group) - 1)


def _keyed_value(text, start, end, strength, kind, found):
    """The value beside a name in any syntax, or told by a sentence. Returns where it ends."""
    place = find_place(text, start, end)
    if place is None:
        return _without_place(text, start, end, strength, kind, found)
    if text.startswith(":", start - 1) and text.rfind("arn:", max(0, start - 120), start) >= 0:
        # A part of Amazon's name of a secret.
        return end
    if text[place.begin : place.begin + 1] in MARKS_OF_NAMES:
        # The next name.
        return end
    begin = place.begin
    inner = text.find("=", begin, begin + 44) >= 0 and _NAME_INSIDE.match(text, begin)
    if inner and (
        judge_name(inner.group(1))[0] != NONE or (strength == WEAK and place.sign == ":")
    ):
        # `secret=password=…`: the name inside has its own value; `code: output=…` has none.
        return end
    if place.sign == "\n":
        below = _on_marked_lines(text, start, end, strength)
        if below is not None:
            found.append((kind, *below))
            return below[1]
    value = read_value(text, place)
    if value is None:
        return _in_expression(text, start, end, place, strength, kind, found)
    begin, stop, quoted = value
    begin = _after_user(text, start, end, begin, stop)
    if text[end - 1] in MARKS_OF_NAMES:
        # Chinese and Japanese go on behind a value without a blank.
        over = _OVER.search(text, begin + 1, stop)
        stop = over.start() if over else stop
        while over and stop > begin + 1 and text[stop - 1] in ",.;:":
            stop -= 1
    if is_no_place_for(text, start, end, place, begin, stop):
        return end
    if is_placeholder(text[begin:stop]) or _NO_VALUE.match(text, begin, stop):
        # Its secret was never in; or it is the first word of a sentence.
        told = text[start:end] != "pass" or text.startswith(" is ", end)
        if not quoted and text[begin:stop].isalpha() and told:
            return _in_expression(text, start, end, place, strength, kind, found)
        return end
    if is_secret_number(text[begin:stop], text[start:end]):
        found.append((kind, begin, stop))
        return stop
    if is_no_value_of(text[start:end], text[begin:stop]) or not is_accepted(
        text, begin, stop, quoted, place, strength
    ):
        return _in_expression(text, start, end, place, strength, kind, found)
    if stop - begin >= JUDGED_VALUE - 8:
        longer = read_value(text, place, MAX_VALUE)
        stop = max(stop, longer[1]) if longer and longer[0] == value[0] else stop
    found.append((kind, begin, stop))
    return _others(text, end, stop, strength, kind, found) if quoted else stop


def _in_expression(text, start, end, place, strength, kind, found):
    """What stands at the place is no value: one may follow in the statement, or a sentence tell it."""
    later = find_later(text, place.begin, strength)
    if later:
        found.append((kind, *later))
        return later[1]
    if not place.is_code:
        find_in_prose(text, start, end, strength, kind, found)
    return end


def _without_place(text, start, end, strength, kind, found):
    verb = text[start] in "gflr" and _VERBS.match(text, start, end)
    if verb:
        # `getPassword()` alone promises nothing; what it returns is a password.
        strength, kind = judge_name(text[verb.end() : end])
    value = find_returned(text, end, strength) if strength != NONE else None
    if value is None and text[end : end + 1] in ("'", '"'):
        value = find_later(text, end, strength)
    if value is None:
        value = _on_marked_lines(text, start, end, strength)
    if value is not None:
        found.append((kind, *value))
        return value[1]
    find_in_prose(text, start, end, strength, kind, found)
    return end


def _on_marked_lines(text, start, end, strength):
    """(begin, end) of a value below its name, where each line has a mark before it; or None."""
    lines = without_marks(text, start, end)
    if lines is None:
        return None
    place = find_place(lines.text, lines.start, lines.end)
    value = read_value(lines.text, place) if place else None
    if value is None:
        return None
    begin, stop, quoted = value
    if is_placeholder(lines.text[begin:stop]) or not is_accepted(
        lines.text, begin, stop, quoted, place, strength
    ):
        return None
    return lines.back(begin), lines.back(stop - 1) + 1


def _others(text, name_end, stop, strength, kind, found):
    """The further values of a list, or the new one of a change. Returns where the last ends."""
    for _ in range(_MOST_ITEMS):
        item = _NEXT_ITEM.match(text, stop)
        if item is None or not (item.group(1) == "->" or _in_list(text, name_end, stop)):
            break
        if is_secret_value(item.group(3), max(strength, WEAK)):
            found.append((kind, item.start(3), item.end(3)))
        stop = item.end(3)
    return stop


def _in_list(text, name_end, stop):
    opened = text.rfind("[", name_end, stop)
    return opened >= 0 and text.find("]", opened, stop) < 0


def _after_user(text, start, end, begin, stop):
    """`creds: bob:…`, `user/pw: bob/…`: where the password begins, the user's name stays."""
    if text.find(":", begin, stop) < 0 and text.find("/", begin, stop) < 0:
        return begin
    if (
        not text[max(start, end - 16) : end].lower().endswith(_USER_TOO)
        and text[max(0, start - 5) : start] not in _USER_SLASH
    ):
        return begin
    user = _USER.match(text, begin, stop)
    return user.end() if user else begin
