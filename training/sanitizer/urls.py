"""Passwords in URLs of any scheme, tokens as their users, addresses that are secrets."""

from __future__ import annotations

import re

from .engine import compile_rule
from .values import is_machine_made, is_password_like, is_placeholder, is_random_enough

# The authority of a URL, as far as a password may reach: to white space, a quote or a bracket.
_AUTHORITY = re.compile(r"[^\s\"'<>`\\{}|]{1,2000}")
_SCHEME_END = compile_rule(r"(?::|%3[Aa])(?:/|\\/|%2[Ff])(?:/|\\/|%2[Ff])|jdbc:oracle:thin:")
_WEBHOOK = compile_rule(
    "(?:"
    + "|".join(
        (
            r"hooks?\.[a-z0-9.-]+\.[a-z]+(?::[0-9]+)?/",
            r"/(?:api/)?(?:v[0-9]+/)?(?:incoming-?)?(?:web)?hooks?(?:b2|-test|-waiting)?/",
            r"maker\.ifttt\.com/(?:trigger|use)/",
            r"chat\.googleapis\.com/v1/spaces/",
            r"api\.telegram\.org/(?:file/)?bot",
            r"/bot/v2/hook/",
            r"[a-z0-9-]+\.m\.pipedream\.net",
            r"webhook\.site/",
            r"events\.pagerduty\.com/integration/",
            r"logic\.azure\.com[:0-9]*/workflows/",
            r"/services/hooks/",
            r"integrations?/webhooks?/",
            r"healthchecks\.io/ping/|hc-ping\.com/",
            r"uptime\.betterstack\.com/api/v1/heartbeat/",
        )
    )
    + ")",
    ignore_case=True,
)
_REST = re.compile(r"[^\s\"'<>`\\{}|,()\]]{1,2000}")
_PART = re.compile(r"[^/?&=#@]+")
_WHOLE_PASSWORD = re.compile(r"[^/;,?&=:\[\]]{6,200}$")
_ORACLE = re.compile(r"[\w.$-]{1,60}/([^\s@\"']{3,100})@")


def find_url_secrets(view, found, clock):
    """Add the password of each URL's userinfo (RFC 3986, 3.2.1), and webhook addresses' secrets."""
    text = view.text
    for match in _SCHEME_END.finditer(view.subject):
        clock.check()
        if match.end() - match.start() > 12:
            oracle = _ORACLE.match(text, match.end())
            if oracle and not is_placeholder(oracle.group(1)):
                found.append(("PASSWORD", oracle.start(1), oracle.end(1)))
        else:
            _userinfo(text, match.end(), found)
    done = 0
    for match in _WEBHOOK.finditer(view.subject):
        clock.check()
        if match.end() > done:
            done = _webhook(text, match.end(), found)


def _webhook(text, start, found):
    """The random parts of the path, from the first one on, or what follows an account's number.
    Returns where the address ends."""
    rest = _REST.match(text, start)
    if rest is None or is_placeholder(rest.group()):
        return start
    query = rest.group().find("?")
    limit = rest.start() + query if query >= 0 else rest.end()
    while limit > start and text[limit - 1] in ".;:!?/":
        limit -= 1
    first = last = None
    after_number = False
    for part in _PART.finditer(text, start, limit):
        value = part.group()
        if (
            is_random_enough(value)
            or (first is not None and len(value) >= 6 and not value.isalpha())
            or _is_id(value)
            or (after_number and len(value) >= 5 and value.isalnum())
        ):
            first = part.start() if first is None else first
            last = part.end()
        after_number = value.isdigit() and len(value) >= 5
    if first is not None and last - first >= 5:
        found.append(("WEBHOOK_URL", first, last))
    return rest.end()


def _is_id(value):
    return (
        len(value) >= 9
        and value.isalnum()
        and any(c.isdigit() for c in value)
        and not value.isdigit()
    )


def _userinfo(text, start, found):
    authority = _AUTHORITY.match(text, start)
    if authority is None:
        return
    part = authority.group()
    at = part.find("@")
    if at < 0:
        _cut_userinfo(text, start, part, found)
        return
    colon = part.find(":", 0, at)
    slash = part.find("/")
    if 0 <= slash < at and (colon < 0 or slash < colon or _is_port(part[colon + 1 : slash])):
        return
    if colon < 0:
        if is_machine_made(part[:at]) and len(part[:at]) >= 16:
            found.append(("TOKEN", start, start + at))
        return
    # The last `@` before the path: passwords often hold an unescaped one.
    host_end = slash if slash > at else len(part)
    for mark in ("?", "#", ",", ")"):
        found_at = part.find(mark, at)
        if found_at >= 0:
            host_end = min(host_end, found_at)
    last_at = part.rfind("@", at, host_end)
    last_at = at if last_at < 0 else last_at
    password = part[colon + 1 : last_at]
    user = part[:colon]
    if is_machine_made(user) and len(user) >= 20:
        found.append(("TOKEN", start, start + colon))
    if password and not is_placeholder(password) and not password.startswith(("$", "%(", "<")):
        found.append(("PASSWORD", start + colon + 1, start + last_at))


def _cut_userinfo(text, start, part, found):
    """`scheme://user:password` cut before its `@`, at the end of a line. A web address has a port
    there more often than a password; in other schemes only a port is all digits."""
    colon = part.find(":")
    end = start + len(part)
    if (
        colon <= 0
        or "/" in part[: colon + 1]
        or (
            # A line end of Windows reads as a blank and a line end.
            end < len(text) and text[end] not in "\r\n" and not text.startswith(" \n", end)
        )
    ):
        return
    password = part[colon + 1 :]
    if not _WHOLE_PASSWORD.match(password) or _is_port(password) or is_placeholder(password):
        return
    is_web = text[max(0, start - 8) : start].lower().endswith(("http://", "https://"))
    if is_random_enough(password) or (not is_web and is_password_like(password)):
        found.append(("PASSWORD", start + colon + 1, start + len(part)))


def _is_port(part):
    return part.isdigit() and len(part) <= 5
