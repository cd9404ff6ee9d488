"""Secrets that sentences tell: "the password is …", "use … as the password", "bob / …"."""

from __future__ import annotations

import re

from .foreign import MARKS_OF_NAMES
from .names import MEDIUM, NEVER_KEPT
from .randomness import case_changes
from .rules import RULES
from .told import CHOSEN_WORD, MARKUP, NO_PASSWORD, is_told
from .values import (
    is_machine_made,
    is_name,
    is_password_like,
    is_strongly_password_like,
)

_COPULAS = frozenset(RULES["words"]["copulas"].split())
# A literal `\n` or `\"` ends a word: it stands in a string of a program.
_TOLD_WORD = re.compile(r"([ \t]{0,3})((?:[^ \t\n\\]|\\(?![nrt\"'`])){1,400})")
_LINK = re.compile(
    r"[A-Za-z'\x80-\xff]{1,20}[:,]?$|[\w.+-]{1,40}@[\w.-]{1,60}$|['\"][\w.@-]{1,30}['\"]:?$|[:=>-]{1,2}$"
    r"|[\w.@-]{1,40}:$|\([a-z ]{1,20}\):?$|[a-z][a-z0-9]{0,20}(?:[.-][a-z0-9]{1,20}){1,4}$"
)
_BEFORE = "\"'`([*_<"
_BEFORE_KEY = frozenset(RULES["words"]["before_key"].split())
_PROSE_PAIR = re.compile(
    r"(?:(?: (?:is|are|failed|attempt|details|with|as|in|using|for|user|the|default)){0,3}[: ]{1,2}|:? |: ?)"
    r"\(?[\"'`]?([\w.@-]{1,60})[\"'`]?(?: ?[/:|] ?| and )[\"'`]?([^\s\"'`/][^\s\"'`]{3,100})"
)
_AS_THE = re.compile(
    r"(?:[\"'`)]?,? ?(?:(as|for|als|comme|como|come|jako|som|sebagai|kao|kot)|is)| \(|,(?= the | my ))"
    r" ?(?:the |a |your |my |his |her |our |their |das |dein |la |le |el |o |il |het )?(?:[A-Za-z]{2,20} ){0,2}$"
)
# What one of the two below needs.
_USED = re.compile(
    r" (?:as|for|als|com[eo]|comme|jako|som|sebagai|kao|kot|is|at|if|when|whenever|once) | \(|, (?:the|my) "
)
_WHEN_ASKED = re.compile(
    r"\b(?:[Ee]nter|[Tt]ype|[Uu]se|[Ss]ay|[Gg]ive|[Ss]et it to) [\"'`]?([^\s\"'`]{5,100})[\"'`]?"
    r" (?:when|if|at|whenever|once)\b[^.!?\n]{0,40} $"
)
# "Use the following password to go on:", and the password on a line of its own.
_AFTER_COLON = r"[ \t]{0,8}\r?\n(?:[ \t]{0,8}\r?\n)?[ \t]{0,40}([^\s]{5,200})[ \t]{0,8}(?=[\r\n]|$)"
_BELOW = re.compile(r"[^\n:]{0,80}:" + _AFTER_COLON)
_BELOW_COLON = re.compile(_AFTER_COLON)
# `login failed: user=marek reason=bad_password`, an address.
_NO_PAIR = re.compile(r"[^\n]{0,40}?(?:\w=|https?:)")
_SAID_SORT = re.compile(r"(?:temporary|default|initial|new|temp) \w+$", re.IGNORECASE)
_MOST_WORDS_BETWEEN = 8
_NEXT_LINE_ONLY = re.compile(r"[ \t]{0,8}\n[ \t]{0,8}(\S{12,200})[ \t]{0,8}(?:\n|$)")
_LABEL_LINE = re.compile(r"[ \t#>*+-]{0,8}(?:[A-Za-z-]{1,20} ){0,4}[A-Za-z-]{1,20}$")
_LABEL = re.compile("[A-Za-z]+(?:-[A-Za-z]+)*:$")
# Words, of which none can be a secret.
_SENTENCE_WORD = " (?:[A-Z][a-z]{1,14}|[a-z]{1,15}),?"
_NOTHING_TOLD = re.compile(
    r"(?:" + _SENTENCE_WORD + r"){8}|(?:" + _SENTENCE_WORD + r"(?![a-z])){1,8}(?:[.;(]?\n|\.[ \"'])"
)
# A password or a token has one of these signs, or changes case; or it is a UUID of letters alone.
_TELLING_SIGN = re.compile("[0-9!@#$%^&*?+~|\xb2\xb3\xb9]|-[A-Fa-f]{4}-")
_TELLING_EQUALS = re.compile("[^ =]=|=[^ =]")
_SHORT_REST = 160
_ONLY_CLOSED = re.compile(r"[\"'`*_),\xa4]*\n")
_CASE_CHANGED = re.compile("[a-z][A-Z]")
# A name told by `use … as the password` stands behind one.
_BEFORE_USED = frozenset(" (")
# Behind a name that a sentence speaks of.
_GOES_ON = frozenset(" \t:=")
# An ending that a language adds, as in `parolası`, where a letter is no letter of a name's.
_ENDING = re.compile("[\xc0-\xff][A-Za-z\xc0-\xff]{0,5}")
# Chinese and Japanese go on behind a value without a blank.
_BEFORE_FOREIGN = re.compile("[^\xa4\xff]*")
# `key id 07d1…`, `token type …`: what follows is not the secret.
_OF_ANOTHER = frozenset(RULES["words"]["of_another"].split())
_EXCLAIMED = re.compile(r"[!?](?=[\s\"')]|$)")


