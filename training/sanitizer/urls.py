"""Passwords in URLs of any scheme, secrets in query strings, addresses that are secrets."""

from __future__ import annotations

import re

from .engine import compile_rule
from .values import is_placeholder

# The authority of a URL, as far as a password may reach: to white space, a quote or a bracket.
_AUTHORITY = re.compile(r"[^\s\"'<>`\\{}|^]{1,2000}")
_SCHEME_END = compile_rule(r":/{1,2}")
_WEBHOOKS = compile_rule(
    r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/"
    r"|discord(?:app)?\.com/api/(?:v[0-9]+/)?webhooks/[0-9]+/"
    r"|webhook\.office\.com/webhook(?:b2)?/"
    r"|hooks\.zapier\.com/hooks/catch/"
    r"|maker\.ifttt\.com/(?:trigger|use)/"
    r"|chat\.googleapis\.com/v1/spaces/"
    r"|api\.telegram\.org/(?:file/)?bot"
    r"|hook\.(?:[a-z0-9]+\.)?(?:make|integromat)\.com/"
    r"|open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/v2/hook/"
    r"|pipedream\.net/"
    r"|webhook\.site/"
    r"|hooks\.airtable\.com/workflows/"
    r"|outlook\.office\.com/webhook/"
    r"|api\.opsgenie\.com/v1/json/[a-z]+\?apiKey="
    r"|events\.pagerduty\.com/integration/"
    r"|logic\.azure\.com[:0-9]*/workflows/"
    r"|webhooks?\.[a-z0-9.-]+/services/"
)
_REST = re.compile(r"[^\s\"'<>`\\{}|,()\]]{1,2000}")


def find_url_secrets(view, found, clock):
    """Add the password of each URL's userinfo (RFC 3986, 3.2.1), and webhook addresses' secrets."""
    text = view.text
    if "@" in text or ":/" in text:
        for match in _SCHEME_END.finditer(view.subject):
            clock.check()
            _userinfo(text, match.end(), found)
    for match in _WEBHOOKS.finditer(view.subject):
        clock.check()
        rest = _REST.match(text, match.end())
        if rest is None or is_placeholder(rest.group()):
            continue
        end = rest.end()
        while end > rest.start() and text[end - 1] in ".;:!?":
            end -= 1
        if end - rest.start() >= 8:
            found.append(("WEBHOOK_URL", rest.start(), end))


def _userinfo(text, start, found):
    authority = _AUTHORITY.match(text, start)
    if authority is None:
        return
    part = authority.group()
    at = part.find("@")
    if at < 0:
        return
    colon = part.find(":", 0, at)
    slash = part.find("/")
    if colon < 0:
        return
    if 0 <= slash < at and (slash < colon or _looks_like_port(part[colon + 1 : slash])):
        return
    # The last `@` before the path: passwords often hold an unescaped one.
    host_end = slash if slash > at else len(part)
    question = part.find("?", at)
    if question >= 0:
        host_end = min(host_end, question)
    last_at = part.rfind("@", at, host_end)
    if last_at < 0:
        last_at = at
    password = part[colon + 1 : last_at]
    if not password or is_placeholder(password):
        return
    found.append(("PASSWORD", start + colon + 1, start + last_at))


def _looks_like_port(part):
    return part.isdigit() and len(part) <= 5
