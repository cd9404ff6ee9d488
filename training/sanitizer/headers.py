"""Credentials in headers: Authorization of any scheme, and cookies."""

from __future__ import annotations

import re

from .engine import compile_rule
from .names import MEDIUM, judge_name
from .values import is_machine_made, is_placeholder, is_random_enough

_CREDENTIALS = re.compile(
    r"[\"'`\]) ]{0,3}[ \t]{0,4}(?:=>|[:=,])[ \t]{0,4}(?:[bfr]?[\"'`]{1,3})?"
    r"(?P<scheme>[A-Za-z][A-Za-z0-9._-]{1,30}[ :=]{1,2})?(?P<value>[^\s\"'`<>,;)}\]\\]{3,8192})"
)
_SCHEME_VALUE = re.compile(
    r"[A-Za-z-]{3,24}[\"'`]?[ \t,+]{1,3}[\"'`]?(?P<value>[A-Za-z0-9+/=_.~:%-]{8,8192})"
)
# All marks in one pass: a header's name, a scheme with the beginning of its credential, a cookie.
_MARK = compile_rule(
    r"(authorization)"
    r"|((?:bearer|basic|digest|apikey|api-key|token|ssws|negotiate|ntlm|bot|geniekey|splunk|"
    r"sharedaccesssignature|hmac)[\"'`]?[ \t,+]{1,3}[\"'`]?[A-Za-z0-9+/_.~-]{8})"
    r"|(?:cookie2?[\"'`]?\s{0,4}[:=,(]\s{0,4}| -b |--cookie[ =])",
    ignore_case=True,
)
_PAIR = re.compile(r"([A-Za-z0-9_.$%-]{1,100})=([^;\s\"',\\]{4,8192})")
_PARAMETER = re.compile(r"[A-Za-z_-]{2,40}=$|[A-Za-z_-]{2,40}=[^=]")
_PARAMETERS = re.compile(
    r"(?:response|signature|token|nonce|opaque|mac|sig|key|assertion|cnonce)\"?=\"?([^\s\",]{8,1024})",
    re.IGNORECASE,
)
_ATTRIBUTES = frozenset(("path", "domain", "expires", "max-age", "samesite", "version", "priority"))
_SIGNED_PREFIX = re.compile(r"s%3A|s:")


def find_header_credentials(view, found, clock):
    """Add the credentials of Authorization headers (RFC 9110, 11.6.2) and of cookies (RFC 6265)."""
    text = view.text
    header_done = cookie_done = 0
    for match in _MARK.finditer(view.subject):
        clock.check()
        start, end = match.span()
        if match.start(1) >= 0:
            if end > header_done:
                header_done = _authorization(text, end, found)
        elif match.start(2) >= 0:
            _scheme(text, start, found)
        elif end > cookie_done:
            cookie_done = _cookie_pairs(text, end, found)


def _scheme(text, start, found):
    if start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        return
    value = _SCHEME_VALUE.match(text, start)
    if value:
        secret = value.group("value").rstrip(".:")
        if is_machine_made(secret):
            begin = value.start("value")
            found.append(("AUTHORIZATION", begin, begin + len(secret)))


def _authorization(text, end, found):
    value = _CREDENTIALS.match(text, end)
    if value is None:
        return end
    secret = value.group("value")
    scheme = value.group("scheme")
    if _PARAMETER.match(secret):
        # A list of parameters (Digest, OAuth, AWS4): each is judged by itself.
        line_end = text.find("\n", end, end + 4096)
        line_end = end + 4096 if line_end < 0 else line_end
        for pair in _PARAMETERS.finditer(text, value.start("value"), line_end):
            if is_machine_made(pair.group(1)):
                found.append(("AUTHORIZATION", pair.start(1), pair.end(1)))
        return line_end
    if is_placeholder(secret) or text[value.end() : value.end() + 1] == "(" or secret[-1] == "(":
        return value.end()
    if (scheme and not secret.isalpha()) or is_random_enough(secret):
        found.append(("AUTHORIZATION", value.start("value"), value.end("value")))
    return value.end()


def _cookie_pairs(text, start, found):
    end = text.find("\n", start, start + 8192)
    end = min(len(text), start + 8192) if end < 0 else end
    for pair in _PAIR.finditer(text, start, end):
        name, value = pair.groups()
        if name.lower() in _ATTRIBUTES or is_placeholder(value):
            continue
        if is_machine_made(value) or (judge_name(name)[0] >= MEDIUM and is_random_enough(value)):
            signed = _SIGNED_PREFIX.match(value)
            begin = pair.start(2) + (signed.end() if signed else 0)
            found.append(("COOKIE", begin, pair.end(2)))
    return end
