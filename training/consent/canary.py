"""A live check of the running redaction: made-up secrets of every common kind go in, and none may come out.

The same secrets are planted through every door by `tests/canary/`. They are composed anew each time, so neither this
file nor any other holds one.
"""

import base64
import json
import secrets
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from accounts import api_keys
from training.redaction import MAX_EXAMPLE_CHARACTERS, redact

BASE62 = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Planted:
    """`text` holds `secret` the way people's tools show it."""

    kind: str
    secret: str
    text: str


@dataclass(frozen=True, slots=True)
class CanaryResult:
    planted: int
    survived: tuple[str, ...]


def random_text(length: int, alphabet: str = BASE62) -> str:
    """Random characters, at least five digits among them where there is room.

    The sanitizer leaves what is made of words alone (`glpat-your-token-here`), and takes about 3 in 1,000 random
    tokens of 20 letters with fewer digits for words, too. That is known; this check is for what is not.
    """
    wanted = min(5, length // 4)
    while True:
        text = "".join(secrets.choice(alphabet) for _ in range(length))
        if sum(character.isdigit() for character in text) >= wanted:
            return text


def every_kind() -> list[Planted]:
    """One fresh secret of each kind."""
    jwt = ".".join(
        [
            _base64url(json.dumps({"alg": "HS256", "typ": "JWT"})),
            _base64url(json.dumps({"sub": random_text(12)})),
            random_text(43),
        ]
    )
    pem_body = "\n".join(random_text(64) for _ in range(6))
    pem_name = "PRIVATE" + " KEY"
    made = {
        "everyskill key": (api_keys.generate(), "{}"),
        "github token": ("gh" + "p_" + random_text(36), "git clone with {}"),
        "gitlab token": ("gl" + "pat-" + random_text(20), "GITLAB {}"),
        "slack token": (
            "xo" + "xb-" + random_text(12, string.digits) + "-" + random_text(24),
            "{}",
        ),
        "stripe key": ("sk" + "_live_" + random_text(24), "stripe {}"),
        "google api key": ("AI" + "za" + random_text(35), "maps: {}"),
        "aws access key": ("AK" + "IA" + random_text(16, string.ascii_uppercase + "234567"), "{}"),
        "aws secret key": (random_text(40), "aws_secret_access_key = {}"),
        "openai key": ("sk" + "-proj-" + random_text(48), "OPENAI_API_KEY={}"),
        "json web token": (jwt, "Cookie: session={}"),
        "bearer header": (random_text(40), "Authorization: Bearer {}"),
        "password": (random_text(14) + "!", 'password: "{}"'),
        "database url": (random_text(18), "postgres://app:{}@db.example.com/app"),
        "private key": (
            pem_body,
            f"-----BEGIN {pem_name}-----\n{{}}\n-----END {pem_name}-----",
        ),
    }
    return [Planted(kind, secret, form.format(secret)) for kind, (secret, form) in made.items()]


def _base64url(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def as_json(text: str) -> str:
    """As a tool's input looks inside a hook event: JSON in a JSON string."""
    return json.dumps({"command": json.dumps({"text": text})})


def as_base64(text: str) -> str:
    return "echo " + base64.b64encode(text.encode()).decode() + " | base64 -d"


def at_the_cut(text: str) -> str:
    """The secret begins before the last character that is kept and ends after it."""
    line = "An ordinary line of somebody's work.\n"
    room = MAX_EXAMPLE_CHARACTERS - min(len(text) // 2, 40)
    return (line * (room // len(line) + 1))[: room - 1] + " " + text


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "JSON-escaped": as_json,
    "base64": as_base64,
    "split at the cut": at_the_cut,
}


def traces_of(planted: Planted) -> Iterator[str]:
    """What must not be found: the secret's parts as they are, and inside the base64 of its text."""
    for line in planted.secret.split("\n"):
        yield line if len(line) <= 16 else line[4:16]
    encoded = base64.b64encode(planted.text.encode()).decode()
    yield encoded[len(encoded) // 3 : len(encoded) // 3 + 16]


def check_redaction() -> CanaryResult:
    """Every kind in every encoding through the door of captured examples, in memory; nothing is stored."""
    survived, count = [], 0
    for planted in every_kind():
        for encoding, encode in ENCODINGS.items():
            count += 1
            (clean,) = redact(encode(planted.text), personal_data=False).texts
            if any(trace in clean for trace in traces_of(planted)):
                survived.append(f"{planted.kind}, {encoding}")
    return CanaryResult(planted=count, survived=tuple(survived))
