"""Names as people read them: labels in markup, and what a prompt or a debugger was asked for."""

from __future__ import annotations

import re

# `(temporary)`, ` for bob`, ` (again)` between a label and its colon.
LABEL_TAIL = re.compile(
    r"[ \t]\([^()\n]{1,40}\)(?=[*_]{0,2}[ \t]{0,4}[:=])"
    r"| [0-9]{1,2}(?=:[ \t])|(?: (?:for|of|to|on|is)(?: [\w.@'\"-]{1,30}){1,4})(?=:[ \t])|'s value(?=:)"
    r"| FOR ['\"`]?[\w.-]{1,60}['\"`]?(?:@['\"`]?[\w.%-]{1,60}['\"`]?)?(?=[ \t]{0,4}=)"
    r"| \{ (?:get; )?(?:private )?(?:set|init); \}(?= =)"
)
# Its second character, behind a blank.
TAIL_SECOND = frozenset("(fotiF{0123456789")
# `<b>Password:</b> …`, `<strong>Password</strong>: <code>…`, `Password: <code>…`.
_IN_MARKUP = re.compile(
    r"[ ]?:?(?:</(?:b|strong|em|i|span|label|u|code|font|p|div|li)>|"
    r"(?=[ ]?<(?:code|kbd|tt|samp|span|b|strong|em)[ >])){1,2}"
    r"[ ]?:?(?:\s{0,4}<(?:code|kbd|tt|samp|span|b|strong|em|i|font)(?: [^<>\n]{0,80})?>){0,2}"
    r" {0,4}(?=[^\s<])"
)
_SHELL = re.compile(
    r"[^\n$#>%]{0,80}[$#>%] ?(?:sudo )?(?:echo|printenv|cat|more|type|get|pass|op|gopass|vault|bw)\b[^\n]{0,160}$"
)
_INTERPRETER = re.compile(
    r"[ \t>+#|]{0,8}(?:\d{1,6}[\xa4\t:|] ?)?(?:\(Pdb\+*\)|ipdb>|>>>|In \[\d+\]:|iex(?:\(\d+\))?>|irb[^>\n]{0,30}>|"
    r"pry[^>\n]{0,30}>|scala>|jshell>|ghci>|julia>|>)"
    r" (?:pp? |print |puts |inspect |str )?[\w.@$\[\]\"']{0,60}$"
)
# One of them is in every prompt.
_PROMPTS = frozenset("$#>%)]")
_ANSWER = re.compile(
    r"[\"'\])]{0,3}[ \t]{0,8}\n(?:\n)?[ \t>+#|]{0,8}(?:\d{1,6}[\xa4\t:|] ?)?"
    r"(?:=> |Out\[\d+\]: |\[1\] |\$\d+ ==> |res\d+: \w+ = )?(?=\S)"
)


def find_in_markup(text, end):
    """Where the value of a label in HTML begins, or None."""
    match = _IN_MARKUP.match(text, end)
    return match.end() if match and match.end() > end else None


def find_answer(text, head, end):
    """Where a prompt's answer begins, when the line up to the name asks for it, or None. An interpreter
    answers in quotes."""
    if text.find("\n", end, end + 12) < 0 or _PROMPTS.isdisjoint(head):
        return None
    asked = _INTERPRETER.match(head)
    if not asked and not _SHELL.match(head):
        return None
    answer = _ANSWER.match(text, end)
    if answer is None or (asked and text[answer.end()] not in "\"'"):
        return None
    return answer.end()
