"""Why something was taken out, in words for people."""

from __future__ import annotations

from .rules import RULES

_REASONS = {
    "PASSWORD": "it stands where a password stands: beside such a name, in a URL or on a command line",
    "SECRET": "it stands beside a name that promises a secret",
    "TOKEN": "it stands beside a name that promises a token, and looks random",
    "KEY": "it stands beside a name that promises a key, and looks random",
    "API_KEY": "it stands beside such a name, or has the form of an API key",
    "AUTHORIZATION": "it is the credential of an Authorization header or scheme",
    "COOKIE": "it is the value of a session's cookie",
    "WEBHOOK_URL": "whoever has this address may post to it",
    "PRIVATE_KEY": "it is a private key, whole or in part",
    "ENCODED_SECRET": "decoded from base64 it holds a secret",
    "TEXT": "hiding its secrets kept uncovering others, so all of it was hidden",
    "EMAIL": "an e-mail address",
    "PHONE": "a telephone number",
    "CARD_NUMBER": "a payment card's number, with its check digit",
    "IBAN": "an account's number, with its check digits",
    "NATIONAL_ID": "a number that names a person",
    "IP_ADDRESS": "an IP address",
    "HOME_FOLDER": "a person's name in the path of a home folder",
}


def reason_for(kind: str) -> str:
    """One phrase for a kind of finding."""
    if kind in _REASONS:
        return _REASONS[kind]
    makers = [rule["of"] for rule in RULES["tokens"] if rule["kind"] == kind]
    return "it has the form of a credential of " + ", ".join(dict.fromkeys(makers))


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """Both counted from 1, as editors do."""
    before = text.rfind("\n", 0, position)
    return text.count("\n", 0, position) + 1, position - before