def find_in_prose(text, start, end, strength, kind, found):
    """Add the secret that a sentence around the name at [start, end) tells, if any."""
    silent = _tells_nothing(text, end)
    if silent and text[start - 1 : start] not in _BEFORE_USED:
        return
    spaced = _is_spaced_key(text, start)
    if spaced is None:
        return
    name = text[start:end].lower().rpartition("-")[2]
    if name in _NEVER_TOLD or text[end : end + 1] == "}":
        return
    if name == "pass" and not text.startswith((" is ", " = "), end):
        return
    if silent:
        if strength >= MEDIUM or spaced:
            _backwards(text, start, kind, found)
        return
    if name in _PAIR_WORDS and text[end : end + 1] in (" ", ":"):
        pair = _PROSE_PAIR.match(text, end)
        if (
            pair
            and is_password_like(pair.group(2).rstrip(".,;)"))
            and not _NO_PAIR.match(pair.group())
        ):
            value = pair.group(2).rstrip(".,;)")
            found.append(("PASSWORD", pair.start(2), pair.start(2) + len(value)))
            return
    if strength < MEDIUM and not spaced and name not in _PROSE_KEYS:
        return
    if _forwards(text, end, max(strength, MEDIUM if spaced else strength), name, kind, found):
        return
    if strength >= MEDIUM or spaced:
        _backwards(text, start, kind, found)


def find_before(text, start, strength, kind, found):
    """Add the secret that stands before the name in a sentence: `use … as the password`."""
    if strength >= MEDIUM:
        _backwards(text, start, kind, found)


# Verbs, and what has no one word for its value.
_NEVER_TOLD = frozenset(("identified", "passes", "mnemonic", "mnemonics"))
_PAIR_WORDS = frozenset(RULES["words"]["pair_words"].split()) | {"log in"}
_PROSE_KEYS = frozenset(RULES["words"]["told_keys"].split())
# Names that promise nothing in code, and may in a sentence.
TOLD_NAMES = _PAIR_WORDS | _PROSE_KEYS


_BEFORE_SPACED = frozenset(" -\t")


def _is_spaced_key(text, start):
    """`API key`, `verification code`: a word before it makes the name a secret's; None when it makes
    it none, as in `site key`."""
    if text[start - 1 : start] not in _BEFORE_SPACED:
        return False
    words = text[max(0, start - 24) : start].split()
    if not words:
        return False
    word = words[-1].strip("-\"'`*([").lower()
    return None if word in NEVER_KEPT else word in _BEFORE_KEY


