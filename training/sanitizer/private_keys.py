"""Private keys of every sort, whole or cut: PEM, OpenSSH, PGP, PuTTY, WireGuard-like bodies."""

from __future__ import annotations

import re

from .engine import compile_rule
from .randomness import is_varied

_BEGIN = compile_rule(
    r"-{4,5} ?BEGIN[ A-Z0-9_-]*(?:PRIVATE|SECRET) KEY(?: BLOCK)?[ A-Z0-9_-]*?-{2,5}"
    r"|-{4,5} ?BEGIN OpenVPN Static key V1-{2,5}"
    r"|PuTTY-User-Key-File-[0-9]"
    r"|-{4,5} ?END[ A-Z0-9_-]*(?:PRIVATE|SECRET) KEY(?: BLOCK)?|-{4,5} ?END OpenVPN Static key V1"
)
# What a key's body may hold between and around its lines: quotes, escapes, diff and comment marks.
_BODY = re.compile(r"[A-Za-z0-9+/=\s\\\"',.:;#>|*_-]*", re.ASCII)
_END = re.compile(r"-{3,5} ?END[ A-Z0-9_-]{0,60}(?:OpenVPN Static key V1)?-{2,5}")
_ARMOR = re.compile(r"(?:[A-Za-z0-9+/=]{16,}|[A-Za-z0-9+/=]+=)(?![A-Za-z0-9+/=])", re.ASCII)
# More than escapes and quotes between the markers.
_CONTENT = re.compile(r"[A-Za-z0-9+/=]{6}")
_BODY_LINE = re.compile(r"[\s\\nr\"'+>|,#*-]*[A-Za-z0-9+/=]{16,}[\s\\nr\"'+>|,#*-]*$", re.ASCII)
# The last lines of a body: a short one, and a checksum (RFC 9580, 6.1).
_LAST_LINE = re.compile(
    r"[\s\\nr\"'+>|,#*-]*(?:[A-Za-z0-9+/]{4,}={0,2}|=[A-Za-z0-9+/]{4})[\s\\nr\"'+>|,#*-]*$",
    re.ASCII,
)
_PUTTY_LINES = re.compile(r"Private-(?:Lines|MAC|Hash)")
_MAX_KEY = 20_000
# Back from a key's end each line is read once, so that a limit is for odd texts alone. Where it ended early,
# what was left would be scanned a second time.
_MAX_CUT_KEY = 1_000_000
# The lines of a body in any surroundings: `sb.append("…\\n");`, `12→…`, `…<br>`. What parts them is short.
_LONG_KEY_RUN = re.compile(r"[A-Za-z0-9+/=]{40,}", re.ASCII)
_SOME_KEY_RUN = re.compile(r"[A-Za-z0-9+/=]{16,}", re.ASCII)
_SHORT_KEY_RUN = re.compile(r"[A-Za-z0-9+/=]+", re.ASCII)
_KEY_GAP = 60
_LAST_KEY_GAP = 140


def find_private_keys(view, found, clock):
    """Add each private key's span. Public keys and certificates stay."""
    text = view.text
    position = 0
    for match in compile_iter(view):
        clock.check()
        start, end = match
        if start < position:
            continue
        if text.startswith("PuTTY", start):
            position = _putty(text, start, end, found)
        elif "BEGIN" in text[start : start + 12]:
            position = _from_begin(text, start, end, found)
        else:
            position = _from_end(text, start, end, position, found)


def compile_iter(view):
    for match in _BEGIN.finditer(view.subject):
        yield match.span()


def _from_begin(text, start, end, found):
    # Nothing is looked for beyond the next key, so that many beginnings cost no more than their text.
    following = text.find("BEGIN", end)
    limit = following if following >= 0 else len(text)
    closing = _END.search(text, end, min(limit, end + _MAX_KEY))
    if closing:
        stop = closing.end()
        is_key = _CONTENT.search(text, end, closing.start())
    else:
        stop = _key_lines_on(text, max(_body_end(text, end, limit), end), limit)
        is_key = stop > end
    if is_key:
        # The marker alone, as programs and documents name it, is no key.
        found.append(("PRIVATE_KEY", start, stop))
    return stop


def _body_end(text, end, limit):
    """The end of the base64-ish run, cut back to its last long line; prose after it stays."""
    limit = _BODY.match(text, end, limit).end()
    stop = end
    for run in _ARMOR.finditer(text, end, limit):
        stop = run.end()
    return stop


def _from_end(text, start, end, floor, found):
    closing = _END.match(text, start)
    stop = closing.end() if closing else end
    begin = start
    line_end = start
    last_lines = 2
    while begin > floor:
        line_start = (
            max(text.rfind("\n", floor, line_end - 1) + 1, floor) if line_end > floor else floor
        )
        line = text[line_start:line_end]
        if line.strip() and not _is_body(line, last_lines):
            break
        last_lines -= bool(line.strip())
        begin = line_start
        if line_start <= floor or stop - begin > _MAX_CUT_KEY:
            break
        line_end = line_start
    begin = min(begin, _key_lines_back(text, floor, begin))
    found.append(("PRIVATE_KEY", begin, stop))
    return stop


def _key_lines_on(text, position, limit):
    """The end of the long runs that follow, one a line, whatever parts them."""
    limit = min(limit, position + _MAX_KEY)
    gap = None
    while True:
        run = _LONG_KEY_RUN.search(text, position, min(limit, position + _KEY_GAP + 100))
        if run is None or run.start() - position > _KEY_GAP or not is_varied(run.group()):
            break
        gap = text[position : run.start()]
        position = run.end()
    # The last line is shorter.
    if gap and len(gap) > 1 and text.startswith(gap, position):
        last = _SHORT_KEY_RUN.match(text, position + len(gap), limit)
        if last and (is_varied(last.group()) or last.group().endswith("=")):
            position = last.end()
    return position


def _key_lines_back(text, floor, position):
    """The beginning of the long runs that go before, one a line, whatever parts them."""
    window = max(floor, position - _MAX_KEY)
    begin, most, pattern = position, _LAST_KEY_GAP, _SOME_KEY_RUN
    for run in reversed(list(_SOME_KEY_RUN.finditer(text, window, position))):
        if begin - run.end() > most or not is_varied(run.group()):
            break
        if pattern is _LONG_KEY_RUN and len(run.group()) < 40:
            break
        begin, most, pattern = run.start(), _KEY_GAP, _LONG_KEY_RUN
    return begin


def _is_body(line, last_lines):
    if len(line) < 400 and (_BODY_LINE.match(line) or (last_lines > 0 and _LAST_LINE.match(line))):
        return True
    return _is_run(line)


def _is_run(line):
    """One long line with literal escapes, the end of a key in JSON."""
    return (
        len(_BODY.match(line).group()) == len(line) and len(line) >= 16 and " " not in line.strip()
    )


def _putty(text, start, end, found):
    """From the format line to the MAC line (PuTTY's PPK format, appendix C of its manual)."""
    stop = end
    for match in re.finditer(r"Private-MAC: ?[0-9a-f]+", text[end : end + _MAX_KEY]):
        stop = end + match.end()
        break
    else:
        limit = _BODY.match(text, end).end()
        stop = max(stop, limit)
    found.append(("PRIVATE_KEY", start, stop))
    return stop