def _forwards(text, end, strength, name, kind, found):
    position = end
    said_so = text.startswith("'s ", position)
    if said_so:
        position += 2
    if text[position : position + 1] >= "\xc0" and name[-1:] not in MARKS_OF_NAMES:
        position = _ENDING.match(text, position).end()
    while position < len(text) and text[position] in "\"'`*_),\xa4":
        position += 1
    foreign = name[-1:] in MARKS_OF_NAMES
    while foreign and position < len(text) and text[position] in "\xff\xa4:":
        position += 1
    if not foreign and text[position : position + 1] not in _GOES_ON:
        return _below_label(text, end, position, kind, found)
    if not foreign and _NOTHING_TOLD.match(text, position):
        return False
    foreign_name = foreign
    copula = foreign or said_so or _is_of_a_sort(text, end - len(name), end)
    while position < len(text) and text[position] in ":=":
        position += 1
        copula = True
    below = None
    if strength >= MEDIUM and text.find(":", position, position + 82) >= 0:
        below = _BELOW.match(text, position)
    if (
        below
        and is_strongly_password_like(below.group(1))
        and not NO_PASSWORD.match(below.group(1))
    ):
        found.append((kind, below.start(1), below.end(1)))
        return True
    for gap in range(_MOST_WORDS_BETWEEN):
        word = _TOLD_WORD.match(text, position)
        if word is None:
            return False
        if not word.group(1) and not foreign:
            return False
        foreign = False
        raw = word.group(2)
        if foreign_name and not MARKS_OF_NAMES.isdisjoint(raw):
            # The next name is nearer.
            return False
        value = raw.lstrip(_BEFORE)
        begin = word.start(2) + len(raw) - len(value)
        value = value.rstrip("\"'`)]*}>.,;:")
        is_plain = (
            (value.isalpha() or _LABEL.match(raw))
            and raw[0] not in "\"'`"
            and case_changes(value) < 3
        )
        if foreign_name:
            value = (_BEFORE_FOREIGN.match(value).group() or value).rstrip(",.;:")
        if not is_plain and value and is_told(value, raw, gap, copula, strength, name):
            if _EXCLAIMED.match(text, begin + len(value)):
                # Whether a mark belongs to the password nobody can tell: it goes.
                value += text[begin + len(value)]
            found.append((kind if strength >= MEDIUM else "SECRET", begin, begin + len(value)))
            return True
        low = raw.lower()
        if gap == 0 and low in _OF_ANOTHER:
            return False
        if low.rstrip(",") in _COPULAS or raw in (":", "=", "-", "\xff"):
            copula = True
        elif not _LINK.match(raw) or raw.endswith("."):
            return False
        elif raw.endswith(":"):
            copula = True
        position = word.end()
    return False


def _tells_nothing(text, end):
    """Whether the rest of a short line has nothing that a password or a token needs, and the next has none."""
    line_end = text.find("\n", end, end + _SHORT_REST)
    if line_end < 0:
        line_end = len(text)
        if line_end - end > _SHORT_REST:
            return False
    elif _ONLY_CLOSED.match(text, end):
        return not _NEXT_LINE_ONLY.match(text, line_end)
    if _TELLING_SIGN.search(text, end, line_end) or _CASE_CHANGED.search(text, end, line_end):
        return False
    if text.find("=", end, line_end) >= 0 and _TELLING_EQUALS.search(text, end, line_end):
        return False
    colon = text.rfind(":", end, line_end)
    return colon < 0 or not _BELOW_COLON.match(text, colon + 1)


def _is_of_a_sort(text, start, end):
    """`the new password`, `temporary password`: what follows is one."""
    return text[start - 1 : start] == " " and bool(_SAID_SORT.search(text, max(0, start - 12), end))


def _below_label(text, end, position, kind, found):
    """A line that is nothing but a label, `API Key`, and below it what a machine made."""
    below = None
    if text.find("\n", position, position + 9) >= 0:
        below = _NEXT_LINE_ONLY.match(text, position)
    if below is None or not is_machine_made(below.group(1)):
        return False
    if not _LABEL_LINE.match(
        text[max(text.rfind("\n", max(0, end - 60), end) + 1, end - 60, 0) : end]
    ):
        return False
    found.append((kind, below.start(1), below.end(1)))
    return True


def _backwards(text, start, kind, found):
    """`Use X as the password`, `it is X (the password)`, `type X when it asks for the password`."""
    if text[start - 1 : start] not in _BEFORE_USED:
        return
    floor = max(0, start - 90)
    # All of it stands on the name's line.
    tail_start = text.rfind("\n", floor, start) + 1 or floor
    head = text[tail_start:start]
    if not _USED.search(head):
        return
    asked = _WHEN_ASKED.search(head)
    tail = None if asked else _AS_THE.search(head)
    if asked:
        value = asked.group(1)
        stop = tail_start + asked.end(1)
    elif tail:
        stop = tail_start + tail.start()
        value = re.split(r"[\s\"'`(]", text[max(0, stop - 200) : stop])[-1]
    else:
        return
    value = value.strip("()[]")
    if (is_name(value) and "." in value) or MARKUP.search(value):
        return
    used = asked or (tail and tail.group(1))
    if is_strongly_password_like(value) or (
        used and CHOSEN_WORD.match(value) and is_password_like(value)
    ):
        found.append((kind, stop - len(value), stop))
